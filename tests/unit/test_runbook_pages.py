"""The runbooks as pages: both languages say to do the same, and what they name is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import deployment
from shared.settings import NAMES
from tests.named_commands import unknown
from tests.runbook_pages import FOLDER, SECTIONS, SUFFIXES, Command, inline, sections
from tests.service import ROOT

PAGES = sorted(FOLDER.glob("*.md"))
BOOKS = sorted(
    page.name.removesuffix(".md")
    for page in PAGES
    if page.name.count(".") == 1 and page.stem != "README"
)
NEEDED = {
    "sms-spike",
    "poor-delivery",
    "template-review",
    "key-leak",
    "store-throttling",
    "balance-exhausted",
    "receipts-stopped",
}


def page(name: str, lang: str) -> Path:
    return FOLDER / f"{name}{SUFFIXES[lang]}"


def slug(heading: str) -> str:
    """Return a heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def typed(file: Path) -> Iterator[Command]:
    """Yield every command of a page, in fences and within lines."""
    for blocks in sections(file).values():
        for block in blocks:
            if block.kind == "sh":
                yield from block.commands
    for words in inline(file.read_text("utf-8")):
        yield Command(" ".join(words))


def test_there_is_a_runbook_for_each_incident_in_both_languages() -> None:
    assert set(BOOKS) == NEEDED
    assert {each.name for each in PAGES} == {
        f"{name}{suffix}" for name in (*NEEDED, "README") for suffix in SUFFIXES.values()
    }


@pytest.mark.parametrize("name", BOOKS)
def test_both_languages_have_the_same_commands_settings_and_log_lines(name: str) -> None:
    english, chinese = (sections(page(name, lang)) for lang in SUFFIXES)
    assert tuple(english) == SECTIONS["en"]
    assert tuple(chinese) == SECTIONS["zh"]
    for ours, theirs in zip(english.values(), chinese.values(), strict=True):
        assert [(one.kind, one.after) for one in ours] == [(one.kind, one.after) for one in theirs]
        for one, other in zip(ours, theirs, strict=True):
            assert one.kind in ("sh", "text", "json", "dotenv")
            if one.kind != "text":
                assert one.lines == other.lines


def test_both_indexes_have_the_same_commands() -> None:
    english, chinese = (
        [block.lines for blocks in sections(page("README", lang)).values() for block in blocks]
        for lang in SUFFIXES
    )
    assert english == chinese


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_link_leads_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", file.read_text("utf-8"))
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.is_file(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
        assert not anchor or anchor in map(slug, headings), link


@pytest.mark.parametrize("lang", SUFFIXES)
def test_the_index_leads_to_every_runbook_and_each_back_and_to_its_other_language(
    lang: str,
) -> None:
    index, other = page("README", lang), {"en": "zh", "zh": "en"}[lang]
    for name in BOOKS:
        assert f"({name}{SUFFIXES[lang]})" in index.read_text("utf-8")
        links = re.findall(r"\]\(([^)#]+)", page(name, lang).read_text("utf-8"))
        assert {f"README{SUFFIXES[lang]}", f"{name}{SUFFIXES[other]}"} <= set(links)
        ours = {f"{each}{SUFFIXES[other]}" for each in BOOKS if each != name}
        assert not ours & set(links)


@pytest.mark.parametrize("lang", SUFFIXES)
def test_every_alert_rule_of_the_log_service_leads_to_a_page(lang: str) -> None:
    rules = {json.loads(rule.read_text("utf-8"))["name"] for rule in _rules()}
    text = page("README", lang).read_text("utf-8")
    assert rules == set(re.findall(r"`(sms-[a-z-]+)`", text)) - _searches()


def test_titles_of_rules_are_quoted_as_they_are() -> None:
    titles = {
        r["name"]: r["displayName"] for r in (json.loads(f.read_text("utf-8")) for f in _rules())
    }
    quoted = re.compile(
        r"`(sms-[a-z-]+)`[\s]*[(（]([^`]*? / [^`]*?)[)）](?=[.,，、。]| *$)", re.MULTILINE
    )
    found = [match for file in PAGES for match in quoted.findall(file.read_text("utf-8"))]
    assert len(found) == 6
    for name, title in found:
        assert titles[name] == title


def _rules() -> list[Path]:
    return sorted((ROOT / "docs" / "sls" / "alerts").glob("*.json"))


def _searches() -> set[str]:
    return {file.stem for file in (ROOT / "docs" / "sls" / "searches").glob("*.json")}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_only_commands_and_options_that_exist_are_named(file: Path) -> None:
    for command in typed(file):
        words = re.sub(r"^[A-Z_]+=(<[^>]+>|\S+) ", "", command.text).split()
        script = words[0]
        if not script.startswith("scripts/"):
            assert script in ("s", "aliyun", "curl"), command.text
            assert command.account or script == "curl", command.text
            continue
        assert unknown(words) is None, command.text


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_only_settings_that_exist_are_named(file: Path) -> None:
    text = file.read_text("utf-8")
    named = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))
    named |= set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", text))
    carriers = {"SMOKE_API_KEY"}
    assert named <= {*NAMES, *deployment.OF_SCRIPTS, *carriers}
