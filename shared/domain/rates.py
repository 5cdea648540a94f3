"""How often something may happen: rates as values, in rolling and in fixed windows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

BEIJING_OFFSET = 8 * 3600
"""Seconds by which Beijing is ahead of UTC; fixed windows start at Beijing's midnight."""

_RATE = re.compile(r"(\d+)/(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` times in `window` seconds."""

    count: int
    window: int


def parse_rates(text: str) -> tuple[Rate, ...]:
    """Read `"1/60s,5/1h,10/24h"`; raise ValueError where a part is no `count/window`."""
    rates = []
    for part in text.split(","):
        match = _RATE.fullmatch(part.strip())
        if match is None or int(match[1]) < 1 or int(match[2]) < 1:
            raise ValueError(f"{part.strip()!r} is no rate such as 5/1h")
        rates.append(Rate(int(match[1]), int(match[2]) * _SECONDS[match[3]]))
    return tuple(rates)


def wait(rates: Iterable[Rate], times: Iterable[float], *, now: float) -> float:
    """Return how many seconds a further event has to wait in rolling windows; 0 means none.

    A time ahead of `now` (written by an instance whose clock is ahead) counts as now.
    """
    newest_first = sorted((min(time, now) for time in times), reverse=True)
    longest = 0.0
    for rate in rates:
        within = [time for time in newest_first if time > now - rate.window]
        if len(within) >= rate.count:
            longest = max(longest, within[rate.count - 1] + rate.window - now)
    return longest


def window_start(rate: Rate, *, now: float) -> int:
    """Return when the fixed window around `now` began, in UTC seconds."""
    local = int(now) + BEIJING_OFFSET
    return local - local % rate.window - BEIJING_OFFSET
