"""What pulling reports, and asking for those that never came, needs of the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.domain.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Pulled:
    """One message of a queue: its text, which holds a number, and what deletes it."""

    text: str = field(repr=False)
    handle: str = field(repr=False)


class ReceiptQueues(Protocol):
    """Aliyun's queues of reports, one for each kind (sms-report, sms-up, ...)."""

    def receive(self, kind: str, *, deadline: Deadline) -> list[Pulled]:
        """Return some messages, which hide for a while; none where there are none.

        Raise ServiceFailed.
        """
        ...

    def delete(self, kind: str, messages: Sequence[Pulled], *, deadline: Deadline) -> int:
        """Delete messages and return how many; the others come again. Raise ServiceFailed."""
        ...


class StoreEntries(Protocol):
    """Stores reports of one kind as a push would be; raises StoreError unless all are stored."""

    def __call__(self, kind: str, entries: Sequence[object]) -> None:
        """Store them."""
        ...
