"""Find and delete what the tables hold about one number, wherever it can be told to be about it.

Rows are named as (table, key); `phone` is the number's keyed hash. Every method may raise
StoreError. Deleting is blind and can be repeated; the number's own row is compared and set, so
that a send at the same moment either comes before, and is found, or fails to take its slot.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from tablestore import INF_MAX, INF_MIN, Row, UpdateRowItem

from shared.domain.codes import digest
from shared.domain.deadline import Deadline
from shared.domain.history import History
from shared.errors import StoreUnclear
from shared.storage import batch, tables
from shared.storage.batch import Write
from shared.storage.calls import ConditionFailed, call, columns
from shared.storage.conditions import any_of, equal, existing
from shared.storage.receipt_rows import ROWS, write_some

PAGE_SECONDS = 10.0

Found = tuple[str, dict[str, Any]]
"""A row's key and those of its columns that were asked for."""


class TablestoreErasure:
    """The store, as who erases sees it."""

    def __init__(self, client: Any, prefix: str, *, secret: str) -> None:
        self._client = client
        self._prefix = prefix
        self._secret = secret

    def history(self, phone: str) -> History:
        """Return what the number's own row remembers."""
        table, key = tables.PHONES.name(self._prefix), [("phone", phone)]
        _, row, _ = self._call(
            "GetRow", lambda: self._client.get_row(table, key, max_version=1), repeatable=True
        )
        found = columns(row)
        return History.from_json(found["version"], found["sends"]) if found else History()

    def replace_history(self, phone: str, before: History, after: History | None) -> bool:
        """Put another history in the place of this very one, or none; False if it has changed.

        An unclear end counts as changed: who asks reads again, and sees what is there.
        """
        table, key = tables.PHONES.name(self._prefix), [("phone", phone)]
        unchanged = existing(equal("version", before.version))
        if after is None:
            request = partial(self._client.delete_row, table, Row(key), unchanged)
        else:
            cells = [("version", after.version), ("sends", after.to_json())]
            request = partial(self._client.put_row, table, Row(key, cells), unchanged)
        operation = "DeleteRow" if after is None else "PutRow"
        try:
            self._call(operation, request, repeatable=False, conditional=True)
        except (ConditionFailed, StoreUnclear):
            return False
        return True

    def messages(self, phone: str) -> Iterator[Found]:
        """Yield its messages of the last 40 days, with `issued_at`, by looking at every row."""
        about, wanted = equal("phone", phone), ["phone", "issued_at"]
        return self._range(tables.MESSAGES, None, None, wanted, about)

    def pending(self, number: str) -> Iterator[Found]:
        """Yield where the plain number stands, with `issued_at`."""
        about, wanted = equal("number", number), ["number", "issued_at"]
        return self._range(tables.PENDING, None, None, wanted, about)

    def replies(self, phone: str) -> Iterator[Found]:
        """Yield what was answered from it."""
        return self._range(tables.RECEIPTS, f"reply/{phone}/", f"reply/{phone}0", ["phone"], None)

    def strays(self, phone: str, ids: Iterable[str]) -> Iterator[Found]:
        """Yield reports that met no message, on this number or on one of its messages."""
        ours = {digest(self._secret, "out_id", one) for one in ids}
        about = any_of(equal("phone", phone), equal("phone", ""))
        for key, found in self._range(tables.RECEIPTS, "stray/", "stray0", ["phone"], about):
            if found.get("phone") == phone or key.split("/")[1] in ours:
                yield key, found

    def steps(self, segment: str, column: str) -> Iterator[Found]:
        """Yield the segment's windows in which it was sent to, by the column that notes it."""
        for key, found in self._range(
            tables.SEGMENTS, f"{segment}/", f"{segment}0", [column], None
        ):
            if column in found:
                yield key, found

    def delete(self, table: tables.Table, keys: Sequence[str]) -> Iterator[int]:
        """Delete rows, and yield how many each request did."""
        (name,) = (name for name, _ in table.keys)
        writes = [batch.delete(table.name(self._prefix), [(name, key)]) for key in keys]
        yield from self._write(writes)

    def drop_steps(self, keys: Sequence[str], column: str) -> Iterator[int]:
        """Take a column out of windows of a segment, and leave its neighbours' there."""
        table = tables.SEGMENTS.name(self._prefix)
        for_all = {"delete_all": [column]}
        writes = [
            Write(
                table,
                UpdateRowItem(Row([("window", key)], for_all), existing(None)),
                repeatable=True,
            )
            for key in keys
        ]
        yield from self._write(writes)

    def _write(self, writes: Sequence[Write]) -> Iterator[int]:
        for start in range(0, len(writes), ROWS):
            some = writes[start : start + ROWS]
            deadline = Deadline.after(PAGE_SECONDS, clock=time.monotonic)
            write_some(self._client, some, deadline=deadline)
            yield len(some)

    def _range(
        self,
        table: tables.Table,
        first: str | None,
        end: str | None,
        wanted: list[str],
        about: Any,
    ) -> Iterator[Found]:
        """Yield the rows from a key to before another; the service sends only what is `about`."""
        (name,) = (name for name, _ in table.keys)
        at: Any = [(name, INF_MIN if first is None else first)]
        until = [(name, INF_MAX if end is None else end)]
        while at is not None:
            _, at, rows, _ = self._call(
                "GetRange",
                partial(
                    self._client.get_range,
                    table.name(self._prefix),
                    "FORWARD",
                    at,
                    until,
                    wanted,
                    column_filter=about,
                    max_version=1,
                ),
                repeatable=True,
            )
            for row in rows:
                yield str(row.primary_key[0][1]), columns(row)

    def _call(
        self, operation: str, request: Any, *, repeatable: bool, conditional: bool = False
    ) -> Any:
        deadline = Deadline.after(PAGE_SECONDS, clock=time.monotonic)
        return call(
            operation,
            request,
            repeatable=repeatable,
            deadline=deadline,
            conditional=conditional,
        )
