"""Each call to Tablestore that a policy allows, made so that it certainly changes nothing.

Reads ask for keys that no row of ours has. Writes want a row that is there, under such a key, with
a column that no row has: two conditions, of which each alone would be refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from shared.storage.tables import Table

KEY, AFTER = "scripts/doctor", "scripts/doctor0"
"""No key of ours: those with a slash begin with one of a few words."""

SECONDS = 10.0
PERMITTED, DENIED = "OK", "OTSNoPermissionAccess"

Request = Callable[[Any, str, list[tuple[str, str]]], Any]
"""Takes a client, a table's name and a key."""


def code_answered(client: Any, operation: str, table: Table, prefix: str) -> str:
    """Return OK where the store did what was asked, or refused it for its condition; else why."""
    from shared.domain.deadline import Deadline
    from shared.errors import StoreError
    from shared.storage.calls import ConditionFailed, call

    key = [(name, KEY) for name, _ in table.keys]
    try:
        answer = call(
            operation,
            lambda: REQUESTS[operation](client, table.name(prefix), key),
            repeatable=True,
            conditional=True,
            deadline=Deadline.after(SECONDS, clock=time.monotonic),
        )
    except ConditionFailed:
        return PERMITTED
    except StoreError as error:
        return error.code
    return FAILED_ROWS.get(operation, _none_failed)(answer)


def _none_failed(_answer: Any) -> str:
    return PERMITTED


def _of_rows_read(answer: Any) -> str:
    return min({row.error_code for row in answer.get_failed_rows()}, default=PERMITTED)


def _of_rows_written(answer: Any) -> str:
    """Return what a batch says of its row, for whose condition it is meant to be refused."""
    from shared.storage.calls import CONDITION_FAILED

    codes = {row.error_code for row in answer.get_failed_of_update()} - {CONDITION_FAILED}
    return min(codes, default=PERMITTED)


FAILED_ROWS: Mapping[str, Callable[[Any], str]] = {
    "BatchGetRow": _of_rows_read,
    "BatchWriteRow": _of_rows_written,
}
"""Batches answer 200 for rows that they refuse."""


def _get(client: Any, name: str, key: list[tuple[str, str]]) -> Any:
    return client.get_row(name, key)


def _get_batch(client: Any, name: str, key: list[tuple[str, str]]) -> Any:
    from tablestore import BatchGetRowRequest, TableInBatchGetRowItem

    request = BatchGetRowRequest()
    request.add(TableInBatchGetRowItem(name, [key], [], None, 1))
    return client.batch_get_row(request)


def _get_range(client: Any, name: str, key: list[tuple[str, str]]) -> Any:
    from tablestore import Direction

    after = [(column, AFTER) for column, _ in key]
    return client.get_range(name, Direction.FORWARD, key, after, limit=1, max_version=1)


def _update(client: Any, name: str, key: list[tuple[str, str]]) -> Any:
    from tablestore import Row

    return client.update_row(name, Row(key, {"put": [("never", 1)]}), _never())


def _write_batch(client: Any, name: str, key: list[tuple[str, str]]) -> Any:
    from tablestore import BatchWriteRowRequest, Row, TableInBatchWriteRowItem, UpdateRowItem

    item = UpdateRowItem(Row(key, {"put": [("never", 1)]}), _never())
    request = BatchWriteRowRequest()
    request.add(TableInBatchWriteRowItem(name, [item]))
    return client.batch_write_row(request)


def _never() -> Any:
    from tablestore import (
        ComparatorType,
        Condition,
        RowExistenceExpectation,
        SingleColumnCondition,
    )

    column = SingleColumnCondition("never", 1, ComparatorType.EQUAL, pass_if_missing=False)
    return Condition(RowExistenceExpectation.EXPECT_EXIST, column)


REQUESTS: Mapping[str, Request] = {
    "GetRow": _get,
    "BatchGetRow": _get_batch,
    "GetRange": _get_range,
    "UpdateRow": _update,
    "BatchWriteRow": _write_batch,
}
