"""A chart as the page shows it: a picture, what its colours mean, and the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from scripts.report.tally import Period
from shared.errors import Bilingual

HOUR = 3600

Row = Sequence[str | Bilingual]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend; `colour` is a class of the style sheet."""

    colour: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a picture."""

    head: Sequence[Bilingual]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Chart:
    """One section of the page. `picture` is SVG, "" where there is nothing to draw."""

    key: str
    title: Bilingual
    lead: Bilingual
    picture: str
    legend: Sequence[Key] = ()
    table: Table | None = None


def buckets(period: Period, most: int, choices: Sequence[int]) -> int:
    """Return the shortest of some spans (seconds) of which at most so many fill the period."""
    for seconds in choices:
        if ceil((period.end - period.start) / seconds) <= most:
            return seconds
    return choices[-1]
