"""Tablestore's stand-in: filters, where they are more than a condition on a read."""

from __future__ import annotations

from typing import Any

import pytest
import tablestore.protobuf.table_store_filter_pb2 as pb
from tablestore import ComparatorType, Row, SingleColumnCondition
from tablestore.decoder import OTSProtoBufferDecoder

from tests.local_cloud.conftest import StandIn, Table, ignore, message


def test_a_filter_only_knows_the_columns_that_are_read(table: Table) -> None:
    table.put("a", c=1, d=2)
    wanted = SingleColumnCondition("c", 1, ComparatorType.EQUAL, pass_if_missing=False)
    assert table.get("a", column_filter=wanted, columns_to_get=["d"]) is None
    assert table.get("a", column_filter=wanted, columns_to_get=["c", "d"]) == {"c": 1, "d": 2}


def page(offset: int, limit: int) -> bytes:
    """A filter for some of a row's columns; the Python SDK does not have it."""
    data = pb.ColumnPaginationFilter(offset=offset, limit=limit).SerializeToString()
    return pb.Filter(type=pb.FT_COLUMN_PAGINATION, filter=data).SerializeToString()


def get_page(stand_in: StandIn, table: Table, offset: int, limit: int) -> Any:
    request = message("GetRow", table.name, table.key("a"), None, None, 1, *[None] * 5)
    request.filter = page(offset, limit)
    return stand_in.post("GetRow", request.SerializeToString())


@pytest.mark.parametrize(
    ("offset", "limit", "shown"),
    [(0, 2, "ab"), (1, 2, "bc"), (3, 9, "d"), (4, 1, ""), (0, 2**31 - 1, "abcd")],
)
def test_columns_can_be_read_by_the_page(
    stand_in: StandIn, table: Table, offset: int, limit: int, shown: str
) -> None:
    table.put("a", d=1, c=1, b=1, a=1)
    answer = get_page(stand_in, table, offset, limit)
    row = OTSProtoBufferDecoder("utf8").decode_response("GetRow", answer.body, "")[0][1]
    assert [name for name, _, _ in row.attribute_columns] == list(shown)


@pytest.mark.parametrize(
    ("offset", "limit", "text"),
    [
        (-1, 1, "Offset in ColumnPaginationFilter must be greater than or equal to 0."),
        (0, 0, "Limit in ColumnPaginationFilter must be greater than 0."),
        (0, -1, "Limit in ColumnPaginationFilter must be greater than 0."),
    ],
)
def test_a_wrong_page_is_refused(
    stand_in: StandIn, table: Table, offset: int, limit: int, text: str
) -> None:
    assert get_page(stand_in, table, offset, limit).error == (400, "OTSParameterInvalid", text)


def test_a_page_of_columns_is_no_condition(stand_in: StandIn, table: Table) -> None:
    row = Row(table.key("a"), [])
    request = message("PutRow", table.name, row, ignore(), None, None)
    request.condition.column_condition = page(0, 1)
    error = stand_in.post("PutRow", request.SerializeToString()).error
    assert error == (400, "OTSParameterInvalid", "Invalid condition: ColumnPaginationFilter.")


def test_a_page_of_columns_is_no_part_of_a_filter(stand_in: StandIn, table: Table) -> None:
    parts = pb.CompositeColumnValueFilter(combinator=pb.LO_NOT)
    parts.sub_filters.add().ParseFromString(page(0, 1))
    whole = pb.Filter(type=pb.FT_COMPOSITE_COLUMN_VALUE, filter=parts.SerializeToString())
    request = message("GetRow", table.name, table.key("a"), None, None, 1, *[None] * 5)
    request.filter = whole.SerializeToString()
    error = stand_in.post("GetRow", request.SerializeToString()).error
    assert error == (
        400,
        "OTSParameterInvalid",
        "Invalid type of sub-filter: FT_COLUMN_PAGINATION.",
    )
