"""Reports and what became of them (I6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scripts.soaking.account import MESSAGE, Account, by_key

ENDS = ("delivered", "failed")


def acknowledged_is_stored(account: Account) -> Iterator[str]:
    """Expect every report that was not lost on its way stored before anybody asked carriers."""
    rows = by_key(account.before.get("messages", ()))
    lost = {one.out_id for one in account.pushed if one.lost}
    for one in account.pushed:
        if not one.lost and one.code not in _codes(rows.get(one.out_id, {})):
            yield f"message {one.out_id}: report {one.code} was acknowledged, and is not stored"
    for message in account.handed:
        if message.state not in ENDS or message.out_id in lost:
            continue
        if message.err_code not in _codes(rows.get(message.out_id, {})):
            yield f"message {message.out_id}: its report {message.err_code} is lost"


def ends_as_carriers_say(account: Account) -> Iterator[str]:
    """Expect at the end a row of each message, its end in it, no plain number beside it."""
    rows, pending = account.of("messages"), account.of("pending")
    for message in account.handed:
        row = rows.get(message.out_id)
        if row is None or "phone" not in row:
            yield f"message {message.out_id}: it has no row"
        elif message.state in ENDS and message.err_code not in _codes(row):
            yield f"message {message.out_id}: {message.state}, and its row does not know"
        elif message.state in ENDS and message.out_id in pending:
            yield f"message {message.out_id}: reported, and its number is still there"


def told_the_truth(account: Account) -> Iterator[str]:
    """Expect that ends which were told, then or afterwards, are those of the carriers' book."""
    for one in account.asked:
        state = str(one.answer.get("state"))
        if one.door == MESSAGE and one.status == 200 and state in ENDS:
            yield from _untrue(account, one.verification_id, state)
        if one.door == MESSAGE and one.status == 404 and one.verification_id in account.by_id:
            yield f"message {one.verification_id}: it is there, and was not found"
    for identity, state in account.told.items():
        yield from _untrue(account, identity, state)


def _untrue(account: Account, identity: str, state: str) -> Iterator[str]:
    messages = account.by_id.get(identity, ())
    if messages and all(state != message.state for message in messages):
        yield f"message {identity}: {messages[0].state}, and told to be {state}"


def _codes(row: Mapping[str, Any]) -> set[str]:
    """Return the carriers' codes in a row's reports."""
    return {
        str(json.loads(cell).get("code"))
        for name, cell in row.items()
        if name.startswith("report_")
    }
