"""Read what a report is made of: the messages of the store, its counters, and logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from scripts.report.log_lines import LogLine, LogReader
from scripts.report.tally import Tally
from shared.message_ports import Message

EVERY = 1000
"""Of so many messages or lines one is told to whoever waits."""

Tell = Callable[[str, int], None]


class Messages(Protocol):
    """Reads the messages of a span."""

    def between(self, start: int, end: int) -> Iterator[Message]:
        """Yield those whose codes were issued from `start` on and before `end`."""
        ...


def add_messages(tally: Tally, store: Messages, *, now: float, tell: Tell) -> None:
    """Add every message of the period, one at a time."""
    period = tally.period
    for count, message in enumerate(store.between(period.start, period.end), 1):
        tally.add(message, now=now)
        if count % EVERY == 0:
            tell("messages", count)


def add_logs(tally: Tally, files: Sequence[Path], *, tell: Tell) -> LogReader:
    """Add every line of the period; return the reader, which knows what it could not use."""
    reader = LogReader()
    for count, line in enumerate(_lines(reader, files), 1):
        if tally.period.holds(line.at):
            tally.logged.add(line)
        if count % EVERY == 0:
            tell("lines", count)
    return reader


def _lines(reader: LogReader, files: Iterable[Path]) -> Iterator[LogLine]:
    for path in files:
        yield from reader.read(path)
