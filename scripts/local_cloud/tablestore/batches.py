"""BatchGetRow and BatchWriteRow: some errors refuse the whole request, others only their row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import changes, limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.plainbuffer import WireRow
from scripts.local_cloud.tablestore.plainbuffer_reader import read_row
from scripts.local_cloud.tablestore.reading import Reading, read_key
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.tables import Table, check_table_name
from scripts.local_cloud.tablestore.values import Special
from scripts.local_cloud.tablestore.views import View
from scripts.local_cloud.tablestore.writing import Writing

FailedRows: TypeAlias = dict[int, str]
"""Rows of a batch, counted from 0 through all its tables, that are to fail: index -> code."""

_Change: TypeAlias = tuple[int, WireRow, Any]
"""A row of BatchWriteRow: put, update or delete; the change; the message with its condition."""


class BatchReading:
    """BatchGetRow."""

    def __init__(self, store: Store, reading: Reading) -> None:
        self._store = store
        self._reading = reading

    def answer(self, request: Any, failed_rows: FailedRows) -> Any:
        """Answer BatchGetRow."""
        if not request.tables:
            raise invalid("No row specified in the request of BatchGetRow.")
        _check_table_names(request.tables)
        _check_count(
            sum(len(part.primary_key) for part in request.tables), limits.ROWS_IN_BATCH_GET
        )
        parts = [
            (
                self._store.existing(part.table_name),
                View.of(part, batch=True),
                [read_key(key) for key in part.primary_key],
            )
            for part in request.tables
        ]
        response, count = pb.BatchGetRowResponse(), itertools.count()
        for table, view, keys in parts:
            answers = response.tables.add(table_name=table.name)
            for key in keys:
                answer = answers.rows.add(is_ok=True, row=b"")
                with _errors_in(answer):
                    _fail_if_asked(failed_rows, next(count))
                    self._reading.fill(answer, table, key, view)
        return response


class BatchWriting:
    """BatchWriteRow."""

    def __init__(self, store: Store, writing: Writing) -> None:
        self._store = store
        self._writing = writing

    def answer(self, request: Any, failed_rows: FailedRows) -> Any:
        """Answer BatchWriteRow; each row stands and falls alone."""
        parts = self._read(request)
        response, count = pb.BatchWriteRowResponse(), itertools.count()
        with self._store.transaction():
            for table, requested in parts:
                answers = response.tables.add(table_name=table.name)
                for kind, change, item in requested:
                    answer = answers.rows.add(is_ok=True)
                    with _errors_in(answer):
                        _fail_if_asked(failed_rows, next(count))
                        self._writing.write(table, kind, change, item, answer)
        return response

    def _read(self, request: Any) -> list[tuple[Table, list[_Change]]]:
        """Check everything that refuses the request as a whole."""
        if not request.tables:
            raise invalid("No row is specified in BatchWriteRow.")
        for part in request.tables:
            if not part.rows:
                raise invalid(f"No operation is specified for table: '{part.table_name}'.")
        _check_table_names(request.tables)
        _check_count(sum(len(part.rows) for part in request.tables), limits.ROWS_IN_BATCH_WRITE)
        requested = [
            [(item.type, read_row(item.row_change), item) for item in part.rows]
            for part in request.tables
        ]
        data_size = 0
        for kind, change, _ in itertools.chain.from_iterable(requested):
            changes.check_change(kind, change)
            data_size += changes.request_weight(change)
        if data_size > limits.REQUEST_DATA:
            raise invalid(
                "The total data size of BatchWriteRow request exceeds the limit, limit size: "
                f"{limits.REQUEST_DATA}, data size: {data_size}."
            )
        tables = [self._store.existing(part.table_name) for part in request.tables]
        for rows in requested:
            _check_repeated_rows(rows)
        return list(zip(tables, requested, strict=True))


def _check_table_names(parts: Any) -> None:
    seen: set[str] = set()
    for part in parts:
        check_table_name(part.table_name)
        if part.table_name in seen:
            raise invalid(f"Duplicated table name: '{part.table_name}'.")
        seen.add(part.table_name)


def _check_count(rows: int, limit: int) -> None:
    if rows > limit:
        raise invalid(f"Rows count exceeds the upper limit: {limit}.")


def _check_repeated_rows(requested: list[_Change]) -> None:
    """Refuse a row that stands twice in one table's part of a batch.

    The API page refuses every repetition; the service's own texts name the operations that
    clash and refuse conditions on repeated rows; and Alibaba's Python test suite sees a put, an
    update and a delete of one row, all without conditions, accepted. So only that is accepted.
    Rows whose key the service fills in are different rows.
    """
    seen: dict[str, list[tuple[int, Any]]] = {}
    for kind, change, item in requested:
        if not any(value is Special.AUTO_INCREMENT for _, value in change.primary_key):
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


@contextmanager
def _errors_in(answer: Any) -> Iterator[None]:
    """Write an error into the row's own answer instead of raising it."""
    try:
        yield
    except OTSError as error:
        answer.Clear()
        answer.is_ok = False
        answer.error.code = error.code
        answer.error.message = error.message
