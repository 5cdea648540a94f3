"""Several row changes in one BatchWriteRow; rows succeed and fail each on its own."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tablestore import (
    BatchWriteRowRequest,
    DeleteRowItem,
    PutRowItem,
    Row,
    TableInBatchWriteRowItem,
    UpdateRowItem,
)

from shared.domain.deadline import Deadline
from shared.errors import StoreError, StoreUnclear
from shared.storage import calls
from shared.storage.conditions import any_row

Key = list[tuple[str, str]]


class Result(enum.Enum):
    """What became of one row."""

    APPLIED = "applied"
    REFUSED = "refused"
    """Its condition did not hold."""
    FAILED = "failed"
    """The store turned it away; it is certainly not applied."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Write:
    """One row change; `repeatable` means that applying it twice is the same as once."""

    table: str
    item: Any
    repeatable: bool = False


def put(
    table: str,
    key: Key,
    columns: dict[str, Any],
    condition: Any = None,
    *,
    repeatable: bool = False,
) -> Write:
    """Replace a row; columns that are None are left out."""
    cells = [(name, value) for name, value in columns.items() if value is not None]
    return Write(table, PutRowItem(Row(key, cells), condition or any_row()), repeatable)


def update(
    table: str,
    key: Key,
    columns: dict[str, Any],
    condition: Any = None,
    *,
    repeatable: bool = False,
) -> Write:
    """Set some columns of a row."""
    row = Row(key, {"put": list(columns.items())})
    return Write(table, UpdateRowItem(row, condition or any_row()), repeatable)


def increment(table: str, key: Key, column: str, step: int, condition: Any) -> Write:
    """Add to a counter column; never repeatable."""
    return Write(table, UpdateRowItem(Row(key, {"increment": [(column, step)]}), condition))


def delete(table: str, key: Key) -> Write:
    """Remove a row."""
    return Write(table, DeleteRowItem(Row(key), any_row()), repeatable=True)


def write(client: Any, writes: Sequence[Write], *, deadline: Deadline) -> list[Result]:
    """Apply row changes and return what became of each, in order.

    Rows that the store turned away are sent again, and so are repeatable rows whose outcome is
    open; for the others an open outcome is what is returned.
    """
    results = [Result.FAILED] * len(writes)
    todo = list(range(len(writes)))
    for attempt in range(calls.TRIES):
        calls.pause(attempt, deadline=deadline)
        if deadline.left <= 0:
            break
        for index, result in zip(
            todo, _send(client, [writes[i] for i in todo], deadline), strict=True
        ):
            results[index] = result
        todo = [
            index
            for index in todo
            if results[index] is Result.FAILED
            or (results[index] is Result.UNCLEAR and writes[index].repeatable)
        ]
        if not todo:
            break
    return results


def _send(client: Any, writes: Sequence[Write], deadline: Deadline) -> list[Result]:
    places: list[tuple[str, int]] = []
    tables: dict[str, list[Any]] = {}
    for change in writes:
        items = tables.setdefault(change.table, [])
        places.append((change.table, len(items)))
        items.append(change.item)
    request = BatchWriteRowRequest()
    for table, items in tables.items():
        request.add(TableInBatchWriteRowItem(table, items))
    try:
        response = calls.call(
            "BatchWriteRow",
            lambda: client.batch_write_row(request),
            repeatable=False,
            deadline=deadline,
            tries=1,
        )
    except StoreError as error:
        whole = Result.UNCLEAR if isinstance(error, StoreUnclear) else Result.FAILED
        return [whole] * len(writes)
    by_kind = (response.table_of_put, response.table_of_update, response.table_of_delete)
    answers = {
        (table, item.index): _result(item)
        for kind in by_kind
        for table, items in kind.items()
        for item in items
    }
    return [answers.get(place, Result.UNCLEAR) for place in places]


def _result(item: Any) -> Result:
    if item.is_ok:
        return Result.APPLIED
    if item.error_code == calls.CONDITION_FAILED:
        return Result.REFUSED
    unclear = isinstance(calls.classify("BatchWriteRow", item.error_code), StoreUnclear)
    return Result.UNCLEAR if unclear else Result.FAILED
