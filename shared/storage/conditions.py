"""Column conditions, written so that they read; a column that is missing never passes."""

from __future__ import annotations

from functools import reduce
from typing import Any

from tablestore import (
    ComparatorType,
    CompositeColumnCondition,
    Condition,
    LogicalOperator,
    RowExistenceExpectation,
    SingleColumnCondition,
)


def equal(column: str, value: Any, *, or_missing: bool = False) -> Any:
    """Hold where the column has the value."""
    return SingleColumnCondition(column, value, ComparatorType.EQUAL, or_missing)


def unequal(column: str, value: Any) -> Any:
    """Hold where the column has another value."""
    return SingleColumnCondition(column, value, ComparatorType.NOT_EQUAL, pass_if_missing=False)


def above(column: str, value: int) -> Any:
    """Hold where the column is greater."""
    return SingleColumnCondition(column, value, ComparatorType.GREATER_THAN, pass_if_missing=False)


def below(column: str, value: int, *, or_missing: bool = False) -> Any:
    """Hold where the column is less."""
    return SingleColumnCondition(column, value, ComparatorType.LESS_THAN, or_missing)


def all_of(*parts: Any) -> Any:
    """Hold where every part holds."""
    return reduce(_both(LogicalOperator.AND), parts)


def any_of(*parts: Any) -> Any:
    """Hold where some part holds."""
    return reduce(_both(LogicalOperator.OR), parts)


def _both(operator: Any) -> Any:
    """Combine two at a time: the service takes exactly two below an AND or an OR."""

    def combine(left: Any, right: Any) -> Any:
        composite = CompositeColumnCondition(operator)
        composite.add_sub_condition(left)
        composite.add_sub_condition(right)
        return composite

    return combine


def existing(condition: Any) -> Any:
    """Require the row and a condition on its columns."""
    return Condition(RowExistenceExpectation.EXPECT_EXIST, condition)


def any_row(condition: Any = None) -> Any:
    """Require no row, and a condition on its columns if one is given."""
    return Condition(RowExistenceExpectation.IGNORE, condition)


def new_row() -> Any:
    """Require that there is no row yet."""
    return Condition(RowExistenceExpectation.EXPECT_NOT_EXIST)
