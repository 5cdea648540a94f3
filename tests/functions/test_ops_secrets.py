"""scripts/ops secrets rotate: on real files, and what the settings make of them afterwards."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture

from scripts.env_file import changed, read_lines
from scripts.ops_cli.__main__ import main
from scripts.ops_cli.complaints import Complaint
from scripts.ops_cli.env_edits import write
from scripts.ops_cli.secrets_commands import FORGETTING
from shared.domain.access import caller_of, key_digest
from shared.settings import read_settings
from tests.service import NUMBER_SECRET, RECEIPT_SECRET, SECRET, Service

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
OLD_KEY = "the-key-that-the-shop-has-now"
OTHER_DIGEST = key_digest("another")
KEYS = json.dumps({"shop": {"sha256": key_digest(OLD_KEY), "limit": "7/1d"}, "app": OTHER_DIGEST})
TEXT = f"""# ours
STAGE=dev
export CODE_SECRETS={SECRET}  # rotate me
NUMBER_SECRET='{NUMBER_SECRET}'
RECEIPT_SECRETS={RECEIPT_SECRET}
API_KEYS='{KEYS}'
CODE_TTL=240
DYSMS_SIGN_NAME=公司
DYSMS_TEMPLATES=SMS_1
TABLESTORE_ENDPOINT=http://127.0.0.1:9
TABLESTORE_INSTANCE=i
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "stage.env"
    made.write_text(TEXT, "utf-8")
    made.chmod(0o640)
    return made


@pytest.fixture
def rotate(file: Path, capsys: Captured) -> Callable[..., str]:
    def run(*arguments: str, fails: int = 0) -> str:
        capsys.readouterr()
        code = main(["--env-file", str(file), "secrets", "rotate", *arguments])
        written = capsys.readouterr()
        said = written.out + written.err
        assert code == fails, said
        for old in (SECRET, NUMBER_SECRET, RECEIPT_SECRET, OLD_KEY, key_digest(OLD_KEY)):
            assert old not in said
        return said

    return run


Rotate = Callable[..., str]


def settings_of(file: Path) -> Any:
    values = {name: value for name, (_, value) in read_lines(file).items()}
    return read_settings(values)


def backups(file: Path) -> list[Path]:
    return sorted(file.parent.glob("*.bak.env"))


def test_without_write_a_new_secret_is_shown_and_nothing_is_changed(
    file: Path, rotate: Rotate
) -> None:
    text = rotate("CODE_SECRETS")
    (line,) = (line.strip() for line in text.splitlines() if "CODE_SECRETS=" in line)
    assert line.endswith(",<原有的值 what stands there now>")
    assert "240 seconds (CODE_TTL)" in text
    assert file.read_text("utf-8") == TEXT
    assert not backups(file)
    assert text != rotate("CODE_SECRETS")


def test_a_written_secret_stands_in_front_of_the_old_and_all_else_stays(
    file: Path, rotate: Rotate
) -> None:
    text = rotate("code_secrets", "--write")
    new, old = settings_of(file).code_secrets
    assert old.get_secret_value() == SECRET
    assert len(new.get_secret_value()) == 43
    assert new.get_secret_value() not in text
    expected = TEXT.replace(SECRET, f"{new.get_secret_value()},{SECRET}", 1)
    assert file.read_text("utf-8") == expected
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    (backup,) = backups(file)
    assert backup.read_text("utf-8") == TEXT
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(file.parent.iterdir()) == sorted([file, backup])


def test_codes_of_the_old_secret_are_good_after_rotating(
    service: Service, setting: Setting, file: Path, rotate: Rotate
) -> None:
    verification_id, code = service.sent()
    rotate("CODE_SECRETS", "--write")
    setting(CODE_SECRETS=read_lines(file)["CODE_SECRETS"][1])
    assert service.verify(verification_id, code).status == 200


def test_the_address_of_receipts_is_shown_with_its_new_secret(file: Path, rotate: Rotate) -> None:
    text = rotate("RECEIPT_SECRETS", "--write")
    new, old = settings_of(file).receipt_secrets
    assert old.get_secret_value() == RECEIPT_SECRET
    assert f"/receipts/<kind>/{new.get_secret_value()}" in text
    assert "20 minutes" in text


def test_a_first_secret_has_no_old_one_to_wait_for(file: Path, rotate: Rotate) -> None:
    file.write_text(TEXT.replace(f"RECEIPT_SECRETS={RECEIPT_SECRET}\n", ""), "utf-8")
    text = rotate("RECEIPT_SECRETS", "--write")
    assert len(settings_of(file).receipt_secrets) == 1
    assert "console" in text
    assert "take the old one out" not in text


def test_a_caller_has_both_keys_while_it_changes_over(file: Path, rotate: Rotate) -> None:
    text = rotate("API_KEYS", "--caller", "shop", "--write")
    key = next(line.strip() for line in text.splitlines() if len(line.strip()) == 43)
    keys = settings_of(file).api_keys
    assert caller_of(keys, key) == caller_of(keys, OLD_KEY) != None  # noqa: E711 - both are one
    shop, app = keys
    assert str(shop.rates[0]) == "7/1d"
    assert app.digests == (OTHER_DIGEST,)


