"""What reconciliation needs of the world: messages that await reports, and Aliyun's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.domain.deadline import Deadline
from shared.domain.reconciling import Awaited


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages in the order of their ids; `following` begins the next page, if any."""

    messages: Sequence[Awaited]
    following: str | None


class AwaitedStore(Protocol):
    """Keeps messages that await their reports, and how far a run got."""

    def reached(self, *, deadline: Deadline) -> str | None:
        """Return where the next run begins; None: at the beginning. Raise StoreError."""
        ...

    def page(self, start: str | None, *, deadline: Deadline) -> Page:
        """Return a page from there on. Raise StoreError."""
        ...

    def note(
        self,
        asked: Sequence[Awaited],
        hopeless: Sequence[Awaited],
        *,
        reached: str | None,
        deadline: Deadline,
    ) -> None:
        """Count one more try of those that were asked about, forget the hopeless, keep the place.

        One that is gone meanwhile stays gone. Raise StoreError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """A provider's record of a message; `report` is that of the carrier, if there is one yet.

    It has the form of a pushed one.
    """

    report: dict[str, object] | None = None


class Records(Protocol):
    """A provider's records of what it sent."""

    def find(self, message: Awaited, *, deadline: Deadline) -> Record | None:
        """Return the record of a message; None where there is none. Raise ServiceFailed."""
        ...
