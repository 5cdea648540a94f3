"""What the pages under docs/ and the READMEs point to exists, and both languages say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.named_commands import named, spans, typed, unknown
from tests.service import ROOT

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAIRS = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("costs-and-scale", "decisions", "security")),
]
# What scripts/settings_table and scripts/cost write, which their own tests hold to the model.
GENERATED = re.compile(r"<!-- (\w+): .*?<!-- end of \1 -->", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
}
FOLDERS = ("docs", "functions", "scripts", "shared", "tests")


def own(page: Path) -> str:
    """A page without what a script writes into it."""
    return GENERATED.sub("", page.read_text("utf-8"))


def prose(text: str) -> str:
    """A text without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> list[str]:
    """What GitHub calls a page's headings, in their order."""
    titles = re.findall(r"^#+ (.*)$", prose(page.read_text("utf-8")), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def other(page: Path) -> Path:
    return page.with_name(f"{page.stem}.zh-CN.md")


def inside(page: Path) -> list[tuple[Path, str]]:
    """The files of the repository that a page leads to, and the anchors in them."""
    found = []
    for target in LINK.findall(prose(page.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            found.append(((page.parent / name).resolve() if name else page, anchor))
    return found


def shape(page: Path) -> list[str]:
    """Headings by their depth, rows of tables, points and blocks of code, in order."""
    found = re.findall(r"^(#+ (?=\S)|\|(?=.)|- (?=\S)|```)", page.read_text("utf-8"), re.MULTILINE)
    return [mark.strip() for mark in found]


def links(page: Path) -> list[str]:
    """Where a page leads, the same for both languages: an anchor by its heading's place."""
    found = []
    for target in LINK.findall(prose(own(page))):
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        place = anchors(file).index(anchor) if anchor else ""
        found.append(f"{name.replace('.zh-CN', '')}#{place}")
    return sorted(found)


def blank(code: str) -> str:
    """What is to be typed, without what is for people to word."""
    return re.sub(r"<[^<>]+>|(?<=--reason )('[^']*'|\w+)", "<>", code)


def blocks(page: Path) -> list[tuple[str, str]]:
    """A page's blocks of code, and what each is in."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", own(page), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for file, anchor in inside(page):
        assert file.exists(), file
        assert not anchor or anchor in anchors(file), anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_leads_to_its_own_language_and_to_itself_in_the_other(page: Path) -> None:
    chinese = page.name.endswith(".zh-CN.md")
    twin = page.with_name(page.name.replace(".zh-CN", "")) if chinese else other(page)
    files = {file for file, _ in inside(page)}
    assert twin in files or not twin.exists()
    for file in files - {twin}:
        if chinese:
            assert not file.with_name(f"{file.stem}.zh-CN{file.suffix}").exists(), file
        else:
            assert ".zh-CN." not in file.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_addresses_outside_are_whole_and_safe(page: Path) -> None:
    for target in LINK.findall(prose(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            assert re.match(r"https://[\w.-]+/?", target), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_file_that_is_named_exists(page: Path) -> None:
    for name in spans(page.read_text("utf-8")):
        if re.fullmatch(r"test_\w+", name):
            assert name in TESTS, name
        elif re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./-]+", name.split()[0]):
            assert (ROOT / name.split()[0]).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_is_one_that_its_script_knows(page: Path) -> None:
    for words in named(page.read_text("utf-8")):
        assert unknown(words) is None, words


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("scripts/nothing", "scripts/nothing"),
        ("scripts/ops lits show", "lits"),
        ("scripts/ops --env-file .env lists show --every", "--every"),
        ("scripts/policy --products mns", "--products"),
        ("scripts/serve --porte 9001", "--porte"),
    ],
)
def test_a_command_that_does_not_exist_would_be_found(command: str, word: str) -> None:
    for text in (f"```sh\n{command}  # why\n```\n", f"Run `{command}`, then wait."):
        assert [unknown(words) for words in named(text)] == [word]


@pytest.mark.parametrize("page", PAIRS, ids=lambda page: page.name)
def test_both_languages_have_the_same_parts_and_links(page: Path) -> None:
    assert shape(other(page)) == shape(page)
    assert links(other(page)) == links(page)


@pytest.mark.parametrize("page", PAIRS, ids=lambda page: page.name)
def test_both_languages_name_the_same_settings_commands_fields_and_tests(page: Path) -> None:
    assert sorted(map(blank, spans(own(other(page))))) == sorted(map(blank, spans(own(page))))


@pytest.mark.parametrize("page", PAIRS, ids=lambda page: page.name)
def test_both_languages_say_to_type_the_same(page: Path) -> None:
    assert [*map(blank, typed(own(other(page))))] == [*map(blank, typed(own(page)))]


@pytest.mark.parametrize("page", PAIRS, ids=lambda page: page.name)
def test_both_languages_show_the_same_fields_and_figures(page: Path) -> None:
    for (kind, chinese), (theirs, english) in zip(blocks(other(page)), blocks(page), strict=True):
        assert kind == theirs
        assert re.findall(r"\d[\d.,]*", chinese) == re.findall(r"\d[\d.,]*", english)
        if kind == "json":
            assert list(json.loads(chinese)) == list(json.loads(english))
