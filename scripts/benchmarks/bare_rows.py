"""Keys, rows and conditions of the bare calls, as the SDK wants them."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from shared.storage.sdk import tablestore as sdk

ANY, NEW, OLD = (
    sdk.RowExistenceExpectation.IGNORE,
    sdk.RowExistenceExpectation.EXPECT_NOT_EXIST,
    sdk.RowExistenceExpectation.EXPECT_EXIST,
)
EQUAL, LESS, MORE, UNEQUAL = (
    sdk.ComparatorType.EQUAL,
    sdk.ComparatorType.LESS_THAN,
    sdk.ComparatorType.GREATER_THAN,
    sdk.ComparatorType.NOT_EQUAL,
)


@dataclass(frozen=True, slots=True)
class Message:
    """What a send is about; as long as what the product makes."""

    number: str
    address: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    phone: str = field(default_factory=lambda: secrets.token_hex(32))
    digest: str = field(default_factory=lambda: secrets.token_hex(32))
    source: str = field(default_factory=lambda: secrets.token_hex(8))


def id_key(to: Message) -> list[tuple[str, str]]:
    """Return the key of a message."""
    return [("verification_id", to.id)]


def phone_key(to: Message) -> list[tuple[str, str]]:
    """Return the key of a number."""
    return [("phone", to.phone)]


def history(to: Message, delivery: str | None) -> dict[str, Any]:
    """Return a number's row."""
    send = {"at": time.time(), "verification_id": to.id, "delivery": delivery, "source": to.source}
    known = {name: value for name, value in send.items() if value is not None}
    return {"version": to.id, "sends": json.dumps([known], separators=(",", ":"))}


def column(name: str, value: Any, comparator: Any, *, missing: bool = False) -> Any:
    """Compare a column."""
    return sdk.SingleColumnCondition(name, value, comparator, missing)


def joined(operator: Any, left: Any, right: Any) -> Any:
    """Combine two conditions."""
    both = sdk.CompositeColumnCondition(operator)
    both.add_sub_condition(left)
    both.add_sub_condition(right)
    return both


def condition(expectation: Any) -> Any:
    """Require a row, or none, or neither."""
    return sdk.Condition(expectation)


def put(key: list[tuple[str, str]], columns: dict[str, Any]) -> Any:
    """Write a new row."""
    return sdk.PutRowItem(sdk.Row(key, list(columns.items())), condition(NEW))


def update(key: list[tuple[str, str]], columns: dict[str, Any], condition: Any) -> Any:
    """Set some columns of a row."""
    return sdk.UpdateRowItem(sdk.Row(key, {"put": list(columns.items())}), condition)


def increment(key: list[tuple[str, str]], column: str, step: int, condition: Any) -> Any:
    """Add to a column."""
    return sdk.UpdateRowItem(sdk.Row(key, {"increment": [(column, step)]}), condition)
