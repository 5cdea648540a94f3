"""Find what stood out: spikes, hours in which little arrived, refusals in heaps, unused codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from scripts.report.gates import AGAINST_ATTACKS
from scripts.report.logged import HOUR
from scripts.report.tally import DAY, DELIVERED, FAILED, Period, Tally

SPIKE_TIMES, SPIKE_LEAST = 3.0, 30
"""A spike is so many times the usual for that hour of the day, and at least so many messages."""

POOR_SHARE, POOR_LEAST, POOR_FAILED = 0.75, 3, 5
"""Delivery is poor where a carrier brings less than that part of its usual, in hours of at least so
many messages, and so many fail altogether."""

HEAP_TIMES, HEAP_LEAST = 5.0, 50
"""Refusals are a heap where they are so many times an hour's usual, and at least so many."""

UNUSED_SHARE, UNUSED_LEAST = 0.5, 20
"""Codes go unused where less than that part of the usual conversion is reached."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Hours in a row. `parts` says of what it was made, most of it first."""

    start: int
    end: int
    count: int
    of: int
    parts: Counter[str] = field(default_factory=Counter)
    who: str = ""


def spikes(tally: Tally) -> list[Episode]:
    """Return hours with far more messages than the same hour of the other days, and of use.

    Those whose codes nobody enters are told of as `unused`.
    """
    hours, overall = _by_hour(tally), _conversion(tally)
    usual = {hour: _usual(hours, hour, tally.period) for hour in hours}
    found = (
        hour
        for hour, count in hours.items()
        if count >= SPIKE_LEAST
        and count >= SPIKE_TIMES * max(1.0, usual[hour])
        and tally.verified[hour] / count >= UNUSED_SHARE * overall
    )
    return [
        Episode(start, end, sum(hours[at] for at in span), round(sum(usual[at] for at in span)))
        for start, end, span in runs(found)
    ]


def outages(tally: Tally) -> list[Episode]:
    """Return, for each carrier, hours in which far less than usual arrived; most failures first."""
    arrived: Counter[tuple[str, int]] = Counter()
    could: Counter[tuple[str, int]] = Counter()
    for (hour, carrier, ended), count in tally.ends.items():
        if ended in (DELIVERED, FAILED):
            could[carrier, hour] += count
            arrived[carrier, hour] += count if ended == DELIVERED else 0
    found = []
    for carrier in sorted({carrier for carrier, _ in could}):
        hours = {hour: n for (one, hour), n in could.items() if one == carrier}
        usual = sum(arrived[carrier, hour] for hour in hours) / sum(hours.values())
        poor = (
            hour
            for hour, n in hours.items()
            if n >= POOR_LEAST and arrived[carrier, hour] / n < POOR_SHARE * usual
        )
        for start, end, span in runs(poor):
            codes: Counter[str] = Counter()
            for (at, one, code), n in tally.failures.items():
                if one == carrier and at in span:
                    codes[code] += n
            total = sum(hours.get(at, 0) for at in span)
            failed = total - sum(arrived[carrier, at] for at in span)
            if failed >= POOR_FAILED:
                found.append(Episode(start, end, failed, total, codes, carrier))
    return sorted(found, key=lambda one: -one.count)


def worst_hour(tally: Tally, least: int = 20) -> Episode | None:
    """Return the hour of which the smallest part arrived, of those with enough messages."""
    arrived: Counter[int] = Counter()
    could: Counter[int] = Counter()
    for (hour, _, end), count in tally.ends.items():
        if end in (DELIVERED, FAILED):
            could[hour] += count
            arrived[hour] += count if end == DELIVERED else 0
    enough = [hour for hour, count in could.items() if count >= least]
    if not enough:
        return None
    hour = min(enough, key=lambda one: (arrived[one] / could[one], -could[one]))
    return Episode(hour, hour + HOUR, arrived[hour], could[hour])


def heaps(tally: Tally) -> list[Episode]:
    """Return hours with far more refusals than usual, by gates that an attack runs into."""
    refused: Counter[int] = Counter()
    for (hour, gate), count in tally.logged.refused.items():
        if gate in AGAINST_ATTACKS:
            refused[hour] += count
    hours = range(tally.period.start, tally.period.end, HOUR)
    usual = median(refused[hour] for hour in hours)
    limit = max(HEAP_LEAST, HEAP_TIMES * usual)
    found = []
    for start, end, span in runs(hour for hour in hours if refused[hour] >= limit):
        parts: Counter[str] = Counter()
        for (hour, gate), count in tally.logged.refused.items():
            if hour in span and gate in AGAINST_ATTACKS:
                parts[gate] += count
        addresses = len(set().union(*(tally.logged.addresses[hour] for hour in span)))
        found.append(Episode(start, end, sum(parts.values()), addresses, parts))
    return sorted(found, key=lambda one: -one.count)


def unused(tally: Tally) -> list[Episode]:
    """Return hours whose codes were hardly entered although there were more than usual."""
    hours, overall = _by_hour(tally), _conversion(tally)
    found = (
        hour
        for hour, count in hours.items()
        if count >= max(UNUSED_LEAST, 2 * _usual(hours, hour, tally.period))
        and tally.verified[hour] / count < UNUSED_SHARE * overall
    )
    return [
        Episode(
            start,
            end,
            sum(hours[at] - tally.verified[at] for at in span),
            sum(hours[at] for at in span),
        )
        for start, end, span in runs(found)
    ]


def set_aside(tally: Tally, least: int = 10) -> list[Episode]:
    """Return hours in which a provider that had carried messages carried none, others many."""
    hours = _by_hour(tally)
    found = []
    for name in sorted({name for _, name in tally.providers}):
        first = min(hour for hour, one in tally.providers if one == name)
        idle = (
            hour
            for hour, count in hours.items()
            if hour > first and count >= least and not tally.providers[hour, name]
        )
        for start, end, span in runs(idle):
            parts = Counter({one: n for (at, one), n in tally.providers.items() if at in span})
            count = sum(hours[at] for at in span)
            found.append(Episode(start, end, count, count, parts, name))
    return found


def runs(hours: Iterable[int]) -> Iterator[tuple[int, int, set[int]]]:
    """Yield spans of hours that follow each other: start, end, the hours; one may be missing."""
    span: list[int] = []
    for hour in sorted(hours):
        if span and hour - span[-1] > 2 * HOUR:
            yield span[0], span[-1] + HOUR, set(range(span[0], span[-1] + HOUR, HOUR))
            span = []
        span.append(hour)
    if span:
        yield span[0], span[-1] + HOUR, set(range(span[0], span[-1] + HOUR, HOUR))


def _by_hour(tally: Tally) -> Counter[int]:
    hours: Counter[int] = Counter()
    for at, count in tally.sent.items():
        hours[at // HOUR * HOUR] += count
    return hours


def _conversion(tally: Tally) -> float:
    total = sum(tally.sent.values())
    return sum(tally.verified.values()) / total if total else 0.0


def _usual(hours: Counter[int], hour: int, period: Period) -> float:
    """Return the median of the same hour on the other days, or of all hours where there is one."""
    others = [
        hours[at]
        for at in range(period.start + (hour - period.start) % DAY, period.end, DAY)
        if at != hour
    ]
    if len(others) < 2:
        others = [hours[at] for at in range(period.start, period.end, HOUR) if at != hour]
    return float(median(others)) if others else 0.0
