"""Review results as rows: a column of its own for each different result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.domain.deadline import Deadline
from shared.domain.reviews import Review
from shared.receipt_ports import SetAside
from shared.storage import batch, tables
from shared.storage.receipt_rows import poison, receipt_key, write_all


class TablestoreReviews:
    """The store of review results."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._receipts = tables.RECEIPTS.name(prefix)

    def keep_reviews(
        self,
        reviews: Sequence[Review],
        aside: Sequence[SetAside],
        *,
        now: float,
        deadline: Deadline,
    ) -> None:
        """Keep review results, each in a column of its own in its sign's or template's row."""
        writes = list(poison(self._receipts, aside, kind="review", now=now))
        for review in reviews:
            key = receipt_key(f"{review.kind}/{review.name}")
            kept = {review.column: review.to_json()}
            writes.append(batch.update(self._receipts, key, kept, repeatable=True))
        write_all(self._client, writes, deadline=deadline)
