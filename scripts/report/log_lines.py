"""Find our log lines in whatever they come wrapped in.

That is: as they were written; behind the prefix of a runtime; several in one block, as Function
Compute joins lines (logBeginRule: DefaultRegex); as a text inside the JSON of an SLS download, one
object a line or laid out over many; or in its CSV. A file may be compressed (.gz).
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

_START = re.compile(r'\{\s*"time"\s*:\s*"')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*\{\\+"time\\+"(?:[^"\\]|\\.)*"')
_IN_CSV = '{""time""'
_decode = json.JSONDecoder().raw_decode
_DEEPEST = 3
"""Wrappings inside wrappings that are looked into."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event. `at` is in UTC seconds, `facts` holds what else the line says."""

    at: float
    event: str
    facts: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a fact as text, "" where it is none."""
        found = self.facts.get(name)
        return found if isinstance(found, str) else ""

    def number(self, name: str) -> int:
        """Return a fact as a whole number, 0 where it is none."""
        found = self.facts.get(name)
        return int(found) if isinstance(found, int | float) else 0


@dataclass
class LogReader:
    """Reads files one after the other; a line that came before is not told again."""

    repeated: int = 0
    broken: int = 0
    _seen: set[int] = field(default_factory=set)

    def read(self, path: Path) -> Iterator[LogLine]:
        """Yield the lines of one file; raise OSError where it cannot be read."""
        with _opened(path) as file:
            for text in file:
                for given in self._found(text, _DEEPEST):
                    line = _line(given)
                    if line is None:
                        self.broken += 1
                    elif self._is_new(line):
                        yield line

    def _found(self, text: str, depth: int) -> Iterator[object]:
        if _IN_CSV in text:
            text = text.replace('""', '"')
        place = 0
        while (start := _START.search(text, place)) is not None:
            try:
                given, place = _decode(text, start.start())
            except (ValueError, RecursionError):
                self.broken += 1
                place = start.end()
                continue
            yield given
        if depth and place == 0:
            for quoted in _QUOTED.finditer(text):
                try:
                    inner = json.loads(quoted[0], strict=False)
                except ValueError:
                    self.broken += 1
                    continue
                yield from self._found(inner, depth - 1)

    def _is_new(self, line: LogLine) -> bool:
        """Say whether the line did not come before, as in two downloads that overlap."""
        mark = hash((line.at, line.event, json.dumps(line.facts, sort_keys=True, default=str)))
        if mark in self._seen:
            self.repeated += 1
            return False
        self._seen.add(mark)
        return True


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8-sig", errors="replace")


def _line(given: object) -> LogLine | None:
    if not isinstance(given, dict) or not isinstance(given.get("event"), str):
        return None
    try:
        at = datetime.fromisoformat(str(given.get("time")).replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None
    facts = {name: fact for name, fact in given.items() if name not in ("time", "event")}
    return LogLine(at, given["event"], facts)
