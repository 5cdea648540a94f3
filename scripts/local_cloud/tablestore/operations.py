"""The operations: a request message in, a response message out, or OTSError."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeAlias

import tablestore.protobuf.search_pb2 as search_pb
import tablestore.protobuf.table_store_pb2 as pb
from google.protobuf.message import DecodeError

from scripts.local_cloud.tablestore import limits, rows, tables
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.plainbuffer import WireRow, read_row, write_rows
from scripts.local_cloud.tablestore.rows import Row, View
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.tables import Table
from scripts.local_cloud.tablestore.values import (
    PrimaryKey,
    Special,
    Value,
    name_size,
    size,
    sort_key,
)

FailedRows: TypeAlias = dict[int, str]
"""Rows of a batch, counted from 0 through all its tables, that are to fail: index -> code."""

_TABLE_IS_ACTIVE = bytes([4 << 3, 1])
"""DescribeTableResponse.table_status = ACTIVE: the Python SDK's protocol lacks the field, others
(Node.js, for one) require it."""

_ACTIONS = {pb.PUT: "PutRow", pb.UPDATE: "UpdateRow", pb.DELETE: "DeleteRow"}


class Operations:
    """Tablestore's operations on one store."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._last_auto_increment = 0
        self._operations: dict[str, tuple[type[Any], Callable[..., Any]]] = {
            "CreateTable": (pb.CreateTableRequest, self._create_table),
            "ListTable": (pb.ListTableRequest, self._list_table),
            "DescribeTable": (pb.DescribeTableRequest, self._describe_table),
            "UpdateTable": (pb.UpdateTableRequest, self._update_table),
            "DeleteTable": (pb.DeleteTableRequest, self._delete_table),
            "GetRow": (pb.GetRowRequest, self._get_row),
            "PutRow": (pb.PutRowRequest, self._put_row),
            "UpdateRow": (pb.UpdateRowRequest, self._update_row),
            "DeleteRow": (pb.DeleteRowRequest, self._delete_row),
            "BatchGetRow": (pb.BatchGetRowRequest, self._batch_get_row),
            "BatchWriteRow": (pb.BatchWriteRowRequest, self._batch_write_row),
            "GetRange": (pb.GetRangeRequest, self._get_range),
            "ListSearchIndex": (search_pb.ListSearchIndexRequest, self._list_search_index),
        }

    def check_name(self, operation: str) -> None:
        """Refuse an operation that the stand-in does not have."""
        if operation not in self._operations:
            raise invalid(f"Unsupported operation: '{operation}'.")

    def run(self, operation: str, body: bytes, failed_rows: FailedRows | None = None) -> bytes:
        """Carry out one operation and return the serialized answer."""
        self.check_name(operation)
        kind, action = self._operations[operation]
        request = kind()
        try:
            request.ParseFromString(body)
        except DecodeError:
            raise invalid("Parse PBMessage from RawString failed.") from None
        if not operation.startswith("Batch"):
            return bytes(action(request).SerializeToString())
        return bytes(action(request, failed_rows or {}).SerializeToString())

    def _now(self) -> int:
        """Return the time in milliseconds."""
        return int(self._clock() * 1000)

    def _table(self, name: str) -> Table:
        tables.check_table_name(name)
        table = self._store.table(name)
        if table is None:
            raise OTSError("OTSObjectNotExist")
        return table

    # Tables

    def _create_table(self, request: Any) -> Any:
        table = tables.table_from_request(request, now=self._now() // 1000)
        if self._store.table(table.name) is not None:
            raise OTSError("OTSObjectAlreadyExist")
        if len(self._store.table_names()) >= limits.TABLES:
            raise OTSError("OTSQuotaExhausted", "Number of tables exceeded the quota.")
        self._store.add_table(table)
        return pb.CreateTableResponse()

    def _list_table(self, request: Any) -> Any:
        return pb.ListTableResponse(table_names=self._store.table_names())

    def _describe_table(self, request: Any) -> Any:
        table = self._table(request.table_name)
        response = pb.DescribeTableResponse()
        response.table_meta.table_name = table.name
        for key in table.keys:
            column = response.table_meta.primary_key.add(name=key.name, type=key.type)
            if key.auto_increment:
                column.option = pb.AUTO_INCREMENT
        for name, kind in table.defined_columns:
            response.table_meta.defined_column.add(name=name, type=kind)
        tables.fill_throughput(response.reserved_throughput_details, table)
        tables.fill_options(response.table_options, table)
        response.MergeFromString(_TABLE_IS_ACTIVE)
        return response

    def _update_table(self, request: Any) -> Any:
        table = self._table(request.table_name)
        if not request.HasField("table_options") and not request.HasField("reserved_throughput"):
            raise invalid("No parameter is specified in table options.")
        if request.HasField("table_options"):
            if not request.table_options.ListFields():
                raise invalid("No parameter is specified in table options.")
            tables.apply_options(table, request.table_options)
        if request.HasField("reserved_throughput"):
            tables.apply_throughput(table, request.reserved_throughput.capacity_unit)
        self._store.change_table(table)
        response = pb.UpdateTableResponse()
        tables.fill_throughput(response.reserved_throughput_details, table)
        tables.fill_options(response.table_options, table)
        return response

    def _delete_table(self, request: Any) -> Any:
        with self._store.transaction():
            self._store.delete_table(self._table(request.table_name))
        return pb.DeleteTableResponse()

    def _list_search_index(self, request: Any) -> Any:
        """Say that there is no search index: client test suites ask before they drop a table."""
        return search_pb.ListSearchIndexResponse()

    # Reading

    def _get_row(self, request: Any) -> Any:
        table = self._table(request.table_name)
        view = View.of(request)
        key = _read_key(request.primary_key)
        table.check_key(key)
        response = pb.GetRowResponse()
        self._show(response, table, key, view)
        return response

    def _show(self, response: Any, table: Table, key: PrimaryKey, view: View) -> None:
        row = self._store.get(table, sort_key(key), now=self._now())
        cells = view.show(row) if row is not None else None
        read = rows.weight(row.key, row.columns) if row is not None else 0
        response.consumed.capacity_unit.read = rows.units(read)
        response.consumed.capacity_unit.write = 0
        response.row = write_rows([(key, cells)]) if cells is not None else b""

    def _batch_get_row(self, request: Any, failed_rows: FailedRows) -> Any:
        if not request.tables:
            raise invalid("No row specified in the request of BatchGetRow.")
        _check_table_names(request.tables)
        if sum(len(part.primary_key) for part in request.tables) > limits.ROWS_IN_BATCH_GET:
            raise invalid(f"Rows count exceeds the upper limit: {limits.ROWS_IN_BATCH_GET}.")
        parts = [
            (self._table(part.table_name), View.of(part, batch=True), part)
            for part in request.tables
        ]
        response, index = pb.BatchGetRowResponse(), -1
        for table, view, part in parts:
            answers = response.tables.add(table_name=table.name)
            for raw_key in part.primary_key:
                index += 1
                key, answer = _read_key(raw_key), answers.rows.add(is_ok=True)
                try:
                    _fail_if_asked(failed_rows, index)
                    table.check_key(key)
                    self._show(answer, table, key, view)
                except OTSError as error:
                    if error.code == "OTSParameterInvalid":
                        raise
                    _fill_error(answer, error)
        return response

    def _get_range(self, request: Any) -> Any:
        table = self._table(request.table_name)
        view = View.of(request)
        if request.HasField("limit") and request.limit <= 0:
            raise invalid("The limit must be greater than 0.")
        start = _read_key(request.inclusive_start_primary_key)
        end = _read_key(request.exclusive_end_primary_key)
        table.check_key(start, in_range=True)
        table.check_key(end, in_range=True)
        backward = request.direction == pb.BACKWARD
        if not backward and sort_key(start) >= sort_key(end):
            raise invalid("Begin key must less than end key in FORWARD")
        if backward and sort_key(start) <= sort_key(end):
            raise invalid("Begin key must more than end key in BACKWARD")
        limit = min(request.limit or limits.ROWS_IN_RANGE, limits.ROWS_IN_RANGE)
        shown: list[tuple[PrimaryKey, list[tuple[str, Value, int]]]] = []
        data_size, following = 0, None
        found = self._store.scan(
            table, sort_key(start), sort_key(end), backward=backward, now=self._now()
        )
        for scanned, row in enumerate(found):
            too_much = scanned >= limits.ROWS_IN_RANGE or data_size >= limits.RANGE_DATA
            if len(shown) >= limit or too_much:
                following = row.key
                break
            data_size += rows.weight(row.key, row.columns)
            cells = view.show(row)
            if cells is not None:
                shown.append((row.key, cells))
        response = pb.GetRangeResponse(rows=write_rows(shown))
        response.consumed.capacity_unit.read = rows.units(data_size)
        response.consumed.capacity_unit.write = 0
        if following is not None:
            response.next_start_primary_key = write_rows([(following, [])])
        return response

    # Writing

    def _put_row(self, request: Any) -> Any:
        response = pb.PutRowResponse()
        self._write_alone(pb.PUT, request, request.row, response)
        return response

    def _update_row(self, request: Any) -> Any:
        response = pb.UpdateRowResponse()
        self._write_alone(pb.UPDATE, request, request.row_change, response)
        return response

    def _delete_row(self, request: Any) -> Any:
        response = pb.DeleteRowResponse()
        self._write_alone(pb.DELETE, request, request.primary_key, response)
        return response

    def _write_alone(self, kind: int, request: Any, raw_row: bytes, response: Any) -> None:
        table, change = self._table(request.table_name), read_row(raw_row)
        _check_change(table, kind, change)
        self._write(table, kind, change, request, response)

    def _batch_write_row(self, request: Any, failed_rows: FailedRows) -> Any:
        changes = self._read_batch(request)
        response, index = pb.BatchWriteRowResponse(), -1
        with self._store.transaction():
            for table, requested in changes:
                answers = response.tables.add(table_name=table.name)
                for kind, change, item in requested:
                    index += 1
                    answer = answers.rows.add(is_ok=True)
                    try:
                        _fail_if_asked(failed_rows, index)
                        self._write(table, kind, change, item, answer)
                    except OTSError as error:
                        _fill_error(answer, error)
        return response

    def _read_batch(self, request: Any) -> list[tuple[Table, list[tuple[int, WireRow, Any]]]]:
        """Check everything that refuses a BatchWriteRow as a whole."""
        if not request.tables:
            raise invalid("No row is specified in BatchWriteRow.")
        for part in request.tables:
            if not part.rows:
                raise invalid(f"No operation is specified for table: '{part.table_name}'.")
        _check_table_names(request.tables)
        if sum(len(part.rows) for part in request.tables) > limits.ROWS_IN_BATCH_WRITE:
            raise invalid(f"Rows count exceeds the upper limit: {limits.ROWS_IN_BATCH_WRITE}.")
        data_size = sum(len(item.row_change) for part in request.tables for item in part.rows)
        if data_size > limits.REQUEST_DATA:
            raise invalid(
                "The total data size of BatchWriteRow request exceeds the limit, limit size: "
                f"{limits.REQUEST_DATA}, data size: {data_size}."
            )
        changes = []
        for part in request.tables:
            table = self._table(part.table_name)
            requested = [(item.type, read_row(item.row_change), item) for item in part.rows]
            for kind, change, _ in requested:
                _check_change(table, kind, change)
                _check_key_values(table, change.primary_key)
            _check_repeated_rows(requested)
            changes.append((table, requested))
        return changes

    def _write(self, table: Table, kind: int, change: WireRow, request: Any, response: Any) -> None:
        """Check the condition and apply one change; both see the same row."""
        now = self._now()
        table.check_key(change.primary_key, insert=kind == pb.PUT)
        key = self._with_auto_increment(change.primary_key)
        encoded = sort_key(key)
        before = self._store.get(table, encoded, now=now)
        was_read = rows.check_condition(request.condition, before)
        after: Row | None = None
        if kind == pb.PUT:
            after = rows.put(table, key, change.cells, now=now)
        elif kind == pb.UPDATE:
            if not table.options.allow_update:
                raise invalid(f"Update is not allowed on table: '{table.name}'.")
            after = rows.update(table, before, key, change.cells, now=now)
        if after is None:
            self._store.delete(table, encoded)
        elif before is not None or after.columns or kind == pb.PUT:
            self._store.put(table, encoded, after)
        read = rows.weight(key, before.columns if before else None) if was_read else None
        written = rows.weight(key) + sum(
            name_size(cell.name) + size(cell.value) for cell in change.cells
        )
        consumed = response.consumed.capacity_unit
        consumed.read = rows.units(read) if read is not None else 0
        consumed.write = rows.units(written)
        _fill_returned(request, response, key, after)

    def _with_auto_increment(self, key: PrimaryKey) -> PrimaryKey:
        if not any(value is Special.AUTO_INCREMENT for _, value in key):
            return key
        self._last_auto_increment = max(self._now() * 1000, self._last_auto_increment + 1)
        return [
            (name, self._last_auto_increment if value is Special.AUTO_INCREMENT else value)
            for name, value in key
        ]


def _read_key(data: bytes) -> PrimaryKey:
    row = read_row(data)
    if row.cells:
        raise invalid("Attribute column cannot be given while reading data.")
    if row.deleted:
        raise invalid("Delete marker cannot be given.")
    return row.primary_key


def _check_table_names(parts: Any) -> None:
    seen: set[str] = set()
    for part in parts:
        tables.check_table_name(part.table_name)
        if part.table_name in seen:
            raise invalid(f"Duplicated table name: '{part.table_name}'.")
        seen.add(part.table_name)


def _check_change(table: Table, kind: int, change: WireRow) -> None:
    if kind == pb.DELETE:
        if not change.deleted:
            raise invalid("Invalid request of delete row: missing RowDeleteMarker in request.")
        if change.cells:
            raise invalid("Invalid delete row request: unexpected cells in request.")
        return
    if change.deleted:
        raise invalid("Invalid request of put/update row: unexpected RowDeleteMarker in request.")
    rows.check_cells(table, change.cells, action=_ACTIONS[kind])


def _check_key_values(table: Table, key: PrimaryKey) -> None:
    """Refuse impossible values at once; a key that misses the schema only fails its own row."""
    try:
        table.check_key(key, insert=True)
    except OTSError as error:
        if error.code != "OTSInvalidPK":
            raise


def _check_repeated_rows(requested: list[tuple[int, WireRow, Any]]) -> None:
    """Refuse a row that stands twice in one table's part of a batch.

    The API page refuses every repetition; the service's own texts name the operations that
    clash and refuse conditions on repeated rows; and Alibaba's Python test suite sees a put, an
    update and a delete of one row, all without conditions, accepted. So only that is accepted.
    """
    seen: dict[str, list[tuple[int, Any]]] = {}
    for kind, change, item in requested:
        seen.setdefault(repr(change.primary_key), []).append((kind, item.condition))
    for uses in seen.values():
        if len(uses) == 1:
            continue
        kinds = [kind for kind, _ in uses]
        if any(condition.row_existence != pb.IGNORE for _, condition in uses):
            raise invalid(
                "Repeated rows do not support row exist expectation check in BatchModify."
            )
        if any(condition.column_condition for _, condition in uses):
            raise invalid("Repeated rows do not support row condition check in BatchModify.")
        if len(set(kinds)) < len(kinds):
            raise invalid("Duplicate rows detected in MultiPut.")


def _fail_if_asked(failed_rows: FailedRows, index: int) -> None:
    if index in failed_rows:
        raise OTSError(failed_rows[index])


def _fill_error(answer: Any, error: OTSError) -> None:
    answer.Clear()
    answer.is_ok = False
    answer.error.code = error.code
    answer.error.message = error.message


def _fill_returned(request: Any, response: Any, key: PrimaryKey, after: Row | None) -> None:
    if not request.HasField("return_content"):
        return
    wanted = request.return_content
    if wanted.return_type == pb.RT_PK:
        response.row = write_rows([(key, [])])
    elif wanted.return_type == pb.RT_AFTER_MODIFY and after is not None:
        cells = [
            (name, value, stamp)
            for name in wanted.return_column_names
            for stamp, value in after.columns.get(name, [])[:1]
        ]
        response.row = write_rows([(key, cells)])
