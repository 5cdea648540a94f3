"""Store what Aliyun decided about signs and templates; raise an alert for a rejected one in use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from shared.domain.deadline import Deadline
from shared.domain.rejections import rejection
from shared.domain.reviews import Review, read_review
from shared.use_cases.set_aside import sort

if TYPE_CHECKING:  # what a cold start can spare
    from shared.alert_ports import AlertStore
    from shared.ports import Log
    from shared.receipt_ports import ReviewStore


def store_reviews(
    entries: Sequence[object],
    *,
    kind: str,
    in_use: Collection[str],
    secret: str,
    store: ReviewStore,
    alerts: AlertStore,
    log: Log,
    now: float,
    deadline: Deadline,
) -> None:
    """Store review results; the alert is kept before they count as received, so it is told.

    `kind` is sign or template, `in_use` are the names that messages are sent under.
    """

    def read(given: object) -> Review | None:
        return read_review(given, kind=kind, in_use=in_use)

    found, aside = sort(entries, read, secret=secret)
    reviews = list(dict.fromkeys(found))
    rejected = [review for review in reviews if review.rejected and review.name in in_use]
    log(entries=len(entries), set_aside=len(aside), reviews=len(reviews), rejected=len(rejected))
    store.keep_reviews(reviews, aside, now=now, deadline=deadline)
    if rejected:
        alerts.note([rejection(review, now=now) for review in rejected], deadline=deadline)