def test_a_callers_key_is_shown_with_its_digest_to_write_by_hand(rotate: Rotate) -> None:
    told = json.loads(rotate("API_KEYS", "--caller", "shop", "--json"))
    assert (told["written_to"], told["setting"]) == (None, "API_KEYS")
    text = rotate("API_KEYS", "--caller", "shop")
    assert "<old digest>" in text


@pytest.mark.parametrize(
    "arguments",
    [("API_KEYS",), ("API_KEYS", "--caller", "nobody"), ("CODE_SECRETS", "--caller", "shop")],
)
def test_a_key_is_of_a_caller_that_there_is(rotate: Rotate, arguments: tuple[str, ...]) -> None:
    rotate(*arguments, "--write", fails=2)


def test_the_secret_of_numbers_is_replaced_only_by_who_knows_what_that_means(
    file: Path, rotate: Rotate
) -> None:
    text = rotate("NUMBER_SECRET", "--write", fails=2)
    assert FORGETTING in text
    assert "opted out" in text
    assert file.read_text("utf-8") == TEXT
    text = rotate("NUMBER_SECRET", "--write", FORGETTING)
    assert settings_of(file).number_secret.get_secret_value() not in (NUMBER_SECRET, "")
    assert "begin at zero" in text


def test_a_file_that_the_environment_overrides_is_not_written(
    file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENV_FILE", str(file))
    monkeypatch.setenv("CODE_SECRETS", SECRET)
    assert main(["secrets", "rotate", "CODE_SECRETS", "--write"]) == 2
    assert "wins over the file" in capsys.readouterr().err
    monkeypatch.delenv("CODE_SECRETS")
    assert main(["secrets", "rotate", "CODE_SECRETS", "--write"]) == 0
    assert len(settings_of(file).code_secrets) == 2


def test_a_file_that_could_be_read_in_two_ways_is_not_written(file: Path, rotate: Rotate) -> None:
    text = TEXT.replace("STAGE=dev", "STAGE=a#b")
    file.write_text(text, "utf-8")
    assert "line 2" in rotate("CODE_SECRETS", "--write", fails=1)
    assert file.read_text("utf-8") == text


def test_a_value_that_refers_to_another_is_left_to_a_person(file: Path, rotate: Rotate) -> None:
    file.write_text(TEXT.replace(f"={SECRET}", "=${STAGE}-and-more-than-that"), "utf-8")
    assert "by hand" in rotate("CODE_SECRETS", "--write", fails=1)


def test_two_rotations_at_once_do_not_lose_each_others_secret(file: Path, rotate: Rotate) -> None:
    beside = file.with_name(f"{file.name}.new.env")
    beside.touch()
    assert "another rotation" in rotate("CODE_SECRETS", "--write", fails=1)
    assert file.read_text("utf-8") == TEXT
    beside.unlink()
    rotate("CODE_SECRETS", "--write")
    rotate("CODE_SECRETS", "--write")
    assert len(settings_of(file).code_secrets) == 3
    assert len(backups(file)) == 2


def test_a_file_that_changed_meanwhile_is_left_as_it_is(file: Path) -> None:
    with pytest.raises(Complaint, match="changed meanwhile"):
        write(file, "CODE_SECRETS", "new", before="what another rotation replaced")
    assert file.read_text("utf-8") == TEXT
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_the_file_as_it_was(
    file: Path, rotate: Rotate, mocker: MockerFixture
) -> None:
    mocker.patch.object(Path, "replace", side_effect=OSError(28, "No space left on device"))
    assert "not written" in rotate("CODE_SECRETS", "--write", fails=1)
    assert file.read_text("utf-8") == TEXT
    assert sorted(file.parent.iterdir()) == [file, *backups(file)]


def test_a_link_stays_a_link(file: Path, tmp_path: Path, capsys: Captured) -> None:
    link = tmp_path / "link.env"
    link.symlink_to(file)
    assert main(["--env-file", str(link), "secrets", "rotate", "CODE_SECRETS", "--write"]) == 0
    assert link.is_symlink()
    assert len(settings_of(file).code_secrets) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A=1\nB=2\n", "A=1\nB=new\n"),
        ("B=1\nB=2", "B=1\nB=new"),
        ("A=1", "A=1\nB=new\n"),
        ("", "B=new\n"),
        ("\ufeffB=2\r\nA=1\r\n", "\ufeffB=new\r\nA=1\r\n"),
        ("A=1\r\n", "A=1\r\nB=new\r\n"),
        ("  export B = 'x y' # why\n", "  export B = new # why\n"),
        ("B= # none\n", "B=new # none\n"),
        ("#B=2\nB=2\n", "#B=2\nB=new\n"),
    ],
)
def test_one_value_changes_and_nothing_else(before: str, after: str) -> None:
    assert changed(before, "B", "new") == after
