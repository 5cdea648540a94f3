"""I5, and what callers are told: one message a request, and no refusal of one that was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scripts.interleaving.requests import ACCEPTED, TIMED_OUT
from scripts.interleaving.view import View, accepted, told_of

if TYPE_CHECKING:
    from scripts.interleaving.callers import Send
    from scripts.interleaving.world import Seat


def one_message_each(view: View) -> Iterator[str]:
    """Yield requests that were handed over again although they may have been taken."""
    for send, _ in view.sends:
        calls = [call for call in view.calls if call.caller == send.name]
        for place, call in enumerate(calls, start=1):
            if call.maybe_taken and place < len(calls):
                yield f"I5: {send.name} was handed over again after {call.what}"


def one_message_a_key(view: View) -> Iterator[str]:
    """Yield keys that came to two messages, or whose callers heard of different ones."""
    for key in {send.key for send, _ in view.sends if send.key}:
        same = [(send, seat) for send, seat in view.sends if send.key == key]
        messages = [call for send, _ in same for call in view.messages_of(send)]
        if len(messages) > 1:
            yield f"I5: {len(messages)} messages for one key"
        ids = {told.verification_id for _, seat in same if (told := told_of(seat)) and told.ok}
        if len(ids) > 1 and not any(call.what not in (ACCEPTED, TIMED_OUT) for call in view.calls):
            yield "I5: one key, and two answers"
        refused = [send.name for send, seat in same if (told := told_of(seat)) and not told.ok]
        alone = len(same) == len(view.case.callers)
        whole = len(messages) == len([c for c in view.calls if c.caller in _names(same)]) == 1
        if refused and whole and alone and view.over and not view.failures:
            yield f"I5: {refused[0]} repeated a request, and did not hear of its message"


def told_as_it_is(view: View) -> Iterator[str]:
    """Yield callers that were refused and have a message, or were told of one and have none."""
    for send, seat in view.sends:
        told = told_of(seat)
        if told is None:
            continue
        messages = view.messages_of(send)
        if not told.ok and messages:
            yield f"I5: {send.name} was told {told.code}, and its message is on its way"
        taken = {call.verification_id for call in view.calls if call.what == ACCEPTED}
        if accepted(seat) and told.delivery == "accepted" and told.verification_id not in taken:
            yield f"I5: {send.name} was told of a message that nobody took"


def nothing_left_behind(view: View) -> Iterator[str]:
    """Yield sends that were refused and left something behind.

    Unless the request that clears up failed itself, or its caller died.
    """
    if not view.over:
        return
    for send, seat in view.sends:
        told = told_of(seat)
        if told is None or told.ok or seat.local is None:
            continue
        writes = [n for n, asked in enumerate(seat.local.asked, start=1) if asked.changes]
        failed = {failure.ordinal for failure in view.failures if failure.caller == send.name}
        if writes and max(writes) in failed:
            continue
        if view.message(send).get("state") == "live":
            yield f"I3: {send.name} was refused, and its code lives"
        if "number" in view.tables["pending"].get(view.id_of(send), {}):
            yield f"I7: {send.name} was refused, and its plain number is kept"
        called = any(call.caller == send.name and call.reached for call in view.calls)
        if not called and view.id_of(send) in view.remembered(send.phone):
            yield f"I4: {send.name} was refused, and keeps its place"


def no_failure_of_ours(view: View) -> Iterator[str]:
    """Yield callers that ended in an exception which is none of the product's."""
    for seat in view.world.seats:
        told = told_of(seat)
        if told is not None and told.how == "failure":
            yield f"I8: {seat.caller.name} ended in {told.code}"


def _names(sends: Iterable[tuple[Send, Seat]]) -> set[str]:
    return {send.name for send, _ in sends}


MESSAGES = (
    one_message_each,
    one_message_a_key,
    told_as_it_is,
    nothing_left_behind,
    no_failure_of_ours,
)
