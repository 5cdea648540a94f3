"""What choosing a provider needs of the world: how its messages arrived lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.domain.deadline import Deadline
from shared.domain.health import MINUTES, Health


class HealthStore(Protocol):
    """Keeps the ends of messages by provider and minute."""

    def recent(
        self,
        providers: Sequence[str],
        *,
        minutes: int = MINUTES,
        now: float,
        deadline: Deadline,
    ) -> dict[str, Health]:
        """Return the health of each of these providers, by one request; raise StoreError.

        `minutes` is at most health.MOST_MINUTES. One of which nothing was reported has no share.
        """
        ...
