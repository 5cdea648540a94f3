"""Counters in the store, held against messages: never below them, never above a limit (I4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scripts.soaking.account import Account
from scripts.soaking.rules.limits import subjects, window
from scripts.soaking.rules.owing import owing


def count_what_was_sent(account: Account) -> Iterator[str]:
    """Expect a counter at what was sent at least, at what was asked for and its limit at most."""
    if account.calm and (above := above_messages(account)):
        yield f"counters of the total: {above} above the messages, and nothing failed"
    rows = {str(row["counter"]): int(row.get("n", 0)) for row in account.rows.get("counters", ())}
    least, most, limits = _bounds(account)
    for name, limit in limits.items():
        stands = rows.get(name, 0)
        if stands < least[name]:
            yield f"counter {name}: stands at {stands}, and {least[name]} messages were sent"
        if stands > most[name]:
            yield f"counter {name}: stands at {stands}, and {most[name]} were asked for"
        if stands > limit:
            yield f"counter {name}: stands at {stands}, beyond {limit}"


def _bounds(account: Account) -> tuple[Counter[str], Counter[str], dict[str, int]]:
    """Return by counter the messages that surely count there, the requests, and its limit."""
    least: Counter[str] = Counter()
    most: Counter[str] = Counter()
    limits: dict[str, int] = {}
    for cause in owing(account).causes:
        for who, rate in subjects(account, cause):
            if who.startswith("device/"):
                continue  # kept under a keyed hash
            first = window(cause.began, rate)
            ends = [one.at for one in cause.handed] or [max(s.ended for s in cause.sends)]
            last = window(ends[0], rate)
            for start in range(first, last + 1, rate[1]):
                name = f"{who}/{rate[1]}/{start}"
                limits[name] = rate[0]
                most[name] += len(cause.sends)
                if cause.handed and first == last and (who == "total" or cause.alone):
                    least[name] += 1
    return least, most, limits


def above_messages(account: Account) -> int:
    """Return by how much the totals' counters stand above the messages: fewer could be sent."""
    counted = sum(
        int(row.get("n", 0))
        for row in account.rows.get("counters", ())
        if str(row["counter"]).startswith("total/")
    )
    return counted - len(account.handed)
