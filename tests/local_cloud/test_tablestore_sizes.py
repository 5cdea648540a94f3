"""Tablestore's stand-in: how long things may be, and the capacity units that they cost."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import INF_MAX, ComparatorType, SingleColumnCondition

from tests.local_cloud.conftest import Table, exists, ignore, invalid

KB, MB = 1024, 1024 * 1024

LONGEST = [
    ("a" * KB, {}),
    ("é" * (KB // 2), {}),
    ("a", {"c" * 255: 1}),
    ("a", {f"c{number}": 1 for number in range(1024)}),
]


@pytest.mark.parametrize(("key", "columns"), LONGEST, ids=["key", "é", "name", "columns"])
def test_the_longest_things_are_taken(table: Table, key: str, columns: Any) -> None:
    table.put(key, **columns)
    assert table.get(key) == columns


def test_the_longest_value_is_taken(table: Table) -> None:
    table.put("a", c=bytearray(2 * MB))
    assert len(table.get("a")["c"]) == 2 * MB


@pytest.mark.parametrize("value", ["a" * (KB + 1), "é" * (KB // 2) + "a"], ids=["a", "é"])
def test_too_long_a_key_is_refused(table: Table, value: str) -> None:
    text = "The length of primary key column: 'pk' exceeds the MaxLength:1024 with CurrentLength:"
    for operation in (table.put, table.get, table.delete, lambda key: table.scan([key], [INF_MAX])):
        with invalid(f"{text}1025."):
            operation(value)


@pytest.mark.parametrize("value", ["a" * (2 * MB + 1), bytearray(2 * MB + 1)], ids=["text", "raw"])
def test_too_long_a_value_is_refused(table: Table, value: Any) -> None:
    with invalid(
        "The length of attribute column: 'c' exceeds the MaxLength:2097152 with "
        "CurrentLength:2097153."
    ):
        table.put("a", c=value)
    assert table.get("a") is None


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        (lambda table, columns: table.put("a", **columns), "PutRow"),
        (lambda table, columns: table.update("a", PUT=list(columns.items())), "UpdateRow"),
    ],
    ids=["put", "update"],
)
def test_too_much_data_in_one_row_is_refused(table: Table, operation: Any, action: str) -> None:
    columns = {"c": "x" * (2 * MB - 5), "d": "x" * 2 * MB, "e": ""}  # and "pk", "a": 3
    with invalid(
        f"The total data size of {action} request exceeds the limit, limit size: 4194304, "
        "data size: 4194305."
    ):
        operation(table, columns)
    assert table.get("a") is None


@pytest.mark.parametrize("name", ["", "#c", "c" * 256])
def test_a_wrong_column_name_is_refused(table: Table, name: str) -> None:
    condition = SingleColumnCondition(name, 1, ComparatorType.EQUAL)
    for operation in (
        lambda: table.put("a", **{name: 1}),
        lambda: table.update("a", PUT=[(name, 1)]),
        lambda: table.update("a", INCREMENT=[(name, 1)]),
        lambda: table.get("a", columns_to_get=[name]),
        lambda: table.get("a", column_filter=condition),
        lambda: table.put("a", condition=ignore(condition)),
    ):
        with invalid(f"Invalid column name: '{name}'."):
            operation()
    assert table.get("a") is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Attribute column is missing."),
        (
            {"PUT": [("pk", 1)]},
            "Duplicated attribute column name with primary key column: 'pk'.",
        ),
        (
            {"PUT": [(f"c{number}", 1) for number in range(1025)]},
            "The number of attribute columns exceeds the limit, limit count: 1024, "
            "column count: 1025.",
        ),
        ({"PUT": [("c", float("nan"))]}, "NaN can't be set to double value."),
        ({"PUT": [("c", float("-inf"))]}, "Infinity can't be set to double value."),
    ],
    ids=["none", "key", "many", "nan", "inf"],
)
def test_wrong_columns_are_refused(table: Table, changes: Any, text: str) -> None:
    with invalid(text):
        table.update("a", **changes)
    assert table.get("a") is None


def test_too_many_columns_to_get_are_refused(table: Table) -> None:
    with invalid(
        "The number of columns from the request exceeds the limit, limit count: 1024, "
        "column count: 1025."
    ):
        table.get("a", columns_to_get=[f"c{number}" for number in range(1025)])


def units(consumed: Any) -> tuple[int, int]:
    return consumed.read, consumed.write


# A row of key column "pk" = "a" and one column "c" weighs 4 bytes more than the value.
@pytest.mark.parametrize(("length", "cost"), [(0, 1), (4092, 1), (4093, 2), (8188, 2), (8189, 3)])
def test_each_four_kilobytes_cost_a_unit(table: Table, length: int, cost: int) -> None:
    assert units(table.put("a", c="x" * length)) == (0, cost)
    assert units(table.read("a")[0]) == (cost, 0)
    assert units(table.page()[0]) == (cost, 0)
    assert units(table.update("a", PUT=[("c", "x" * length)])[0]) == (0, cost)


def test_what_is_not_there_costs_a_unit(table: Table) -> None:
    assert units(table.read("a")[0]) == (1, 0)
    assert units(table.page()[0]) == (1, 0)
    assert units(table.delete("a")) == (0, 1)


def test_only_the_columns_read_are_paid_for(table: Table) -> None:
    table.put("a", long="x" * 10_000, short=1)
    assert units(table.read("a", columns_to_get=["short"])[0]) == (1, 0)
    nothing = SingleColumnCondition("long", "y", ComparatorType.EQUAL)
    assert units(table.read("a", column_filter=nothing)[0]) == (3, 0)


def test_a_range_is_paid_for_together(table: Table) -> None:
    for key in "abc":
        table.put(key, c="x" * 1500)
    assert units(table.page()[0]) == (2, 0)


def test_a_condition_costs_what_it_reads(table: Table) -> None:
    table.put("a", long="x" * 10_000)
    assert units(table.update("a", condition=exists(), PUT=[("c", 1)])[0]) == (1, 1)
    whatever = ignore(SingleColumnCondition("c", 1, ComparatorType.EQUAL))
    assert units(table.update("a", condition=whatever, PUT=[("c", 2)])[0]) == (3, 1)


def test_a_deletion_of_a_column_weighs_its_name(table: Table) -> None:
    table.put("a", long="x" * 10_000)
    assert units(table.update("a", DELETE_ALL=["long"])[0]) == (0, 1)


def test_timestamps_weigh_where_they_matter(make_table: Any) -> None:
    table = make_table(max_version=2)
    assert units(table.put("a", c="x" * 4084)) == (0, 1)
    assert units(table.put("a", c="x" * 4085)) == (0, 2)
    assert units(table.read("a", max_version=2)[0]) == (2, 0)
