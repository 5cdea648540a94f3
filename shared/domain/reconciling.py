"""When to ask Aliyun about a message whose report never came, and for which day.

Each time nothing is known yet the pause doubles, so a message that nobody ever reports on is asked
about some nine times in three days. Then its state is unknown for good (domain/delivery.py), and
the plain number, which was kept to ask with, goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.delivery import UNKNOWN_AFTER
from shared.domain.rates import BEIJING
from shared.domain.routes import DYSMS

LONGEST_HAND_OVER = 60
"""Seconds from a code's issuing to its sending: around midnight that may be the next day."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message that awaits its report. `number` is E.164 and personal data; `tries` of asking.

    `route` are the providers that may have it, the likeliest first.
    """

    verification_id: str
    number: str = field(repr=False)
    issued_at: float
    tries: int = 0
    route: tuple[str, ...] = (DYSMS,)

    def due(self, *, now: float, after: float) -> bool:
        """Say whether it is time to ask, `after` seconds without a report for the first time."""
        return now >= self.issued_at + after * float(2**self.tries)

    def hopeless(self, *, now: float) -> bool:
        """Say whether no report is expected any more."""
        return now >= self.issued_at + UNKNOWN_AFTER

    @property
    def days(self) -> tuple[str, ...]:
        """Return the days of Beijing that Aliyun may have it under, as yyyyMMdd."""
        moments = (self.issued_at, self.issued_at + LONGEST_HAND_OVER)
        days = (datetime.fromtimestamp(moment, BEIJING).strftime("%Y%m%d") for moment in moments)
        return tuple(dict.fromkeys(days))
