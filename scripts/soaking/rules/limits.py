"""Limits, held against the messages that carriers were handed (I4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scripts.soaking.account import Account
from scripts.soaking.rules.owing import Cause, owing
from scripts.soaking.terms import Rate

TOLERANCE = 0.05
BEIJING_OFFSET = 8 * 3600


def of_numbers(account: Account) -> Iterator[str]:
    """Expect no rolling window of a number with more messages than it may hold.

    Where a send was not confirmed, or its function died, when it was handed over is not known: it
    counts from the beginning of its request, as its slot does at the earliest.
    """
    moments: dict[str, list[tuple[float, float]]] = {}
    for cause in owing(account).causes:
        for message in cause.handed:
            sure = any(one.answer.get("delivery") == "accepted" for one in cause.sends)
            earliest = message.at if sure else cause.began
            moments.setdefault(message.phone, []).append((message.at, earliest))
    for phone, times in moments.items():
        times.sort()
        for count, seconds in account.terms.phone:
            for (_, first), (later, _) in zip(times, times[count:], strict=False):
                if later - first < seconds - TOLERANCE:
                    yield f"number {phone[-4:]}: {count + 1} messages in {later - first:.2f} s"


def of_windows(account: Account) -> Iterator[str]:
    """Expect no fixed window of an address, device, caller or of all with more than it may hold.

    A message whose request was under way at a window's edge may count on either side of it.
    """
    sure: Counter[tuple[str, int]] = Counter()
    rates: dict[str, Rate] = {}
    for cause in owing(account).causes:
        for who, rate in subjects(account, cause):
            if not cause.handed or (who != "total" and not cause.alone):
                continue
            rates[who] = rate
            start = window(cause.began, rate)
            if start == window(cause.handed[0].at, rate):
                sure[who, start] += 1
    for (who, start), count in sure.items():
        if count > rates[who][0]:
            yield f"{who}: {count} messages in the window from {start}, of {rates[who][0]}"


def subjects(account: Account, cause: Cause) -> Iterator[tuple[str, Rate]]:
    """Yield whom a send counts against, with their limits."""
    terms, first = account.terms, cause.first
    yield "total", terms.total
    if first.address:
        yield f"ip/{first.address}", terms.address
    if first.device:
        yield f"device/{first.device}", terms.device
    if first.caller:
        yield f"caller/{first.caller}", terms.caller[first.caller]


def window(moment: float, rate: Rate) -> int:
    """Return when the window around a moment began; windows start at Beijing's round times."""
    local = int(moment) + BEIJING_OFFSET
    return local - local % rate[1] - BEIJING_OFFSET
