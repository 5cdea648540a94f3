"""Tablestore as a value: a request is applied to rows, and leaves other rows behind.

The rules are the local cloud's own (scripts/local_cloud/tablestore); only its SQLite is not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, TypeAlias

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore.errors import OTSError
from scripts.local_cloud.tablestore.operations import Operations
from scripts.local_cloud.tablestore.rows import Row
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.tables import KeyColumn, Options, Table
from scripts.local_cloud.tablestore.values import sort_key
from shared.storage import tables

PREFIX = "sms_verify_"
RANGES = ("GetRange",)
"""What a range finds depends on rows that are not there, too: it is read anew each time."""


class Kept(NamedTuple):
    """A row, and a number that equal contents share, whenever they were written."""

    row: Row
    content: int


RowKey: TypeAlias = tuple[int, bytes]
Rows: TypeAlias = Mapping[RowKey, Kept]
"""All rows, by the table's number and the encoded key."""


class Applied(NamedTuple):
    """What came of a request: HTTP status, answer, and the rows as they are now."""

    status: int
    body: bytes
    rows: Rows


_Asked: TypeAlias = tuple[str, bytes, tuple[tuple[int, str], ...], float]


class _Effect(NamedTuple):
    """What a request does to the rows that it touches; None removes one."""

    status: int
    body: bytes
    changes: Mapping[RowKey, Kept | None]


class Tablestore:
    """The service; it keeps no rows of its own."""

    def __init__(self) -> None:
        self._store = _Rows()
        self._now = 0.0
        self._touched: dict[_Asked, tuple[RowKey, ...]] = {}
        self._known: dict[tuple[_Asked, tuple[int, ...]], _Effect] = {}
        self._operations = Operations(self._store, clock=lambda: self._now)

    def apply(
        self,
        rows: Rows,
        operation: str,
        body: bytes,
        *,
        now: float,
        failed_rows: Mapping[int, str] | None = None,
    ) -> Applied:
        """Apply one request in one step; of a batch, `failed_rows` are turned away.

        A request that was seen before and meets the same rows has the effect that it had.
        """
        asked = (operation, body, tuple((failed_rows or {}).items()), now)
        touched = self._touched.get(asked) if operation not in RANGES else None
        if touched is not None:
            known = self._known.get((asked, _contents(rows, touched)))
            if known is not None:
                return _changed(rows, known)
        self._now, self._store.rows, self._store.touched = now, dict(rows), {}
        try:
            answer = 200, self._operations.run(operation, body, dict(failed_rows or {}))
        except OTSError as error:
            answer = error_answer(error.code)
        touched = self._touched[asked] = tuple(self._store.touched)
        changes = {key: self._store.rows.get(key) for key in touched}
        effect = self._known[asked, _contents(rows, touched)] = _Effect(*answer, changes)
        return _changed(rows, effect)

    def contents(self, rows: Rows) -> dict[str, dict[str, dict[str, Any]]]:
        """Return what is in the tables: by suffix of the table's name, key and column."""
        found: dict[str, dict[str, dict[str, Any]]] = {table.suffix: {} for table in tables.ALL}
        for (number, _), kept in rows.items():
            name = tables.ALL[number].suffix
            found[name][str(kept.row.key[0][1])] = _newest(kept.row)
        return found

    def row(self, rows: Rows, table: str, key: Any) -> dict[str, Any] | None:
        """Return one row's columns, or None."""
        kept = rows.get((self._store.existing(table).id, sort_key(key)))
        return _newest(kept.row) if kept is not None else None


def _contents(rows: Rows, keys: Iterable[RowKey]) -> tuple[int, ...]:
    return tuple(rows[key].content if key in rows else -1 for key in keys)


def _changed(rows: Rows, effect: _Effect) -> Applied:
    after = {**rows, **effect.changes}
    kept = {key: row for key, row in after.items() if row is not None}
    return Applied(effect.status, effect.body, kept)


def error_answer(code: str) -> tuple[int, bytes]:
    """Return the status and the body of an error of the service."""
    error = OTSError(code)
    return error.status, pb.Error(code=code, message=error.message).SerializeToString()


def _newest(row: Row) -> dict[str, Any]:
    return {name: versions[0][1] for name, versions in row.columns.items()}


class _Rows(Store):
    """The stand-in's store with a dictionary in place of its file."""

    def __init__(self) -> None:
        self.rows: dict[RowKey, Kept] = {}
        self.touched: dict[RowKey, None] = {}
        self._contents: dict[Any, int] = {}
        self._tables = {
            table.name(PREFIX): Table(
                table.name(PREFIX),
                [KeyColumn(name, pb.STRING) for name, _ in table.keys],
                Options(table.time_to_live, 1),
                id=number,
            )
            for number, table in enumerate(tables.ALL)
        }

    def transaction(self) -> AbstractContextManager[Any]:  # type: ignore[override]
        """Do nothing: each request is applied to a copy."""
        return nullcontext()

    def table(self, name: str) -> Table | None:
        return self._tables.get(name)

    def get(self, table: Table, key: bytes, *, now: int) -> Row | None:
        self.touched[table.id, key] = None
        kept = self.rows.get((table.id, key))
        return kept.row.alive(table.options, now=now) if kept is not None else None

    def put(self, table: Table, key: bytes, row: Row) -> None:
        self.touched[table.id, key] = None
        content = (table.id, key, tuple(sorted(_newest(row).items())))
        number = self._contents.setdefault(content, len(self._contents))
        self.rows[table.id, key] = Kept(row, number)

    def delete(self, table: Table, key: bytes) -> None:
        self.touched[table.id, key] = None
        self.rows.pop((table.id, key), None)

    def scan(
        self, table: Table, start: bytes, end: bytes, *, backward: bool, now: int
    ) -> Iterator[Row]:
        for (number, key), kept in sorted(self.rows.items(), reverse=backward):
            inside = end < key <= start if backward else start <= key < end
            row = kept.row.alive(table.options, now=now) if inside else None
            if number == table.id and row is not None:
                yield row
