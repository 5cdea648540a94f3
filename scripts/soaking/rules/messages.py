"""Messages and the requests that they come from (I5)."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.soaking.account import Account
from scripts.soaking.rules.owing import owing


def one_for_each_request(account: Account) -> Iterator[str]:
    """Expect no message without a request, and no second one for any."""
    for message in owing(account).stray:
        yield f"message {message.out_id} to {message.phone[-4:]}: nobody asked for it"
    for identity, messages in account.by_id.items():
        if len(messages) > 1:
            where = ", ".join(f"{one.provider} at {one.at:.1f}" for one in messages)
            yield f"verification {identity}: {len(messages)} messages: {where}"


def one_for_each_key(account: Account) -> Iterator[str]:
    """Expect one message of a key, and one verification that its answers name."""
    for cause in owing(account).causes:
        named = {message.out_id for message in cause.handed} | cause.ids
        if len(named) > 1:
            yield f"{cause.first.key or cause.first.way}: {len(named)} verifications: {named}"


def as_told(account: Account) -> Iterator[str]:
    """Expect a message where one was told to be accepted, and an outcome that fits each message."""
    for identity, send in account.first_answers.items():
        answers = [one for one in account.sends if one.answer.get("verification_id") == identity]
        handed = len(account.by_id.get(identity, ()))
        if any(one.answer.get("delivery") == "accepted" for one in answers) and handed == 0:
            yield f"verification {identity} ({send.way}): accepted, and no carrier has it"
    for identity, row in account.of("messages").items():
        handed = len(account.by_id.get(identity, ()))
        if row.get("outcome") == "accepted" and handed == 0:
            yield f"row {identity}: accepted, and no carrier has it"
        if handed and (row.get("outcome") or "accepted") not in ("accepted", "unconfirmed"):
            yield f"row {identity}: {row['outcome']}, and a carrier has it"
