"""Tablestore's stand-in: reading rows by ranges of their keys."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import (
    INF_MAX,
    INF_MIN,
    PK_AUTO_INCR,
    BatchWriteRowRequest,
    ComparatorType,
    PutRowItem,
    Row,
    SingleColumnCondition,
    TableInBatchWriteRowItem,
)

from tests.local_cloud.conftest import StandIn, Table, ignore, invalid, message

MB = 1024 * 1024


@pytest.fixture
def letters(table: Table) -> Table:
    """A table of the rows a to e, whose n is 0 to 4."""
    for number, key in enumerate("abcde"):
        table.put(key, n=number)
    return table


def keys(table: Table, *bounds: Any, **view: Any) -> str:
    return "".join(key for (key,) in table.scan(*([bound] for bound in bounds), **view))


@pytest.mark.parametrize(
    ("start", "end", "direction", "found"),
    [
        ("b", "d", "FORWARD", "bc"),
        ("b", "bb", "FORWARD", "b"),
        ("bb", "c", "FORWARD", ""),
        (INF_MIN, "c", "FORWARD", "ab"),
        ("c", INF_MAX, "FORWARD", "cde"),
        (INF_MIN, INF_MAX, "FORWARD", "abcde"),
        ("d", "b", "BACKWARD", "dc"),
        ("dd", "d", "BACKWARD", ""),
        (INF_MAX, "c", "BACKWARD", "ed"),
        ("c", INF_MIN, "BACKWARD", "cba"),
        (INF_MAX, INF_MIN, "BACKWARD", "edcba"),
    ],
)
def test_a_range_has_its_start_and_not_its_end(
    letters: Table, start: Any, end: Any, direction: str, found: str
) -> None:
    assert keys(letters, start, end, direction=direction) == found


@pytest.mark.parametrize(
    ("kind", "ordered"),
    [
        ("INTEGER", [-(2**63), -256, -1, 0, 1, 255, 256, 2**63 - 1]),
        ("STRING", ["", "\0", "\0\0", "\0a", "A", "Z", "a", "a\0", "aa", "b", "é", "\uffff", "😀"]),
        (
            "BINARY",
            [bytearray(raw) for raw in (b"", b"\0", b"\0\0", b"\0\xff", b"\x01", b"\x7f", b"\xff")],
        ),
    ],
)
def test_rows_are_in_the_order_of_their_type(make_table: Any, kind: str, ordered: Any) -> None:
    table = make_table([("a", kind), ("b", "INTEGER")])
    expected = [(value, number) for value in ordered for number in (-1, 1)]
    for key in reversed(expected):
        table.put(*key)
    assert table.scan() == expected
    assert table.scan(direction="BACKWARD") == expected[::-1]
    for value in ordered:
        assert table.scan([value, INF_MIN], [value, INF_MAX]) == [(value, -1), (value, 1)]


def test_ends_stand_in_any_column(make_table: Any) -> None:
    table = make_table([("a", "STRING"), ("b", "STRING")])
    rows = [(first, second) for first in "xy" for second in ("", "p", "q")]
    for row in rows:
        table.put(*row)
    assert table.scan(["x", "p"], ["y", INF_MIN]) == rows[1:3]
    assert table.scan(["x", INF_MAX], ["y", "q"]) == rows[3:5]
    assert table.scan(["y", "q"], ["x", INF_MAX], direction="BACKWARD") == rows[:2:-1]
    assert table.scan([INF_MIN, "q"], [INF_MAX, ""]) == rows


@pytest.mark.parametrize("direction", ["FORWARD", "BACKWARD"])
def test_a_limit_leaves_the_rest_to_the_next_page(letters: Table, direction: str) -> None:
    start, pages = None, []
    while True:
        _, following, rows, _ = letters.page(start, direction=direction, limit=2)
        pages.append("".join(row.primary_key[0][1] for row in rows))
        if following is None:
            break
        start = [value for _, value in following]
    assert pages == (["ab", "cd", "e"] if direction == "FORWARD" else ["ed", "cb", "a"])


def test_a_limit_that_fits_leaves_nothing(letters: Table) -> None:
    assert letters.page(limit=5)[1] is None
    assert letters.page(None, ["d"], limit=3)[1] is None


def test_a_limit_counts_the_rows_that_are_shown(letters: Table) -> None:
    late = SingleColumnCondition("n", 2, ComparatorType.GREATER_EQUAL)
    _, following, rows, _ = letters.page(limit=2, column_filter=late)
    assert [row.primary_key[0][1] for row in rows] == ["c", "d"]
    assert following == [("pk", "e")]


def test_a_range_shows_what_its_view_asks_for(letters: Table) -> None:
    letters.put("b", m=1, n=1)
    letters.update("c", PUT=[("m", 5)], DELETE_ALL=["n"])
    odd = SingleColumnCondition("n", 1, ComparatorType.EQUAL, pass_if_missing=False)
    assert keys(letters, column_filter=odd) == "b"
    assert keys(letters, columns_to_get=["m"]) == "bc"
    rows = letters.page(columns_to_get=["m"])[2]
    assert [row.attribute_columns[0][:2] for row in rows] == [("m", 1), ("m", 5)]
    assert keys(letters, columns_to_get=["pk"]) == "abcde"


FORWARD = "Begin key must less than end key in FORWARD"
BACKWARD = "Begin key must more than end key in BACKWARD"


@pytest.mark.parametrize(
    ("start", "end", "direction", "text"),
    [
        ("b", "a", "FORWARD", FORWARD),
        ("a", "a", "FORWARD", FORWARD),
        (INF_MAX, INF_MIN, "FORWARD", FORWARD),
        ("a", INF_MIN, "FORWARD", FORWARD),
        ("a", "b", "BACKWARD", BACKWARD),
        ("a", "a", "BACKWARD", BACKWARD),
        (INF_MIN, INF_MAX, "BACKWARD", BACKWARD),
        (PK_AUTO_INCR, "a", "FORWARD", "PKAutoIncr can't be used for read operations."),
    ],
)
def test_wrong_ends_are_refused(
    letters: Table, start: Any, end: Any, direction: str, text: str
) -> None:
    with invalid(text):
        letters.scan([start], [end], direction=direction)


@pytest.mark.parametrize("limit", [0, -1, -(2**31)])
def test_a_limit_of_no_rows_is_refused(letters: Table, limit: int) -> None:
    with invalid("The limit must be greater than 0."):
        letters.scan(limit=limit)


def test_a_start_that_is_no_bare_key_is_refused(stand_in: StandIn, letters: Table) -> None:
    request = message("GetRange", letters.name, "FORWARD", *[letters.key("a")] * 2, *[None] * 9)
    request.inclusive_start_primary_key = message(
        "PutRow", letters.name, Row(letters.key("a"), [("c", 1)]), ignore(), None, None
    ).row
    request.max_versions = 1
    error = stand_in.post("GetRange", request.SerializeToString()).error
    text = "Attribute column cannot be given while reading data."
    assert error == (400, "OTSParameterInvalid", text)


def put_many(table: Table, count: int) -> None:
    for start in range(0, count, 200):
        rows = [Row(table.key(key), []) for key in range(start, min(start + 200, count))]
        request = BatchWriteRowRequest()
        request.add(TableInBatchWriteRowItem(table.name, [PutRowItem(row, None) for row in rows]))
        assert table.client.batch_write_row(request).is_all_succeed()


def test_a_range_stops_after_five_thousand_rows(make_table: Any) -> None:
    table = make_table([("pk", "INTEGER")])
    put_many(table, 5001)
    _, following, rows, _ = table.page()
    assert (len(rows), following) == (5000, [("pk", 5000)])
    _, following, rows, _ = table.page(limit=6000)
    assert (len(rows), following) == (5000, [("pk", 5000)])
    last = SingleColumnCondition("pk", 5000, ComparatorType.EQUAL)
    _, following, rows, _ = table.page(column_filter=last)
    assert (rows, following) == ([], [("pk", 5000)])
    assert table.scan([5000], column_filter=last) == [(5000,)]


def test_a_range_stops_before_four_megabytes(table: Table) -> None:
    long = "x" * (3 * MB // 2)
    for key in "abc":
        table.put(key, long=long, short=1)
    table.update("c", PUT=[("longer", long)])
    table.update("c", PUT=[("longest", long)])
    _, following, rows, _ = table.page()
    assert (len(rows), following) == (2, [("pk", "c")])
    _, following, rows, _ = table.page(["c"])
    assert (len(rows), following) == (1, None)
    assert keys(table, columns_to_get=["short"]) == "abc"
