"""What the caps of a period were, and how much of each was used."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from scripts.report.tally import Period
from shared.domain.alerts import Cap, caps
from shared.domain.deadline import Deadline
from shared.domain.limits import DAY, Counter
from shared.domain.policy import Policy

READ_SECONDS = 30.0


class Counts(Protocol):
    """Reads counters."""

    def counts(self, counters: Iterable[Counter], *, deadline: Deadline) -> dict[Counter, int]:
        """Return what each stands at."""
        ...


@dataclass(frozen=True, slots=True)
class Used:
    """One window of a cap. `starts` is in UTC seconds."""

    setting: str
    who: str
    starts: int
    window: str
    limit: int
    count: int

    @property
    def share(self) -> float:
        """Return which part of the cap was used."""
        return self.count / self.limit

    @property
    def is_total_of_a_day(self) -> bool:
        """Say whether this is the cap on everything that is sent in a day."""
        return self.setting == "LIMIT_TOTAL" and self.window == "1d"


def used(store: Counts, policy: Policy, regions: Iterable[str], period: Period) -> list[Used]:
    """Return every window of every cap in the period, of the caps that are set now.

    A counter stands under the window's length, not under the limit, so a limit that was changed
    meanwhile finds what was counted under the former one.
    """
    windows = dict(_windows(policy, list(regions), period))
    counts = store.counts(windows, deadline=Deadline.after(READ_SECONDS, clock=time.monotonic))
    return [_used(cap, counts) for cap in windows.values()]


def _windows(
    policy: Policy, regions: Iterable[str], period: Period
) -> Iterator[tuple[Counter, Cap]]:
    """Yield each window once, however many of the period's days it has."""
    seen = set()
    for day in range(period.start, period.end, DAY):
        for cap in caps(policy, regions, now=day):
            if cap.counter.ends > period.start and cap.counter.key not in seen:
                seen.add(cap.counter.key)
                yield cap.counter, cap


def _used(cap: Cap, counts: Mapping[Counter, int]) -> Used:
    return Used(
        cap.setting,
        cap.who,
        cap.starts,
        str(cap.counter.rate).partition("/")[2],
        cap.counter.limit,
        counts.get(cap.counter, 0),
    )
