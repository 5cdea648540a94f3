"""Edit the lists: entries of their own by key, prefixes and networks in their one row."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Any

from tablestore import INF_MAX, INF_MIN, Row

from shared.domain.deadline import Deadline
from shared.domain.lists import NETWORK, NUMBER, PREFIX, Entry
from shared.domain.subjects import Subject
from shared.errors import StoreUnavailable, StoreUnclear
from shared.storage import batch, tables
from shared.storage.calls import ConditionFailed, call, columns, pause
from shared.storage.conditions import any_row, equal, existing, new_row
from shared.storage.lists import (
    address_key,
    entry_columns,
    entry_from,
    number_key,
    ranges_columns,
    ranges_from,
    ranges_key,
)

MOST_RANGES = 500
"""Every send reads all ranges, so there cannot be any number of them."""

PAGE = 500
EDIT_SECONDS, PAGE_SECONDS = 10.0, 10.0
_LONGEST_PAUSE = 3


class TooManyRanges(Exception):
    """The row of prefixes and networks is full."""


class TablestoreLists:
    """The lists, as an operator sees them. Every method may raise StoreError."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._table = tables.LISTS.name(prefix)

    def find(self, subject: Subject) -> Entry | None:
        """Return the subject's own entry, in force or ended."""
        if subject.kind in (PREFIX, NETWORK):
            return _among(self.ranges(), subject)
        return entry_from(self._read(_key(subject)))

    def ranges(self) -> tuple[Entry, ...]:
        """Return all prefixes and networks."""
        return ranges_from(self._read(ranges_key()))

    def all(self) -> Iterator[tuple[str, Entry]]:
        """Yield every entry with its key; a prefix or network has none of its own."""
        start: Any = [("entry", INF_MIN)]
        while start:
            start, rows = self._page(start)
            for row in rows:
                key = str(row.primary_key[0][1])
                if [("entry", key)] == ranges_key():
                    yield from (("", entry) for entry in ranges_from(columns(row)))
                elif (entry := entry_from(columns(row))) is not None:
                    yield key, entry

    def add(self, subject: Subject, entry: Entry) -> Entry | None:
        """Write a subject's entry; return the one that it replaces. Raises TooManyRanges."""
        if subject.kind in (PREFIX, NETWORK):
            return self._edit_ranges(subject, entry)
        before = self.find(subject)
        row = Row(_key(subject), list(entry_columns(entry).items()))
        self._call("PutRow", lambda: self._client.put_row(self._table, row, any_row()))
        return before

    def remove(self, subject: Subject) -> Entry | None:
        """Remove a subject's entry and return it; None where there was none."""
        if subject.kind in (PREFIX, NETWORK):
            return self._edit_ranges(subject, None)
        before = self.find(subject)
        if before is not None:
            row = Row(_key(subject))
            self._call("DeleteRow", lambda: self._client.delete_row(self._table, row, any_row()))
        return before

    def _edit_ranges(self, subject: Subject, entry: Entry | None) -> Entry | None:
        """Replace, add or remove one range: compare-and-set, and again if somebody was faster.

        Two operators at once lose nothing: the row is written only over the version that was
        read. The version is the writer's own, so that a re-read after a lost answer knows its
        own write.
        """
        mine, before, attempt = secrets.token_hex(8), None, 0
        deadline = Deadline.after(EDIT_SECONDS, clock=time.monotonic)
        while deadline.left > 0:
            row = self._read(ranges_key())
            if row.get("version") == mine:
                return before
            ranges = ranges_from(row)
            found = _among(ranges, subject)
            before = before or found
            if found is None and entry is None:
                return before
            others = [known for known in ranges if known != found]
            if entry is not None and len(others) >= MOST_RANGES:
                raise TooManyRanges(MOST_RANGES)
            after = others if entry is None else [*others, entry]
            if self._swap_ranges(row.get("version"), after, mine=mine, deadline=deadline):
                return before
            attempt += 1
            pause(min(attempt, _LONGEST_PAUSE), deadline=deadline)
        raise StoreUnavailable("PutRow", "contended")

    def _swap_ranges(
        self, version: str | None, after: Sequence[Entry], *, mine: str, deadline: Deadline
    ) -> bool:
        """Write the ranges over a version, or where there are none; False if that is not sure."""
        unchanged = new_row() if version is None else existing(equal("version", version))
        row = Row(ranges_key(), list(ranges_columns(after, version=mine).items()))
        try:
            call(
                "PutRow",
                lambda: self._client.put_row(self._table, row, unchanged),
                repeatable=False,
                deadline=deadline,
                conditional=True,
            )
        except (ConditionFailed, StoreUnclear):
            return False
        return True

    def _read(self, key: batch.Key) -> dict[str, Any]:
        _, row, _ = self._call(
            "GetRow", lambda: self._client.get_row(self._table, key, max_version=1)
        )
        return columns(row)

    def _page(self, start: Any) -> tuple[Any, Sequence[Any]]:
        end = [("entry", INF_MAX)]
        _, following, rows, _ = self._call(
            "GetRange",
            lambda: self._client.get_range(
                self._table, "FORWARD", start, end, limit=PAGE, max_version=1
            ),
        )
        return following, rows

    def _call(self, operation: str, request: Any) -> Any:
        deadline = Deadline.after(PAGE_SECONDS, clock=time.monotonic)
        return call(operation, request, repeatable=True, deadline=deadline)


def _key(subject: Subject) -> batch.Key:
    return number_key(subject.phone) if subject.kind == NUMBER else address_key(subject.shown)


def _among(ranges: Sequence[Entry], subject: Subject) -> Entry | None:
    return next((e for e in ranges if (e.kind, e.subject) == (subject.kind, subject.shown)), None)
