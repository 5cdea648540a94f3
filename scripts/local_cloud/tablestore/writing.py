"""PutRow, UpdateRow and DeleteRow: check the condition and apply the change to the same row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import changes
from scripts.local_cloud.tablestore.conditions import Filter
from scripts.local_cloud.tablestore.errors import condition_failed, invalid
from scripts.local_cloud.tablestore.plainbuffer import INCREMENT, WireRow
from scripts.local_cloud.tablestore.plainbuffer_reader import read_row
from scripts.local_cloud.tablestore.plainbuffer_writer import write_rows
from scripts.local_cloud.tablestore.rows import Row, columns_weight, key_weight, units
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.tables import Table, check_table_name
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, sort_key


class Writing:
    """Writes of one row; `now` tells milliseconds."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        self._last_auto_increment = 0

    def put_row(self, request: Any) -> Any:
        """Answer PutRow."""
        return self._alone(pb.PUT, request, request.row, pb.PutRowResponse())

    def update_row(self, request: Any) -> Any:
        """Answer UpdateRow."""
        return self._alone(pb.UPDATE, request, request.row_change, pb.UpdateRowResponse())

    def delete_row(self, request: Any) -> Any:
        """Answer DeleteRow."""
        return self._alone(pb.DELETE, request, request.primary_key, pb.DeleteRowResponse())

    def _alone(self, kind: int, request: Any, raw_row: bytes, response: Any) -> Any:
        check_table_name(request.table_name)
        change = read_row(raw_row)
        changes.check_change(kind, change)
        self.write(self._store.existing(request.table_name), kind, change, request, response)
        return response

    def write(self, table: Table, kind: int, change: WireRow, request: Any, response: Any) -> None:
        """Write one row; `request` holds its condition and what to return."""
        table.check_key(change.primary_key)
        _check_auto_increment(table, kind, change.primary_key, request.condition)
        _check_returned(request.return_content, change)
        if kind == pb.UPDATE and not table.options.allow_update:
            raise invalid(f"Update is not allowed on table: '{table.name}'.")
        key = self._with_auto_increment(change.primary_key)
        encoded = sort_key(key)
        now = self._now()
        before = self._store.get(table, encoded, now=now)
        read = _check_condition(request.condition, table, key, before)
        if before is not None:
            now = max(now, before.written + 1)  # two writes in one millisecond are two versions
        after = _after(kind, table, before, key, change, now=now)
        if after is None:
            self._store.delete(table, encoded)
        elif before is not None or after.columns or kind == pb.PUT:
            self._store.put(table, encoded, after)
        written = key_weight(key) + changes.written_weight(change.cells, table.options)
        response.consumed.capacity_unit.read = units(read) if read is not None else 0
        response.consumed.capacity_unit.write = units(written)
        _fill_returned(request.return_content, response, key, after)

    def _with_auto_increment(self, key: PrimaryKey) -> PrimaryKey:
        if not _is_automatic(key):
            return key
        self._last_auto_increment = max(self._now() * 1000, self._last_auto_increment + 1)
        return [
            (name, self._last_auto_increment if value is Special.AUTO_INCREMENT else value)
            for name, value in key
        ]


def _after(
    kind: int, table: Table, before: Row | None, key: PrimaryKey, change: WireRow, *, now: int
) -> Row | None:
    if kind == pb.PUT:
        return changes.put(table.options, key, change.cells, now=now)
    if kind == pb.UPDATE:
        return changes.update(table.options, before, key, change.cells, now=now)
    return None


def _is_automatic(key: PrimaryKey) -> bool:
    return any(value is Special.AUTO_INCREMENT for _, value in key)


def _check_auto_increment(table: Table, kind: int, key: PrimaryKey, condition: Any) -> None:
    expectation = pb.RowExistenceExpectation.Name(condition.row_existence)
    if _is_automatic(key):
        if kind == pb.DELETE:
            raise invalid("Invalid row to delete which with pk auto increment.")
        if condition.row_existence != pb.IGNORE:
            raise invalid(f"Invalid expect:{expectation} when modify row with pk auto increment.")
        if condition.column_condition:
            raise invalid("Can't set condition when modify row with pk auto increment.")
    elif table.has_auto_increment and condition.row_existence == pb.EXPECT_NOT_EXIST:
        raise invalid(
            f"Invalid expect: {expectation} when modify a specific row for table with pk auto "
            "increment."
        )


def _check_condition(condition: Any, table: Table, key: PrimaryKey, row: Row | None) -> int | None:
    """Raise OTSError if a write's condition does not hold; return the bytes read for it.

    An existence check reads the primary key (API pages), a column condition the row ("billed like
    any read", page on conditional updates).
    """
    expectation = condition.row_existence
    if expectation == pb.EXPECT_EXIST and row is None:
        raise condition_failed()
    if expectation == pb.EXPECT_NOT_EXIST and row is not None:
        raise condition_failed()
    if not condition.column_condition:
        return key_weight(key) if expectation != pb.IGNORE else None
    wanted = Filter(condition.column_condition)
    if wanted.page is not None:
        raise invalid("Invalid condition: ColumnPaginationFilter.")
    columns = row.columns if row is not None else {}
    if not wanted.passes(row.with_key_columns(columns) if row is not None else columns):
        raise condition_failed()
    return key_weight(key) + columns_weight(columns, table.options)


def _check_returned(wanted: Any, change: WireRow) -> None:
    """Refuse to return columns other than those that this request increments."""
    if wanted.return_type == pb.RT_NONE:
        return
    incremented = {cell.name for cell in change.cells if cell.operation == INCREMENT}
    for name in wanted.return_column_names:
        if wanted.return_type == pb.RT_PK or name not in incremented:
            raise invalid(f"Invalid return column: '{name}'.")


def _fill_returned(wanted: Any, response: Any, key: PrimaryKey, after: Row | None) -> None:
    if wanted.return_type == pb.RT_PK:
        response.row = write_rows([(key, [])])
    elif wanted.return_type == pb.RT_AFTER_MODIFY and after is not None:
        newest = {name: after.columns[name][0] for name in wanted.return_column_names}
        cells = [(name, value, stamp) for name, (stamp, value) in sorted(newest.items())]
        response.row = write_rows([(key, cells)])
