"""Read a runbook: its sections, commands, and what it promises of their output."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.service import ROOT

FOLDER = ROOT / "docs" / "runbooks"
SUFFIXES = {"en": ".md", "zh": ".zh-CN.md"}
SECTIONS = {
    "en": (
        "The alert",
        "At stake now",
        "First minute",
        "See what is going on",
        "Decide",
        "Mend",
        "Is it over?",
        "Afterwards",
    ),
    "zh": (
        "告警原文",
        "此刻的风险",
        "第一分钟",
        "看清情况",
        "判断",
        "处理",
        "确认已结束",
        "事后",
    ),
}
ANYTHING = "…"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+# (?:(?P<account>†)|exit (?P<status>\d+))$")
HOLE = re.compile(r"<[a-z_ ]+>")


@dataclass(frozen=True)
class Command:
    """One line to type; `account` marks those that need a real one, which are not run here."""

    text: str
    status: int = 0
    account: bool = False

    @classmethod
    def read(cls, line: str) -> Command:
        found = _COMMENT.search(line)
        if found is None:
            return cls(line.strip())
        return cls(line[: found.start()].strip(), int(found["status"] or 0), bool(found["account"]))


@dataclass(frozen=True)
class Block:
    """A fenced block; `after` says that it is what the commands before it write."""

    kind: str
    lines: tuple[str, ...]
    after: bool = False

    @property
    def commands(self) -> list[Command]:
        return [Command.read(line) for line in self.lines if line.strip()]


def sections(file: Path) -> dict[str, list[Block]]:
    """Return the fenced blocks of each section of a runbook."""
    _, *parts = re.split(r"^## ", file.read_text("utf-8"), flags=re.MULTILINE)
    found: dict[str, list[Block]] = {}
    for part in parts:
        title, _, text = part.partition("\n")
        found[title] = []
        before = ""
        for match in _FENCE.finditer(text):
            after = match[1] == "text" and before == "sh"
            found[title].append(Block(match[1], tuple(match[2].splitlines()), after))
            before = match[1]
    return found


def matches(promised: str, said: str) -> bool:
    """Say whether a line is as promised, but for spaces and what … stands for."""
    parts = (part.strip() for part in " ".join(promised.split()).split(ANYTHING))
    return re.fullmatch(".*".join(map(re.escape, parts)), " ".join(said.split())) is not None


def missing(promised: tuple[str, ...], said: str) -> str | None:
    """Return the first promised line that does not come, in its turn; None if all do."""
    rest = iter(said.splitlines())
    for line in promised:
        if line.strip() and not any(matches(line, found) for found in rest):
            return line
    return None


def as_promised(promised: Any, found: Any) -> bool:
    """Say whether a log line has what is promised of it, and maybe more."""
    if isinstance(promised, dict):
        return isinstance(found, dict) and all(
            name in found and as_promised(value, found[name]) for name, value in promised.items()
        )
    if isinstance(promised, str) and isinstance(found, str):
        return matches(promised, found)
    return promised in (ANYTHING, found)


def inline(text: str) -> Iterator[list[str]]:
    """Yield the words of every script that a page names within a line."""
    for code in re.findall(r"`(scripts/[^`]+)`", _FENCE.sub("", text)):
        yield shlex.split(code)
