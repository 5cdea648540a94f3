"""Value transfer rules: a part of a STRING, found by a regular expression and cast."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import tablestore.protobuf.table_store_filter_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.values import Value

Transfer: TypeAlias = Callable[[Value], Value | None]


def transfer(rule: Any) -> Transfer:
    """Return what a rule makes of a value; None where it does not match or cannot be cast.

    Assumed: the expression's first group counts, or the whole match where it has none.
    """
    cast = _CAST.get(rule.cast_type)
    if cast is None:
        raise invalid(f"Invalid cast type: {pb.VariantType.Name(rule.cast_type)}.")
    try:
        expression = re.compile(rule.regex)
    except (re.error, OverflowError, RecursionError):
        raise invalid(f"Invalid regex: {rule.regex}.") from None

    def transferred(value: Value) -> Value | None:
        match = expression.search(value) if isinstance(value, str) else None
        if match is None:
            return None
        found = match.group(1) if expression.groups else match.group()
        try:
            return cast(found) if found is not None else None
        except ValueError:
            return None

    return transferred


def _integer(text: str) -> int:
    number = int(text)
    if number not in limits.INTEGERS:
        raise ValueError(text)
    return number


def _double(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_CAST: dict[int, Callable[[str], Value]] = {
    pb.VT_INTEGER: _integer,
    pb.VT_DOUBLE: _double,
    pb.VT_STRING: str,
}
