"""A message as it is read back: what was asked, what the provider said, what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.domain.deadline import Deadline
from shared.domain.delivery import Delivery, Report, delivery_of


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `phone` is the number's keyed hash; times are UTC seconds."""

    verification_id: str
    phone: str
    masked: str
    scene: str
    issued_at: int
    expires_at: int
    code_state: str
    attempts_left: int
    spent_at: int | None
    outcome: str | None
    provider: str
    provider_code: str
    template: str
    biz_id: str
    handed_over_at: int | None
    reports: tuple[Report, ...]

    def delivery(self, *, now: float) -> Delivery:
        """Return what became of it, by all that is known now."""
        return delivery_of(
            self.reports,
            outcome=self.outcome,
            provider_code=self.provider_code,
            issued_at=self.issued_at,
            now=now,
        )


class MessageStore(Protocol):
    """Reads messages back."""

    def find(self, verification_id: str, *, deadline: Deadline) -> Message | None:
        """Return a message with all its reports, or None; raise StoreError."""
        ...
