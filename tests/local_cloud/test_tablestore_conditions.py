"""Tablestore's stand-in: column conditions, as the condition of a write and as a filter."""

from __future__ import annotations

import functools
import operator
from typing import Any

import pytest
from tablestore import (
    CastType,
    ComparatorType,
    CompositeColumnCondition,
    LogicalOperator,
    RegexRule,
    SingleColumnCondition,
    SingleColumnRegexCondition,
)

from tests.local_cloud.conftest import Table, exists, ignore, invalid, succeeds

COMPARATORS = {
    ComparatorType.EQUAL: operator.eq,
    ComparatorType.NOT_EQUAL: operator.ne,
    ComparatorType.GREATER_THAN: operator.gt,
    ComparatorType.GREATER_EQUAL: operator.ge,
    ComparatorType.LESS_THAN: operator.lt,
    ComparatorType.LESS_EQUAL: operator.le,
}
AND, OR, NOT = LogicalOperator.AND, LogicalOperator.OR, LogicalOperator.NOT


def holds(table: Table, condition: Any) -> bool:
    """Return whether row "a" meets a condition; a write and a read of all versions must agree."""
    shown = table.get("a", column_filter=condition, max_version=100) is not None
    write = functools.partial(table.update, "a", condition=exists(condition), PUT=[("w", 1)])
    assert succeeds(write) is shown
    return shown


def refuses(table: Table, condition: Any, text: str) -> None:
    with invalid(text):
        table.get("a", column_filter=condition)
    with invalid(text):
        table.put("a", condition=ignore(condition))


def column(name: str, value: Any, comparator: int = ComparatorType.EQUAL, **more: Any) -> Any:
    return SingleColumnCondition(name, value, comparator, **more)


def together(combinator: int, *parts: Any) -> Any:
    condition = CompositeColumnCondition(combinator)
    for part in parts:
        condition.add_sub_condition(part)
    return condition


@pytest.mark.parametrize("comparator", COMPARATORS)
@pytest.mark.parametrize(
    ("smaller", "greater"),
    [
        (-1, 1),
        (-(2**63), 2**63 - 1),
        (-1.5, 0.25),
        ("", "a"),
        ("Z", "a"),
        ("\uffff", "😀"),
        (bytearray(), bytearray(b"\0")),
        (bytearray(b"\x7f"), bytearray(b"\x80")),
        (False, True),
    ],
    ids=repr,
)
def test_values_of_a_type_compare_by_their_order(
    table: Table, comparator: int, smaller: Any, greater: Any
) -> None:
    compare = COMPARATORS[comparator]
    table.put("a", c=smaller)
    assert holds(table, column("c", greater, comparator)) is compare(1, 2)
    assert holds(table, column("c", smaller, comparator)) is compare(1, 1)
    table.put("a", c=greater)
    assert holds(table, column("c", smaller, comparator)) is compare(2, 1)


@pytest.mark.parametrize(
    ("held", "other"), [(1, 1.0), (1, True), (1, "1"), ("a", bytearray(b"a")), (0, False)], ids=repr
)
def test_values_of_two_types_are_only_ever_unequal(table: Table, held: Any, other: Any) -> None:
    table.put("a", c=held)
    found = {kind for kind in COMPARATORS if holds(table, column("c", other, kind))}
    assert found == {ComparatorType.NOT_EQUAL}


@pytest.mark.parametrize("passes", [True, False])
@pytest.mark.parametrize("comparator", COMPARATORS)
def test_a_missing_column_passes_if_the_condition_says_so(
    table: Table, comparator: int, passes: bool
) -> None:
    table.put("a", other=1)
    assert holds(table, column("c", 1, comparator, pass_if_missing=passes)) is passes


@pytest.mark.parametrize("passes", [True, False])
def test_a_row_that_is_not_there_misses_every_column(table: Table, passes: bool) -> None:
    condition = ignore(column("c", 1, pass_if_missing=passes))
    assert succeeds(lambda: table.put("a", condition=condition)) is passes
    assert (table.get("a") is not None) is passes


