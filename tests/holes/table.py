"""The list of holes as a table for readers, in docs/security.md and its Chinese twin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.marked_pages import Part
from tests.guards.guard import Guard
from tests.guards.test_guards import ALL
from tests.holes.hole import Weakness
from tests.holes.holes_at_the_doors import HOLES_AT_THE_DOORS
from tests.holes.holes_of_codes import HOLES_OF_CODES
from tests.service import ROOT

HOLES = (*HOLES_OF_CODES, *HOLES_AT_THE_DOORS)
GUARDS: dict[str, Guard] = {guard.invariant: guard for guard in ALL}

PART = Part(
    "python -m tests.holes",
    "<!-- holes: python -m tests.holes writes what follows -->",
    "<!-- end of holes -->",
)
HEADS = {
    "security.md": "| hole | weakness | test | weakened in a copy |",
    "security.zh-CN.md": "| 漏洞 | 弱点 | 测试 | 副本中弱化之处 |",
}


def parts() -> dict[Path, str]:
    """Return each page's table."""
    return {ROOT / "docs" / name: table(name) for name in HEADS}


def table(name: str) -> str:
    return "\n".join([HEADS[name], "|---|---|---|---|", *_rows(chinese="zh" in name)])


def _rows(*, chinese: bool) -> Iterator[str]:
    for hole in HOLES:
        title = hole.chinese if chinese else hole.english
        for weakness in hole.weaknesses:
            said = weakness.chinese if chinese else weakness.english
            tests, files = tests_of(weakness), files_of(weakness)
            yield f"| {title} | {said} | {_listed(tests)} | {_listed(files)} |"
            title = ""


def tests_of(weakness: Weakness) -> list[str]:
    """Return the names of the tests that were seen to fail, each once."""
    return list(dict.fromkeys(GUARDS[name].test.split("::")[1] for name in weakness.guards))


def files_of(weakness: Weakness) -> list[str]:
    return list(dict.fromkeys(GUARDS[name].file for name in weakness.guards))


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
