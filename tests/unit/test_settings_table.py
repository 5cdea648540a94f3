"""The READMEs' table of settings says what the model says, for every setting and nothing else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.deployment import OF_SCRIPTS, variables
from scripts.settings_reference import __main__ as script
from scripts.settings_reference.forms import allowed, default_text
from scripts.settings_reference.groups import DEPLOY_GROUPS, SETTING_GROUPS, Group
from scripts.settings_reference.table import table, unworded
from scripts.settings_reference.words import Words
from shared.errors import Misconfigured
from shared.settings import NAMES, Settings, read_settings
from tests.service import ROOT

REQUIRED = {
    "CODE_SECRETS": "c" * 16,
    "NUMBER_SECRET": "n" * 16,
    "TABLESTORE_ENDPOINT": "https://sample.cn-hangzhou.ots.aliyuncs.com",
    "TABLESTORE_INSTANCE": "sample",
    "DYSMS_SIGN_NAME": "示例",
    "DYSMS_TEMPLATES": "SMS_1",
}
WITHOUT_DEFAULT = [name for name in NAMES if Settings.model_fields[name.lower()].is_required()]
WITH_DEFAULT = [name for name in NAMES if default_text(name)]


def words() -> Iterator[tuple[str, Words]]:
    for group in (*SETTING_GROUPS, *DEPLOY_GROUPS):
        yield from group.texts.items()


def rows(language: script.Language) -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` (\|.*)$", table(language), re.MULTILINE))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "scripts" / "settings_table"), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_both_readmes_have_the_table_that_the_model_gives() -> None:
    ended = run("--check")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_setting_stands_in_it_once(language: script.Language) -> None:
    assert set(rows(language)) == {*NAMES, *variables("s.*yaml"), *OF_SCRIPTS}
    assert table(language).count("\n| `") == len(rows(language))
    assert list(unworded()) == []


def test_a_setting_without_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(SETTING_GROUPS[0].texts, "ACCESS")
    assert list(unworded()) == ["ACCESS"]


def test_words_without_a_setting_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEPLOY_GROUPS[0].texts, "GONE", Words("曾经", "once"))
    monkeypatch.setitem(SETTING_GROUPS[1].texts, "ACCESS", Words("又一次", "again"))
    assert list(unworded()) == ["ACCESS", "GONE"]


@pytest.mark.parametrize("name", WITH_DEFAULT)
def test_a_default_can_be_set_as_the_table_writes_it(name: str) -> None:
    standing = getattr(read_settings(REQUIRED), name.lower())
    written = read_settings({**REQUIRED, name: default_text(name)})
    assert getattr(written, name.lower()) == standing
    if name not in REQUIRED:
        assert f"`{default_text(name)}`" in rows("en")[name]


def test_rates_lists_and_spans_are_shown_as_one_writes_them() -> None:
    assert default_text("LIMIT_PHONE") == "1/60s,5/1h,10/24h"
    assert default_text("LIMIT_REGION") == "*=200/1d"
    assert default_text("OPT_OUT_WORDS") == "TD,T,退订"
    assert default_text("RECONCILE_AFTER") == "10m"
    assert default_text("SMS_PROVIDERS") == "dysms"
    assert default_text("CLIENT_IP") == "peer"


@pytest.mark.parametrize("name", WITHOUT_DEFAULT)
def test_what_has_no_default_is_shown_as_required(name: str) -> None:
    assert rows("en")[name].startswith("| **required** |")
    assert rows("zh")[name].startswith("| **必填** |")


def test_what_s_yaml_insists_on_is_shown_as_required_to_deploy() -> None:
    asked = {name for name, default in variables("s.yaml").items() if default is None}
    shown = {name for name, row in rows("en").items() if "**required" in row}
    assert asked <= shown
    domain = {name for name, default in variables("s.domain.yaml").items() if default is None}
    assert all("required with `s deploy -t s.domain.yaml`" in rows("en")[name] for name in domain)
    assert "**required to deploy**" in rows("en")["TABLE_PREFIX"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"SMS_PROVIDERS": "dysms"}, "DYSMS_SIGN_NAME"),
        ({"SMS_PROVIDERS": "dysms"}, "DYSMS_TEMPLATES"),
        ({"CAPTCHA": "turnstile"}, "TURNSTILE_SECRET"),
        ({"CAPTCHA": "aliyun"}, "ALIYUN_CAPTCHA_SCENE_IDS"),
    ],
)
def test_what_another_setting_needs_is_required_with_it(given: dict[str, str], name: str) -> None:
    (value,) = given.values()
    needed = dict(words())[name].needed_with
    assert needed in (value, "=".join(*given.items()))
    assert f"required with `{needed}`" in rows("en")[name]
    rest = {key: text for key, text in REQUIRED.items() if key != name}
    with pytest.raises(Misconfigured) as refused:
        read_settings({**rest, **given})
    assert name in str(refused.value.problems)


@pytest.mark.parametrize("name", NAMES)
def test_each_value_that_the_model_allows_is_named(name: str) -> None:
    for limits, row in zip(allowed(name), (rows("zh")[name], rows("en")[name]), strict=True):
        for value in limits.split("`")[1::2] or [limits]:
            assert value in row


def test_ranges_come_from_the_model() -> None:
    assert allowed("CODE_LENGTH") == ("4 到 8", "4 to 8")
    assert allowed("PHONE_SHARE") == ("大于 0，至多 1", "above 0, 1 at most")
    assert allowed("PNVS_MODE") == ("`own` 或 `managed`", "`own` or `managed`")


@pytest.mark.parametrize(("name", "said"), list(words()))
def test_words_are_in_both_languages(name: str, said: Words) -> None:
    assert re.search(r"[一-鿿]", said.chinese), name
    assert not re.search(r"[一-鿿]", said.english.replace("【】", "")), name
    assert bool(said.unset[0]) == bool(said.unset[1])


def test_places_on_the_page_that_the_words_point_to_exist() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", table("en"))) <= anchors


def test_a_stale_table_is_named_and_written_anew(tmp_path: Path) -> None:
    for name in script.FILES:
        (tmp_path / name).write_text(
            f"# top\n\n{script.PART.start}\nold\n{script.PART.end}\n\nrest\n"
        )
    before = run("--check", "--folder", str(tmp_path))
    assert before.returncode == 1
    assert all(f"{tmp_path}/{name}" in before.stderr for name in script.FILES)
    assert run("--folder", str(tmp_path)).returncode == 0
    assert run("--check", "--folder", str(tmp_path)).returncode == 0
    text = (tmp_path / "README.zh-CN.md").read_text("utf-8")
    assert text.startswith(f"# top\n\n{script.PART.start}\n\n**")
    assert text.endswith(f"\n\n{script.PART.end}\n\nrest\n")
    assert "old" not in text


@pytest.mark.parametrize("text", ["", "no place", f"{script.PART.end}{script.PART.start}"])
def test_a_page_without_a_place_for_it_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    for name in script.FILES:
        (tmp_path / name).write_text(text)
    ended = run("--folder", str(tmp_path))
    assert ended.returncode == 1
    assert "README.md" in ended.stderr
    assert (tmp_path / "README.md").read_text() == text


def test_its_help_names_the_lines_that_it_stands_between() -> None:
    text = run("--help").stdout
    assert script.PART.start in text
    assert script.PART.end in text


def test_a_heading_names_each_group() -> None:
    groups: list[Group] = [*SETTING_GROUPS, *DEPLOY_GROUPS]
    assert re.findall(r"^\*\*(.*)\*\*$", table("en"), re.MULTILINE) == [g.english for g in groups]
