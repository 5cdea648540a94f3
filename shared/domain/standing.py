"""Whether a provider is asked first, or set aside for a while and then tried again gently.

What a circuit breaker does, in a value that all instances share: those of a library keep their
state in one process, which here lives for a few requests, count time by clocks that stand still
while an instance is frozen, and load asyncio, or an installed Redis, at a cold start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.domain.health import Health

FIRST_PAUSE, LONGEST_PAUSE = 30, 600
"""Seconds aside after calls that failed."""

FIRST_DELIVERY_PAUSE, LONGEST_DELIVERY_PAUSE = 600, 3600
"""Seconds aside after messages that did not arrive: by its end the old ones are out of the window
in which reports are looked at (domain/health.py)."""

LEAST_SHARE = 0.1
"""Of the messages that try a provider again, at first."""

LEAST_MESSAGES, POOR_DELIVERY = 20, 0.5
"""With fewer reports nothing is concluded; with a smaller share delivered it is set aside."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Until when (UTC seconds) a provider is aside, for how long (seconds) it was, and why."""

    until: float = 0.0
    pause: float = 0.0
    reason: str = ""

    def share(self, *, now: float) -> float:
        """Return the share of messages that may go to it first: 0 while aside, then rising to 1.

        It takes as long to rise as the provider was aside.
        """
        if now < self.until:
            return 0.0
        if now >= self.until + self.pause:
            return 1.0
        return max(LEAST_SHARE, (now - self.until) / self.pause)

    def after_failure(self, reason: str, *, now: float) -> Standing:
        """Return the standing after a call that failed: aside twice as long as the last time.

        One that is aside is asked only where nobody else is left; that says nothing new.
        """
        return self._aside(reason, FIRST_PAUSE, LONGEST_PAUSE, now=now)

    def after_reports(self, health: Health, *, now: float) -> Standing:
        """Return the standing after a look at what became of its messages lately.

        Silence is no failure: reports may not be set up, or be late.
        """
        enough = health.delivered + health.failed >= LEAST_MESSAGES
        if health.share is None or not enough or health.share >= POOR_DELIVERY:
            return self
        reason = f"delivered {health.delivered} of {health.delivered + health.failed}"
        return self._aside(reason, FIRST_DELIVERY_PAUSE, LONGEST_DELIVERY_PAUSE, now=now)

    def _aside(self, reason: str, first: float, longest: float, *, now: float) -> Standing:
        if now < self.until:
            return self
        again = now < self.until + 2 * self.pause
        pause = min(max(2 * self.pause, first), longest) if again else first
        return Standing(now + pause, pause, reason)


SOUND = Standing()
"""Of a provider that nothing is known against."""
