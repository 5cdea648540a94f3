"""What the pages under docs/ and the READMEs point to exists, and both languages say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.service import ROOT

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAIRS = [ROOT / "docs" / f"{name}.md" for name in ("costs-and-scale", "decisions", "security")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
}
FOLDERS = ("docs", "functions", "scripts", "shared", "tests")


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What GitHub calls a page's headings."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def other(page: Path) -> Path:
    return page.with_name(f"{page.stem}.zh-CN.md")


def shape(page: Path) -> list[str]:
    """Headings by their depth, rows of tables, points and blocks of code, in order."""
    found = re.findall(r"^(#+ (?=\S)|\|(?=.)|- (?=\S)|```)", page.read_text("utf-8"), re.MULTILINE)
    return [mark.strip() for mark in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_addresses_outside_are_whole_and_safe(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            assert re.match(r"https://[\w.-]+/?", target), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`([^`\n]+)`", prose(page))
    for name in named:
        if re.fullmatch(r"test_\w+", name):
            assert name in TESTS, name
        elif re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./-]+", name.split()[0]):
            assert (ROOT / name.split()[0]).exists(), name


@pytest.mark.parametrize("page", PAIRS, ids=lambda page: page.name)
def test_both_languages_have_the_same_parts_links_and_tests(page: Path) -> None:
    chinese, english = prose(other(page)), prose(page)
    assert shape(other(page)) == shape(page)
    for pattern in (r"`(test_\w+)`", r"`(scripts/[\w/.-]+)", r"`([A-Z]+_[A-Z_]+)"):
        assert sorted(re.findall(pattern, chinese)) == sorted(re.findall(pattern, english))
    outside = [re.findall(r"\]\((https[^)]+)\)", text) for text in (chinese, english)]
    assert outside[0] == outside[1]
    assert f"({page.name})" in chinese
    assert f"({other(page).name})" in english
