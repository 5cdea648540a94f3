"""scripts/ops without a store: help, API keys, and complaints that repeat nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from scripts.ops_cli.__main__ import main
from shared.domain.access import caller_of
from shared.settings import NAMES, read_settings
from tests.service import NUMBER_SECRET, PHONE, ROOT, SECRET

Captured = pytest.CaptureFixture[str]
ENOUGH = {
    "CODE_SECRETS": SECRET,
    "NUMBER_SECRET": NUMBER_SECRET,
    "DYSMS_SIGN_NAME": "s",
    "DYSMS_TEMPLATES": "t",
    "TABLESTORE_ENDPOINT": "http://127.0.0.1:9",
    "TABLESTORE_INSTANCE": "i",
}
GROUPS = (["keys"], ["secrets"], ["templates", "tags"])
"""Whose commands have the examples."""


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def ran(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["lists"],
        ["keys"],
        ["keys", "new"],
        ["codes"],
        *(["lists", n] for n in ("add", "remove", "show", "check")),
        ["signs"],
        ["signs", "show"],
        ["templates"],
        ["templates", "show"],
        ["templates", "tags"],
        *(["templates", "tags", n] for n in ("list", "add", "remove")),
        ["records"],
        ["statistics"],
        ["limits"],
        ["secrets"],
        ["secrets", "rotate"],
        ["erase"],
    ],
)
def test_every_command_explains_itself(capsys: Captured, command: list[str]) -> None:
    code, out, _ = ran(capsys, *command, "--help")
    assert code == 0
    assert f"Usage: {' '.join(['scripts/ops', *command])}" in out
    assert "\n    scripts/ops " in out or command in GROUPS


@pytest.mark.parametrize("command", [[], ["lists"]])
def test_the_help_tells_how_to_reach_the_local_service(
    capsys: Captured, command: list[str]
) -> None:
    out = ran(capsys, *command, "--help")[1]
    assert "\n    scripts/ops --env-file .local/doors.env lists show\n" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["lists", PHONE],
        ["lists", "add", PHONE, "deny", "--reason", "x"],
        ["lists", "add", "deny", *("138", "0013", "8000"), "--reason", "x"],
        ["lists", "add", "deny", PHONE],
        ["lists", "add", "deny", PHONE, f"--{PHONE}", "--reason", "x"],
        ["lists", "show", "--kind", PHONE],
        ["lists", "show", f"--json={PHONE}"],
        ["lists", "check"],
        ["codes", "--provider", PHONE],
        [PHONE],
    ],
)
def test_what_was_typed_wrongly_is_explained_in_both_languages_and_not_repeated(
    capsys: Captured, arguments: list[str]
) -> None:
    code, out, err = ran(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "用法有误" in err
    assert "Wrong usage" in err
    assert "--help" in err
    assert not re.search(r"\d{4}", err)


def test_settings_that_are_missing_are_all_named_and_how_to_set_them(capsys: Captured) -> None:
    code, out, err = ran(capsys, "lists", "show")
    assert (code, out) == (1, "")
    assert "NUMBER_SECRET 未设置" in err
    assert "TABLESTORE_ENDPOINT is not set" in err
    assert "scripts/ops --env-file .local/doors.env" in err


def test_a_new_key_opens_the_door_to_the_setting_that_is_printed_with_it(capsys: Captured) -> None:
    code, out, _ = ran(capsys, "keys", "new", "shop")
    assert code == 0
    (key,) = re.findall(r"^  ([A-Za-z0-9_-]{43})$", out, re.MULTILINE)
    setting = re.findall(r"API_KEYS='(.*)'", out)[0]
    assert key not in setting
    caller = caller_of(read_settings({**ENOUGH, "API_KEYS": setting}).api_keys, key)
    assert caller is not None
    assert (caller.name, caller.rates, caller.scenes) == ("shop", None, None)


def test_no_two_keys_are_the_same(capsys: Captured) -> None:
    assert ran(capsys, "keys", "new", "shop") != ran(capsys, "keys", "new", "shop")


def test_a_key_can_have_a_limit_and_scenes_of_its_own(capsys: Captured) -> None:
    options = ["--limit", "100/1h,1000/1d", "--scenes", "sign_in, reset_password"]
    _, out, _ = ran(capsys, "keys", "new", "app", *options)
    setting = re.findall(r"API_KEYS='(.*)'", out)[0]
    (caller,) = read_settings({**ENOUGH, "API_KEYS": setting}).api_keys
    assert caller.rates is not None
    assert [str(rate) for rate in caller.rates] == ["100/1h", "1000/1d"]
    assert caller.scenes == {"sign_in", "reset_password"}


def test_how_to_rotate_is_shown_with_the_setting_for_it(capsys: Captured) -> None:
    _, out, _ = ran(capsys, "keys", "new", "app", "--limit", "5/1d")
    first, rotating = (json.loads(text)["app"] for text in re.findall(r"API_KEYS='(.*)'", out))
    assert rotating == {"sha256": [first["sha256"], "<old digest>"], "limit": "5/1d"}
    both = json.dumps({"app": {**rotating, "sha256": [first["sha256"], "0" * 64]}})
    assert len(read_settings({**ENOUGH, "API_KEYS": both}).api_keys[0].digests) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["a b"],
        [""],
        ["x" * 33],
        ["shop", "--limit", "many"],
        ["shop", "--limit", "5/40d"],
        ["shop", "--scenes", " ,"],
    ],
)
def test_a_key_that_settings_would_refuse_is_not_made(
    capsys: Captured, arguments: list[str]
) -> None:
    code, out, _ = ran(capsys, "keys", "new", *arguments)
    assert (code, out) == (2, "")


def test_help_and_keys_load_no_sdk() -> None:
    code = (
        "import sys\nfrom scripts.ops_cli.__main__ import main\nmain(['keys', 'new', 'shop'])\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert not [name for name in loaded if name.startswith(("tablestore", "Tea", "alibabacloud"))]


def test_click_is_not_deployed() -> None:
    assert "click==" not in (ROOT / "requirements.lock").read_text("utf-8")
    assert "click==" in (ROOT / "requirements-dev.lock").read_text("utf-8")


def test_a_code_is_looked_up_with_and_without_its_prefix(capsys: Captured) -> None:
    for given in ("isv.AMOUNT_NOT_ENOUGH", "AMOUNT_NOT_ENOUGH"):
        code, out, _ = ran(capsys, "codes", given, "--provider", "dysms")
        assert code == 0
        assert re.search(rf"{given} +provider_rejected +是 yes +aiops-skills", out)
        assert "余额不足。立即充值" in out
        assert "Top up the account" in out


def test_all_codes_of_all_providers_are_listed_with_what_a_caller_gets(capsys: Captured) -> None:
    code, out, _ = ran(capsys, "codes", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {row["provider"] for row in rows} == {"dysms", "dypns"}
    found = {(row["provider"], row["code"]): (row["caller"], row["elsewhere"]) for row in rows}
    assert len(found) == len(rows)
    assert found["dysms", "isv.DAY_LIMIT_CONTROL"] == ("daily_cap_reached", False)
    assert found["dysms", "isp.SYSTEM_ERROR"] == ("200 unconfirmed", False)
    assert found["dypns", "Throttling*"] == ("provider_unavailable", True)
    assert found["dypns", "biz.FREQUENCY"] == ("rate_limited", False)
    assert found["dypns", "isv.ValidateFail"] == ("verify: code_rejected", False)
    assert found["dysms", "not_connected"] == ("provider_unavailable", True)
    for row in rows:
        assert row["source"]
        assert row["reason"]["zh"] != row["reason"]["en"]
        assert row["advice"]["zh"] != row["advice"]["en"]


def test_the_list_for_people_has_every_code(capsys: Captured) -> None:
    rows = json.loads(ran(capsys, "codes", "--provider", "dypns", "--json")[1])
    code, out, _ = ran(capsys, "codes", "--provider", "dypns")
    assert code == 0
    assert out.startswith("dypns\n")
    assert "dysms" not in out.splitlines()
    for row in rows:
        assert re.search(rf"^  {re.escape(row['code'])} +{row['caller']} ", out, re.MULTILINE)
        assert row["advice"]["en"] in out


def test_a_code_of_a_check_is_found(capsys: Captured) -> None:
    assert "verify: code_rejected" in ran(capsys, "codes", "ValidateFail")[1]


def test_what_is_not_known_says_what_becomes_of_it(capsys: Captured) -> None:
    code, out, err = ran(capsys, "codes", "isv.SOMETHING_NEW")
    assert (code, out) == (1, "")
    assert "没有 isv.SOMETHING_NEW 的说明" in err
    assert "no other provider is tried" in err
