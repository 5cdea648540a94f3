"""How much of a limit is used, what is left, and when it frees; worked out, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.domain.history import History
from shared.domain.limits import Counter
from shared.domain.policy import Policy
from shared.domain.rates import Rate, wait


@dataclass(frozen=True, slots=True)
class Usage:
    """One window of one limit. `frees_at` is when one more is free than now, None while all are.

    `rolling` windows free one by one, fixed ones all at once. Times are UTC seconds.
    """

    scope: str
    who: str
    rate: Rate
    used: int
    rolling: bool
    frees_at: float | None = None

    @property
    def left(self) -> int:
        """Return how many more it takes."""
        return max(0, self.rate.count - self.used)


def of_number(
    history: History, policy: Policy, who: str, *, trusted: bool, now: float
) -> list[Usage]:
    """Return a number's rolling windows, and the share that its busiest address has of them."""
    found = _rolling("phone", who, policy.rates_of(trusted=trusted), history.times, now=now)
    sources = {send.source for send in history.sends if send.source is not None}
    shares = policy.shared_rates(trusted=trusted) if policy.phone_share < 1 else ()
    each = [
        _rolling("phone share", who, shares, history.times_from(source), now=now)
        for source in sources
    ]
    busiest = (max(of_rate, key=lambda one: one.used) for of_rate in zip(*each, strict=True))
    return [*found, *busiest]


def of_counters(counts: Mapping[Counter, int], who: str) -> list[Usage]:
    """Return fixed windows as they are counted."""
    return [
        Usage(
            counter.scope,
            who,
            counter.rate,
            count,
            rolling=False,
            frees_at=counter.ends if count else None,
        )
        for counter, count in counts.items()
    ]


def _rolling(
    scope: str, who: str, rates: Iterable[Rate], times: Sequence[float], *, now: float
) -> list[Usage]:
    found = []
    for rate in rates:
        within = [min(time, now) for time in times if time > now - rate.window]
        full = wait([rate], times, now=now)
        frees = now + full if full else (min(within) + rate.window if within else None)
        found.append(Usage(scope, who, rate, len(within), rolling=True, frees_at=frees))
    return found
