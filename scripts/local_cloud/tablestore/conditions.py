"""Column conditions and filters: decode them once, then ask them about columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import tablestore.protobuf.table_store_filter_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.columns import check_attribute, check_column_name
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.messages import parse
from scripts.local_cloud.tablestore.plainbuffer_reader import read_variant
from scripts.local_cloud.tablestore.rows import Columns
from scripts.local_cloud.tablestore.transfers import transfer
from scripts.local_cloud.tablestore.values import Value, type_name

Predicate: TypeAlias = Callable[[Columns], bool]

_COMPARE: dict[int, Callable[[Any, Any], bool]] = {
    pb.CT_EQUAL: lambda left, right: left == right,
    pb.CT_NOT_EQUAL: lambda left, right: left != right,
    pb.CT_GREATER_THAN: lambda left, right: left > right,
    pb.CT_GREATER_EQUAL: lambda left, right: left >= right,
    pb.CT_LESS_THAN: lambda left, right: left < right,
    pb.CT_LESS_EQUAL: lambda left, right: left <= right,
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
        message = parse(pb.Filter(), data, "Deserialize filter failed.")
        if message.type == pb.FT_COLUMN_PAGINATION:
            self.page = _page(message.filter)
            self.passes: Predicate = lambda _: True
        else:
            self.passes = self._decode(message)

    def _decode(self, message: Any) -> Predicate:
        self._left -= 1
        if self._left < 0:
            raise invalid(f"The count of filter exceeds the max: {limits.CONDITIONS}.")
        if message.type == pb.FT_SINGLE_COLUMN_VALUE:
            return _single(message.filter)
        if message.type == pb.FT_COMPOSITE_COLUMN_VALUE:
            return self._composite(message.filter)
        raise invalid(f"Invalid type of sub-filter: {pb.FilterType.Name(message.type)}.")

    def _composite(self, data: bytes) -> Predicate:
        message = parse(
            pb.CompositeColumnValueFilter(), data, "Deserialize composite filter failed."
        )
        parts = [self._decode(part) for part in message.sub_filters]
        if message.combinator == pb.LO_NOT:
            if len(parts) != 1:
                raise invalid("Invalid NOT operator: the number of sub-filters must be 1.")
            return lambda columns: not parts[0](columns)
        if len(parts) < 2:
            raise invalid("Invalid AND/OR operator: the number of sub-filters must be more than 1.")
        together = all if message.combinator == pb.LO_AND else any
        return lambda columns: together(part(columns) for part in parts)


def _page(data: bytes) -> tuple[int, int]:
    page = parse(pb.ColumnPaginationFilter(), data, "Deserialize column pagination filter failed.")
    if page.offset < 0:
        raise invalid("Offset in ColumnPaginationFilter must be greater than or equal to 0.")
    if page.limit <= 0:
        raise invalid("Limit in ColumnPaginationFilter must be greater than 0.")
    return page.offset, page.limit


def _single(data: bytes) -> Predicate:
    """Return the predicate of one column: compare its values, or only see whether it has one."""
    message = parse(pb.SingleColumnValueFilter(), data, "Deserialize relation filter failed.")
    name, comparator = message.column_name, message.comparator
    check_column_name(name)
    rule = transfer(message.value_trans_rule) if message.HasField("value_trans_rule") else None
    expected: Value | None = None
    if comparator in _COMPARE:
        expected = read_variant(message.column_value)
        check_attribute(name, expected)

    def values(columns: Columns) -> list[Value]:
        versions = columns.get(name, [])
        looked_at = versions[:1] if message.latest_version_only else versions
        if rule is None:
            return [value for _, value in looked_at]
        transferred = (rule(value) for _, value in looked_at)
        return [value for value in transferred if value is not None]

    def passes(columns: Columns) -> bool:
        if comparator in (pb.CT_EXIST, pb.CT_NOT_EXIST):
            return bool(values(columns)) is bool(comparator == pb.CT_EXIST)
        if name not in columns:
            return not message.filter_if_missing
        return any(compare(comparator, value, expected) for value in values(columns))  # type: ignore[arg-type]  # it was read above

    return passes