def test_a_key_column_can_be_compared(table: Table) -> None:
    table.put("a", c=1)
    assert holds(table, column("pk", "a", pass_if_missing=False))
    assert not holds(table, column("pk", "b"))


@pytest.mark.parametrize(("latest_only", "expected"), [(True, False), (False, True)])
def test_older_versions_count_unless_only_the_latest_does(
    make_table: Any, latest_only: bool, expected: bool
) -> None:
    table = make_table(max_version=3)
    for value in (1, 2, 3):
        table.update("a", PUT=[("c", value)])
    assert holds(table, column("c", 1, latest_version_only=latest_only)) is expected
    assert holds(table, column("c", 3, latest_version_only=latest_only))


YES, NO = column("c", 1), column("c", 2)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (together(AND, YES, YES), True),
        (together(AND, YES, NO), False),
        (together(AND, YES, YES, NO), False),
        (together(OR, NO, YES), True),
        (together(OR, NO, NO), False),
        (together(OR, NO, NO, YES), True),
        (together(NOT, NO), True),
        (together(NOT, YES), False),
        (together(NOT, together(OR, NO, together(AND, YES, YES))), False),
        (together(AND, YES, together(NOT, together(AND, YES, NO))), True),
        (together(AND, *[YES] * 31), True),
    ],
)
def test_conditions_are_put_together(table: Table, condition: Any, expected: bool) -> None:
    table.put("a", c=1)
    assert holds(table, condition) is expected


ONE_FOR_NOT = "Invalid NOT operator: the number of sub-filters must be 1."
MORE_THAN_ONE = "Invalid AND/OR operator: the number of sub-filters must be more than 1."
TOO_MANY = "The count of filter exceeds the max: 32."


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (together(NOT), ONE_FOR_NOT),
        (together(NOT, YES, NO), ONE_FOR_NOT),
        (together(AND), MORE_THAN_ONE),
        (together(AND, YES), MORE_THAN_ONE),
        (together(OR, YES), MORE_THAN_ONE),
        (together(AND, YES, together(NOT)), ONE_FOR_NOT),
        (together(AND, *[YES] * 32), TOO_MANY),
        (together(OR, together(AND, *[YES] * 15), together(AND, *[YES] * 15)), TOO_MANY),
    ],
)
def test_conditions_put_together_wrongly_are_refused(
    table: Table, condition: Any, text: str
) -> None:
    refuses(table, condition, text)


def part_of(value: Any, cast: Any, regex: str = r"n=(-?\w+)") -> Any:
    return SingleColumnRegexCondition("c", ComparatorType.EQUAL, value, RegexRule(regex, cast))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (part_of(7, CastType.VT_INTEGER), False),
        (part_of(-42, CastType.VT_INTEGER), True),
        (part_of("-42", CastType.VT_INTEGER), False),
        (part_of("-42", CastType.VT_STRING), True),
        (part_of(-42.0, CastType.VT_DOUBLE), True),
        (part_of("n=-42", CastType.VT_STRING, r"n=-\d+"), True),
        (part_of(0, CastType.VT_INTEGER, "(x)y"), False),
        (part_of(0, CastType.VT_INTEGER, "(n)="), False),
    ],
)
def test_a_part_of_a_text_can_be_compared(table: Table, condition: Any, expected: bool) -> None:
    table.put("a", c="m=1;n=-42;")
    assert holds(table, condition) is expected


@pytest.mark.parametrize(("held", "expected"), [("n=1", True), ("x", False), (None, False)])
def test_a_part_of_a_text_may_only_have_to_be_there(
    table: Table, held: Any, expected: bool
) -> None:
    table.put("a", **({} if held is None else {"c": held}))
    rule = RegexRule("n=(.)", CastType.VT_STRING)
    there = SingleColumnRegexCondition("c", ComparatorType.EXIST, regex_rule=rule)
    not_there = SingleColumnRegexCondition("c", ComparatorType.NOT_EXIST, regex_rule=rule)
    assert (holds(table, there), holds(table, not_there)) == (expected, not expected)


def test_a_rule_that_is_no_regular_expression_is_refused(table: Table) -> None:
    refuses(table, part_of("x", CastType.VT_STRING, "(n"), "Invalid regex: (n.")
