"""What Tablestore's answers say that a request consumed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import tablestore.protobuf.table_store_pb2 as pb

CONDITION_FAILED = "OTSConditionCheckFail"

_ANSWERS = {
    "GetRow": pb.GetRowResponse,
    "PutRow": pb.PutRowResponse,
    "UpdateRow": pb.UpdateRowResponse,
    "DeleteRow": pb.DeleteRowResponse,
    "GetRange": pb.GetRangeResponse,
    "BatchGetRow": pb.BatchGetRowResponse,
    "BatchWriteRow": pb.BatchWriteRowResponse,
}


@dataclass(frozen=True, slots=True)
class Units:
    """Capacity units of 4 KB."""

    read: int = 0
    write: int = 0

    def __add__(self, other: Units) -> Units:
        """Add both kinds."""
        return Units(self.read + other.read, self.write + other.write)


REFUSED = Units(read=1, write=1)
"""A write whose condition does not hold (API pages of PutRow and UpdateRow). No answer says so:
an error carries no units."""


def consumed(operation: str, status: int, body: bytes) -> Units:
    """Return what one answer consumed; nothing where it failed otherwise than by a condition."""
    if status >= 300:
        error = pb.Error.FromString(body)
        return REFUSED if error.code == CONDITION_FAILED else Units()
    if operation not in _ANSWERS:
        return Units()
    answer = _ANSWERS[operation].FromString(body)
    if operation in ("BatchGetRow", "BatchWriteRow"):
        return sum((_of_row(row) for row in _rows(answer)), Units())
    return _of_capacity(answer.consumed)


def _rows(answer: Any) -> Iterable[Any]:
    for table in answer.tables:
        yield from table.rows


def _of_row(row: Any) -> Units:
    if row.is_ok:
        return _of_capacity(row.consumed)
    return REFUSED if row.error.code == CONDITION_FAILED else Units()


def _of_capacity(told: Any) -> Units:
    return Units(told.capacity_unit.read, told.capacity_unit.write)
