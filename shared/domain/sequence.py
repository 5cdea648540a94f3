"""Numbers that march: the pattern of somebody who pumps messages through a range of numbers.

A segment is all numbers that differ in their last four digits only (in the mainland: of the same
first seven). Honest users of one segment hardly ever ask within the same minutes: a mainland
segment is one of over a hundred thousand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.codes import digest
from shared.domain.phone_number import PhoneNumber

WINDOW = 300
"""Seconds of one window; the current and the one before are looked at: 5 to 10 minutes."""

CLUSTER, SPAN = 5, 50
"""So many numbers within so many consecutive ones are a march from anywhere."""

NUMBERS, NUMBERS_PER_ADDRESS = 20, 2
"""So many numbers of one segment are a march where there are half as many addresses, or fewer."""

MOST_NUMBERS = 100
"""So many numbers of one segment are a march from anywhere; more are not noted."""

SUFFIX_DIGITS = 4
UNKNOWN_ADDRESS = "-"


@dataclass(frozen=True, slots=True)
class Step:
    """One send as a step of a march: `windows` are the segment's keys, the current one first."""

    windows: tuple[str, str]
    suffix: int
    source: str

    @classmethod
    def of(cls, number: PhoneNumber, source: str | None, *, secret: str, now: float) -> Step:
        """Return the step that a send to a number is; the segment is known by a keyed hash."""
        segment = digest(secret, "segment", number.e164[:-SUFFIX_DIGITS])
        window = int(now) // WINDOW
        keys = (f"{segment}/{window}", f"{segment}/{window - 1}")
        return cls(keys, int(number.e164[-SUFFIX_DIGITS:]), source or UNKNOWN_ADDRESS)


@dataclass(frozen=True, slots=True)
class March:
    """What is seen of a segment: numbers, the most of them within SPAN, addresses.

    `walks_along` says whether the asker's address was seen there with another number before.
    """

    numbers: int
    cluster: int
    addresses: int
    walks_along: bool = True

    @property
    def concerns_asker(self) -> bool:
        """Say whether this send is part of the march, as far as one can tell.

        A march of few addresses is theirs alone: otherwise a stranger with one address could
        keep the owner of a number from a code by walking past it. One of many is everybody's.
        """
        others = self.addresses - 1
        theirs_alone = others * NUMBERS_PER_ADDRESS <= self.numbers
        return self.suspicious and (self.walks_along or not theirs_alone)

    @property
    def suspicious(self) -> bool:
        """Say whether this is how an attacker walks and hardly how people ask."""
        few = self.addresses * NUMBERS_PER_ADDRESS <= self.numbers
        return self.cluster >= CLUSTER or self.numbers >= (NUMBERS if few else MOST_NUMBERS)


def measure(seen: Mapping[int, str], step: Step) -> March:
    """Measure a segment with one more send; `seen` is suffix -> source."""
    together = {**seen, step.suffix: step.source}
    suffixes = sorted(together)
    cluster = max(
        bisect_left(suffixes, first + SPAN) - index for index, first in enumerate(suffixes)
    )
    before = {source for suffix, source in seen.items() if suffix != step.suffix}
    return March(
        len(together), cluster, len(set(together.values())), walks_along=step.source in before
    )
