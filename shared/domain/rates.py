"""How often something may happen: rates as values, in rolling and in fixed windows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
"""Fixed windows start at round times of Beijing, days at its midnight."""

_BEIJING_OFFSET = 8 * 3600
_LONGEST_MONTH = 31 * 86_400

_RATE = re.compile(r"(\d+)/(\d+)(mo|s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` times in `window` seconds, or in a calendar month of Beijing."""

    count: int
    window: int
    month: bool = False

    def __str__(self) -> str:
        """Show the rate as it is written in a setting."""
        if self.month:
            return f"{self.count}/1mo"
        unit = next(unit for unit in "dhms" if self.window % _SECONDS[unit] == 0)
        return f"{self.count}/{self.window // _SECONDS[unit]}{unit}"


def parse_rates(text: str) -> tuple[Rate, ...]:
    """Read `"1/60s,5/1h,10/24h"`; raise ValueError where a part is no `count/window`."""
    rates = []
    for place, part in enumerate(text.split(","), start=1):
        match = _RATE.fullmatch(part.strip())
        if match is None or int(match[1]) < 1 or int(match[2]) < 1:
            raise ValueError(f"part {place} is no rate such as 5/1h")
        if match[3] != "mo":
            rates.append(Rate(int(match[1]), int(match[2]) * _SECONDS[match[3]]))
        elif match[2] == "1":
            rates.append(Rate(int(match[1]), _LONGEST_MONTH, month=True))
        else:
            raise ValueError(f"part {place}: the only window of months is 1mo")
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


def share_of(rates: Iterable[Rate], share: float) -> tuple[Rate, ...]:
    """Return what one of several may use of rolling rates: `share` (0 to 1), rounded up.

    Of 5 an hour a share of 0.8 is 4; small counts stay whole, so that nobody is shut out.
    """
    return tuple(
        Rate(rate.count - int(round(rate.count * (1 - share), 9)), rate.window) for rate in rates
    )


def fixed_window(rate: Rate, *, now: float) -> tuple[int, int]:
    """Return when the fixed window around `now` began and when it ends, in UTC seconds."""
    if rate.month:
        first = datetime.fromtimestamp(now, BEIJING).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        following = (first + timedelta(seconds=_LONGEST_MONTH)).replace(day=1)
        return int(first.timestamp()), int(following.timestamp())
    local = int(now) + _BEIJING_OFFSET
    start = local - local % rate.window - _BEIJING_OFFSET
    return start, start + rate.window
