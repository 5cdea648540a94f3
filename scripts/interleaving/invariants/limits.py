"""I4: windows and totals hold under concurrency, and what was not used is given back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scripts.interleaving.case import BEGINS
from scripts.interleaving.events import Called
from scripts.interleaving.view import View, accepted, told_of
from shared.domain.lists import DENY
from shared.domain.rates import Rate

TOTAL = "total/"


def windows_hold(view: View) -> Iterator[str]:
    """Yield numbers for which providers are called beyond a rolling window."""
    for phone in {send.phone for send, _ in view.sends}:
        names = {send.name for send, _ in view.sends if send.phone == phone}
        calls = [call for call in view.calls if call.caller in names and call.reached]
        for rate in view.policy.phone_rates:
            if _beyond(rate, calls):
                yield f"I4: more than {rate} to one number: {_names(calls)}"


def calls_are_remembered(view: View) -> Iterator[str]:
    """Yield calls that the row of their number does not remember."""
    for send, _ in view.sends:
        called = [c for c in view.calls if c.caller == send.name and c.reached]
        if called and view.id_of(send) not in view.remembered(send.phone):
            yield f"I4: the number forgot {send.name}'s call"


def total_holds(view: View) -> Iterator[str]:
    """Yield messages beyond the day's total, and a counter that says less than there were."""
    messages = [call for call in view.calls if call.maybe_taken]
    limit = min(rate.count for rate in view.policy.total_rates)
    if len(messages) > limit:
        yield f"I4: {len(messages)} messages at a total of {limit}: {_names(messages)}"
    counted = _counted(view)
    if counted < len(messages):
        yield f"I4: {counted} counted of {len(messages)} messages: {_names(messages)}"


def given_back_exactly(view: View) -> Iterator[str]:
    """Yield a counter that says anything but the truth, where nothing failed."""
    messages = [call for call in view.calls if call.maybe_taken]
    if view.over and not view.failures and _counted(view) != len(messages):
        yield f"I4: {_counted(view)} counted, and {len(messages)} messages: {_names(messages)}"


def slots_given_back(view: View) -> Iterator[str]:
    """Yield what a number remembers without a call that was made, where nothing failed."""
    if not view.over or view.failures:
        return
    for send, _ in view.sends:
        called = any(call.caller == send.name and call.reached for call in view.calls)
        if not called and view.id_of(send) in view.remembered(send.phone):
            yield f"I4: {send.name} called nobody, and keeps its place"


def somebody_gets_through(view: View) -> Iterator[str]:
    """Yield callers that refuse each other until nobody has a code, where nothing failed."""
    if not view.over or view.failures or view.case.by_row or any(view.opt_outs):
        return
    asked = [send for send in view.case.callers if any(send is one for one, _ in view.sends)]
    if asked and not any(accepted(seat) for send, seat in view.sends if send in asked):
        names = {send.name for send in asked}
        if not any(call.caller in names and not call.maybe_taken for call in view.calls):
            yield "I4: everybody refused everybody else"


def guesses_counted(view: View) -> Iterator[str]:
    """Yield counters of guesses that are beyond their limit, or lack a guess that was refused."""
    limit = min(rate.count for rate in view.policy.guess_rates)
    counters = view.tables["counters"].items()
    counted = [row.get("n", 0) for key, row in counters if key.startswith("guess/")]
    for count in counted:
        if count > limit:
            yield f"I4: {count} guesses counted at a limit of {limit}"
    told = [told_of(seat) for guess, seat in view.guesses if guess.address is not None]
    wrong = sum(one is not None and one.code == "code_rejected" for one in told)
    if view.over and not view.failures and sum(counted) != wrong:
        yield f"I4: {sum(counted)} guesses counted, and {wrong} that were compared and wrong"


def one_message_a_token(view: View) -> Iterator[str]:
    """Yield captcha tokens that let more than one message through."""
    for token in {send.captcha for send, _ in view.sends if send.captcha}:
        same = [send for send, _ in view.sends if send.captcha == token]
        messages = [call for send in same for call in view.messages_of(send)]
        if len(messages) > 1:
            yield f"I4: {len(messages)} messages for one captcha token: {_names(messages)}"


def who_opted_out_gets_no_more(view: View) -> Iterator[str]:
    """Yield messages to numbers whose opting out was acknowledged before they were asked for."""
    for reply, seat in view.opt_outs:
        if not accepted(seat):
            continue
        entry = view.tables["lists"].get(f"number/{view.case.setting.key_of(reply.phone)}", {})
        if entry.get("verdict") != DENY:
            yield f"I6: {reply.name}'s opting out was acknowledged, and is not on the list"
        later = {
            send.name
            for send, _ in view.sends
            if send.phone == reply.phone and send.starts > reply.starts
        }
        messages = [call for call in view.calls if call.caller in later]
        if messages:
            yield f"I4: {reply.name} opted out, and then: {_names(messages)}"


def _counted(view: View) -> int:
    rows = view.tables["counters"].items()
    return sum(int(row.get("n", 0)) for key, row in rows if key.startswith(TOTAL))


def _beyond(rate: Rate, calls: Sequence[Called]) -> bool:
    """Say whether more calls than allowed may have been seen within one window.

    A call is seen some time from its start to its end.
    """
    for first, last in zip(calls, calls[rate.count :], strict=False):
        if last.start - first.end < rate.window:
            return True
    return False


def _names(calls: Iterable[Called]) -> str:
    shown = (f"{call.caller} at {call.start - BEGINS:g} s ({call.what})" for call in calls)
    return ", ".join(shown)


LIMITS = (
    windows_hold,
    calls_are_remembered,
    total_holds,
    given_back_exactly,
    slots_given_back,
    somebody_gets_through,
    guesses_counted,
    one_message_a_token,
    who_opted_out_gets_no_more,
)
