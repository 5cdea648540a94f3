"""Column conditions and filters: decode them once, then ask them about columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import tablestore.protobuf.table_store_filter_pb2 as pb
from google.protobuf.message import DecodeError

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.plainbuffer import read_variant
from scripts.local_cloud.tablestore.tables import check_column_name
from scripts.local_cloud.tablestore.values import Value, type_name

Versions: TypeAlias = list[tuple[int, Value]]
"""One column's (milliseconds, value) pairs, newest first."""

Columns: TypeAlias = dict[str, Versions]
Predicate: TypeAlias = Callable[[Columns], bool]

_COMPARE: dict[int, Callable[[Any, Any], bool]] = {
    pb.CT_EQUAL: lambda left, right: left == right,
    pb.CT_NOT_EQUAL: lambda left, right: left != right,
    pb.CT_GREATER_THAN: lambda left, right: left > right,
    pb.CT_GREATER_EQUAL: lambda left, right: left >= right,
    pb.CT_LESS_THAN: lambda left, right: left < right,
    pb.CT_LESS_EQUAL: lambda left, right: left <= right,
}
_CAST: dict[int, Callable[[str], Value]] = {
    pb.VT_INTEGER: int,
    pb.VT_DOUBLE: float,
    pb.VT_STRING: str,
}


def compare(comparator: int, left: Value, right: Value) -> bool:
    """Compare two values; values of different types are only ever unequal."""
    if type_name(left) != type_name(right):
        return bool(comparator == pb.CT_NOT_EQUAL)
    return _COMPARE[comparator](left, right)


class Filter:
    """A decoded filter: which rows pass and, for a pagination filter, which of their columns."""

    def __init__(self, data: bytes) -> None:
        self._left = limits.CONDITIONS
        self.page: tuple[int, int] | None = None
        self.passes: Predicate = self._decode(_parse(pb.Filter(), data, "filter"))

    def _decode(self, message: Any) -> Predicate:
        self._left -= 1
        if self._left < 0:
            raise invalid(f"The count of filter exceeds the max:{limits.CONDITIONS}.")
        if message.type == pb.FT_SINGLE_COLUMN_VALUE:
            return _single(_parse(pb.SingleColumnValueFilter(), message.filter, "relation filter"))
        if message.type == pb.FT_COMPOSITE_COLUMN_VALUE:
            return self._composite(
                _parse(pb.CompositeColumnValueFilter(), message.filter, "composite filter")
            )
        page = _parse(pb.ColumnPaginationFilter(), message.filter, "column pagination filter")
        if page.offset < 0:
            raise invalid("Offset in ColumnPaginationFilter must be greater than or equal to 0.")
        if page.limit <= 0:
            raise invalid("Limit in ColumnPaginationFilter must be greater than 0.")
        self.page = (page.offset, page.limit)
        return lambda _: True

    def _composite(self, message: Any) -> Predicate:
        parts = [self._decode(part) for part in message.sub_filters]
        if message.combinator == pb.LO_NOT:
            if len(parts) != 1:
                raise invalid("Invalid NOT operator: the number of sub-filters must be 1.")
            return lambda columns: not parts[0](columns)
        if len(parts) < 2:
            raise invalid("Invalid AND/OR operator: the number of sub-filters must be 2.")
        together = all if message.combinator == pb.LO_AND else any
        return lambda columns: together(part(columns) for part in parts)


def _parse(message: Any, data: bytes, what: str) -> Any:
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise invalid(f"Deserialize {what} failed.") from None
    return message


def _single(message: Any) -> Predicate:
    name, expected = message.column_name, read_variant(message.column_value)
    check_column_name(name)
    if message.comparator not in _COMPARE:
        raise invalid(f"Invalid relation operator: {message.comparator}.")
    transfer = message.value_trans_rule if message.HasField("value_trans_rule") else None

    def passes(columns: Columns) -> bool:
        versions = columns.get(name)
        if not versions:
            return not message.filter_if_missing
        looked_at = versions[:1] if message.latest_version_only else versions
        for _, value in looked_at:
            taken = _transfer(transfer, value) if transfer is not None else value
            if taken is not None and compare(message.comparator, taken, expected):
                return True
        return False

    return passes


def _transfer(rule: Any, value: Value) -> Value | None:
    """Apply a value transfer rule: the regular expression's first group, cast."""
    if not isinstance(value, str):
        return None
    match = re.search(rule.regex, value)
    if match is None:
        return None
    try:
        return _CAST[rule.cast_type](match.group(1) if match.groups() else match.group())
    except (KeyError, ValueError):
        return None
