"""The alert that a sign name or a template in use was rejected."""

from __future__ import annotations

from shared.domain.alerts import REJECTED, Alert
from shared.domain.reviews import SIGN, Review


def rejection(review: Review, *, now: float) -> Alert:
    """Return the alert of one rejection: told once, however often the result is pushed."""
    moment = review.created_at or int(now)
    told_once = f"review/{review.kind}/{review.name}/{review.order}/{review.created_at or ''}"
    return Alert(
        kind=REJECTED,
        counter=told_once,
        setting="DYSMS_SIGN_NAME" if review.kind == SIGN else "DYSMS_TEMPLATES",
        scope=review.kind,
        who=review.name,
        count=1,
        limit=1,
        window="",
        starts=moment,
        ends=moment,
        raised_at=int(now),
        detail=review.reason,
    )
