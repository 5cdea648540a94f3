"""Count messages and log lines as they stream by: what is kept grows with the days, not with them.

No row, number, address or id is kept.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from scripts.report.logged import HOUR, MINUTE, OTHER, Logged, named
from shared.domain import delivery
from shared.domain.carriers import carrier_of
from shared.domain.health import OF_THE_NUMBER
from shared.domain.rates import Rate, fixed_window
from shared.message_ports import Message

DAY = 86_400
DELIVERED, FAILED, UNREACHABLE = "delivered", "failed", "unreachable"
WAITING, UNKNOWN = "waiting", "unknown"
ENDS = (DELIVERED, FAILED, UNREACHABLE, WAITING, UNKNOWN)
"""What became of a message: failed for what lies with the carrier or us, unreachable for what lies
with the number or its owner."""

MOST_SCENES = 40


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, in UTC seconds; `start` is a midnight of Beijing."""

    start: int
    end: int

    def holds(self, at: float) -> bool:
        """Say whether a moment lies in it."""
        return self.start <= at < self.end

    @property
    def days(self) -> list[int]:
        """Return the midnights."""
        return list(range(self.start, self.end, DAY))


@dataclass
class Tally:
    """What the messages of a period came to. Keys are UTC seconds at which a span begins."""

    period: Period
    messages: int = 0
    tests: int = 0
    sent: Counter[int] = field(default_factory=Counter)
    ends: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    scenes: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    verified: Counter[int] = field(default_factory=Counter)
    providers: Counter[tuple[int, str]] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    seconds: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    segments: Counter[int] = field(default_factory=Counter)
    unbilled_yet: Counter[int] = field(default_factory=Counter)
    logged: Logged = field(default_factory=Logged)
    _scenes: set[str] = field(default_factory=set)

    def add(self, message: Message, *, now: float) -> None:
        """Count one message of the period."""
        if message.outcome == delivery.ACCEPTED and not message.provider:
            self.tests += 1
            return
        if message.outcome not in (delivery.ACCEPTED, delivery.UNCONFIRMED, None):
            self.rejected[named(message.provider_code)] += 1
            return
        self.messages += 1
        found, carrier = message.delivery(now=now), carrier_of(message.masked)
        end = _end(found.state, found.code)
        issued = message.issued_at
        hour, day = issued // HOUR * HOUR, self._day(issued)
        scene = self._scene(message.scene)
        self.sent[issued // MINUTE * MINUTE] += 1
        self.ends[hour, carrier, end] += 1
        self.providers[hour, named(message.provider)] += 1
        self.scenes[day, scene, "sent"] += 1
        if end == DELIVERED:
            self.scenes[day, scene, "delivered"] += 1
            self.segments[day] += found.segments or 1
            self._time(message, found.sent_at, found.reported_at)
        elif end in (WAITING, UNKNOWN):
            self.unbilled_yet[day] += 1
        else:
            code = named(found.code or found.state)
            self.reasons[code, carrier] += 1
            self.failures[hour, carrier, code] += 1
        if message.spent_at is not None:
            self.scenes[day, scene, "verified"] += 1
            self.verified[hour] += 1

    def _time(self, message: Message, sent_at: int | None, reported_at: int | None) -> None:
        if reported_at is not None:
            start = sent_at or message.handed_over_at or message.issued_at
            self.seconds[message.issued_at // HOUR * HOUR][max(0, reported_at - start)] += 1

    def _day(self, at: int) -> int:
        return self.period.start + (at - self.period.start) // DAY * DAY

    def _scene(self, scene: str) -> str:
        """Return the scene; past so many names the rest is one."""
        name = named(scene)
        if len(self._scenes) < MOST_SCENES:
            self._scenes.add(name)
        return name if name in self._scenes else OTHER

    def total(self, end: str) -> int:
        """Return how many messages ended so."""
        return sum(count for (_, _, one), count in self.ends.items() if one == end)

    @property
    def refused_by_provider(self) -> int:
        """Return how many sends the providers refused; nobody is billed for these."""
        return sum(self.rejected.values())


def percentile(histogram: Counter[int], percent: int) -> int | None:
    """Return the smallest value that at least so many percent do not exceed (nearest rank)."""
    left = math.ceil(sum(histogram.values()) * percent / 100)
    for value in sorted(histogram):
        left -= histogram[value]
        if left <= 0:
            return value
    return None


def midnight(at: float) -> int:
    """Return the last midnight of Beijing."""
    return fixed_window(Rate(1, DAY), now=at)[0]


def _end(state: str, code: str) -> str:
    if state == delivery.DELIVERED:
        return DELIVERED
    if state in (delivery.FAILED, delivery.EXPIRED):
        return UNREACHABLE if code in OF_THE_NUMBER else FAILED
    return UNKNOWN if state == delivery.UNKNOWN else WAITING
