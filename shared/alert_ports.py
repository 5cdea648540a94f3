"""What raising alerts needs of the world: a store that keeps them, and a messenger."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.domain.alerts import Alert
from shared.domain.deadline import Deadline
from shared.domain.limits import Counter


@dataclass(frozen=True, slots=True)
class DueAlert:
    """An alert that is still to be told, and how often that was tried."""

    alert: Alert
    tries: int = 0


class AlertStore(Protocol):
    """Reads counters, and keeps alerts until they are told. Methods may raise StoreError."""

    def counts(self, counters: Iterable[Counter], *, deadline: Deadline) -> Mapping[Counter, int]:
        """Read counters; one that never counted stands at 0."""
        ...

    def note(self, alerts: Sequence[Alert], *, deadline: Deadline) -> int:
        """Keep alerts to be told, but for those that were told; return how many are new."""
        ...

    def due(self, *, now: float, deadline: Deadline) -> list[DueAlert]:
        """Return the alerts that may be told now."""
        ...

    def claim(self, alert: Alert, *, now: float, deadline: Deadline) -> bool:
        """Take the telling of an alert upon this run, for as long as a run can live.

        Of all runs one succeeds; False where another one tells it, or has told it.
        """
        ...

    def spend(self, budget: Counter, *, deadline: Deadline) -> bool:
        """Count one alert; False if there were as many as there may be."""
        ...

    def finish(self, alert: Alert, state: str, *, now: float, deadline: Deadline) -> None:
        """Note for good that an alert is done, and how."""
        ...

    def postpone(
        self, due: DueAlert, *, until: float, budget: Counter | None, deadline: Deadline
    ) -> None:
        """Leave an alert due from `until` on, and give its budget back. Never raises."""
        ...


class Delivery(enum.Enum):
    """What became of an alert that was handed to a webhook."""

    TAKEN = "taken"
    REFUSED = "refused"
    """It certainly was not shown to anybody."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """A webhook's answer; `code` is its own error code or the failure's name, for the log."""

    delivery: Delivery
    code: str = ""


class Messenger(Protocol):
    """Tells the operator."""

    def tell(self, alert: Alert, *, deadline: Deadline) -> WebhookAnswer:
        """Hand one alert over, once; never raises for what a webhook does."""
        ...
