"""What storing receipts needs of the world, and the forms in which they are handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # each door loads what its own path needs (DESIGN.md, section 4)
    from shared.domain.deadline import Deadline
    from shared.domain.delivery import Report
    from shared.domain.replies import Reply
    from shared.domain.reviews import Review


@dataclass(frozen=True, slots=True)
class Filed:
    """The different reports on one message. `phone` is the number's keyed hash, "" if unknown.

    `verification_id` is "" where the out id has not the form of ours. `stray` is a keyed hash of
    the out id, under which the reports rest if the message is not ours; `out_id` is masked.
    """

    verification_id: str
    phone: str
    reports: tuple[Report, ...]
    stray: str
    masked: str
    out_id: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry that nobody understands: its text with numbers masked, and a keyed hash of it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Stored:
    """How much was stored as what."""

    matched: int = 0
    stray: int = 0


class ReportStore(Protocol):
    """Keeps delivery reports.

    As with the stores below, all that is given is stored before the method returns, or it raises
    StoreError; what it stored until then is stored again when it comes again, which changes
    nothing.
    """

    def keep_reports(
        self,
        filed: Sequence[Filed],
        aside: Sequence[SetAside],
        *,
        kind: str,
        now: float,
        deadline: Deadline,
    ) -> Stored:
        """Keep reports in their messages' rows, which then need no plain number any more."""
        ...


class ReplyStore(Protocol):
    """Keeps replies."""

    def keep_replies(
        self,
        replies: Sequence[Reply],
        aside: Sequence[SetAside],
        *,
        now: float,
        deadline: Deadline,
    ) -> None:
        """Keep replies; those that opt out also as entries of the deny-list."""
        ...


class ReviewStore(Protocol):
    """Keeps review results."""

    def keep_reviews(
        self,
        reviews: Sequence[Review],
        aside: Sequence[SetAside],
        *,
        now: float,
        deadline: Deadline,
    ) -> None:
        """Keep review results of signs and templates."""
        ...
