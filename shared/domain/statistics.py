"""Figures of many messages: what arrived, how fast, what was verified, and why not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.domain import delivery
from shared.domain.delivery import Delivery

PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Sample:
    """What counts of one message. `seconds` is from hand-over to report, None without one."""

    groups: tuple[tuple[str, str], ...]
    delivery: Delivery
    verified: bool
    seconds: int | None


@dataclass(slots=True)
class Figures:
    """The figures of one group; `segments` are those of what arrived: only that is billed."""

    messages: int = 0
    verified: int = 0
    segments: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: list[int] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        """Count one message."""
        self.messages += 1
        self.verified += sample.verified
        self.states[sample.delivery.state] += 1
        if sample.delivery.state in (delivery.FAILED, delivery.EXPIRED):
            self.reasons[sample.delivery.code or sample.delivery.state] += 1
        if sample.delivery.state == delivery.DELIVERED:
            self.segments += sample.delivery.segments or 0
            self.seconds += [] if sample.seconds is None else [sample.seconds]

    @property
    def conversion(self) -> float | None:
        """Return the share of messages whose code was entered."""
        return self.verified / self.messages if self.messages else None

    def latency(self, percent: int) -> int | None:
        """Return within how many seconds that part of the delivered messages arrived."""
        return percentile(self.seconds, percent)


def percentile(values: Sequence[int], percent: int) -> int | None:
    """Return the smallest value that at least so many percent do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def sum_up(samples: Iterable[Sample]) -> dict[tuple[str, str], Figures]:
    """Return the figures of every group, ("total", "") first, then sorted."""
    found: dict[tuple[str, str], Figures] = {("total", ""): Figures()}
    for sample in samples:
        for group in (("total", ""), *sample.groups):
            found.setdefault(group, Figures()).add(sample)
    total = found.pop(("total", ""))
    return {("total", ""): total, **dict(sorted(found.items()))}
