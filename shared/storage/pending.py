"""Messages that await their reports: the only rows with plain numbers, and who walks over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tablestore import INF_MAX, INF_MIN

from shared.domain.deadline import Deadline
from shared.domain.reconciling import Awaited
from shared.domain.routes import DYSMS
from shared.errors import StoreUnavailable, StoreUnclear
from shared.reconcile_ports import Page
from shared.storage import batch, tables
from shared.storage.batch import Result, Write
from shared.storage.calls import call, columns
from shared.storage.conditions import existing

PAGE = 150
"""Rows of a page: what one of them brings is stored together, and noted in one request (200)."""

_KEY = "verification_id"
_PLACE: batch.Key = [("counter", "progress/reconcile")]


class TablestorePending:
    """The store of awaited messages."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._pending = tables.PENDING.name(prefix)
        self._counters = tables.COUNTERS.name(prefix)

    def reached(self, *, deadline: Deadline) -> str | None:
        """Return the id that the last run would have gone on with."""
        _, row, _ = call(
            "GetRow",
            lambda: self._client.get_row(self._counters, _PLACE, ["reached"], max_version=1),
            repeatable=True,
            deadline=deadline,
        )
        found = columns(row).get("reached")
        return str(found) if found else None

    def page(self, start: str | None, *, deadline: Deadline) -> Page:
        """Return a page; rows without a number await nothing."""
        first = [(_KEY, start if start is not None else INF_MIN)]
        _, following, rows, _ = call(
            "GetRange",
            lambda: self._client.get_range(
                self._pending,
                "FORWARD",
                first,
                [(_KEY, INF_MAX)],
                ["number", "issued_at", "tries", "route"],
                limit=PAGE,
                max_version=1,
            ),
            repeatable=True,
            deadline=deadline,
        )
        found = ((str(row.primary_key[0][1]), columns(row)) for row in rows)
        messages = [
            Awaited(
                key,
                row["number"],
                float(row["issued_at"]),
                int(row.get("tries", 0)),
                tuple(str(row.get("route") or DYSMS).split(",")),
            )
            for key, row in found
            if "number" in row and "issued_at" in row
        ]
        return Page(messages, str(following[0][1]) if following else None)

    def note(
        self,
        asked: Sequence[Awaited],
        hopeless: Sequence[Awaited],
        *,
        reached: str | None,
        deadline: Deadline,
    ) -> None:
        """Write it all in one BatchWriteRow; a row that its report deleted is not made again."""
        writes = [self._tried(message) for message in asked]
        writes += [batch.delete(self._pending, _row(message)) for message in hopeless]
        place = {"reached": reached or ""}
        writes.append(batch.put(self._counters, _PLACE, place, repeatable=True))
        for result in batch.write(self._client, writes, deadline=deadline):
            if result is Result.UNCLEAR:
                raise StoreUnclear("BatchWriteRow", "row")
            if result is Result.FAILED:
                raise StoreUnavailable("BatchWriteRow", "row")

    def _tried(self, message: Awaited) -> Write:
        tries = {"tries": message.tries + 1}
        return batch.update(self._pending, _row(message), tries, existing(None), repeatable=True)


def _row(message: Awaited) -> batch.Key:
    return [(_KEY, message.verification_id)]
