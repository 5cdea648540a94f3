"""Read a message back, with the reports in its row and those that came before it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from tablestore import INF_MAX, INF_MIN

from shared.domain.codes import digest
from shared.domain.deadline import Deadline
from shared.domain.delivery import reports_in
from shared.domain.history import History
from shared.message_ports import Message
from shared.storage import batch, tables
from shared.storage.calls import call, columns
from shared.storage.conditions import above, all_of, below
from shared.storage.reports import stray_key

PAGE_SECONDS = 10.0
PAGE_ROWS = 500
"""Of up to 5,000 that the service would send; a read that waits 1.5 s is given up (transport)."""


class TablestoreMessages:
    """The store of messages, as who asks after one sees it. `secret` keys the hashes of ids."""

    def __init__(self, client: Any, prefix: str, *, secret: str) -> None:
        self._client = client
        self._messages = tables.MESSAGES.name(prefix)
        self._receipts = tables.RECEIPTS.name(prefix)
        self._phones = tables.PHONES.name(prefix)
        self._secret = secret

    def find(self, verification_id: str, *, deadline: Deadline) -> Message | None:
        """Return a message with the reports in its row, and those that came before the row did.

        The early ones count as much as the others: if they did not, order would matter.
        """
        row = self._read(self._messages, [("verification_id", verification_id)], deadline=deadline)
        message = message_from(verification_id, row)
        if message is None:
            return None
        stray = digest(self._secret, "out_id", verification_id)
        for phone in (message.phone, ""):
            row = {**self._read(self._receipts, stray_key(stray, phone), deadline=deadline), **row}
        return message_from(verification_id, row)

    def ids_of(self, phone: str, *, deadline: Deadline) -> list[str]:
        """Return the verifications that a number's row remembers, oldest first.

        `phone` is the number's keyed hash. Of sends that were erased it remembers the time only.
        """
        row = self._read(self._phones, [("phone", phone)], deadline=deadline)
        history = History.from_json("", row.get("sends", "[]"))
        return [send.verification_id for send in history.sends if send.verification_id]

    def between(self, start: int, end: int) -> Iterator[Message]:
        """Yield the messages of codes that were issued from `start` on and before `end`.

        The service looks at every row, as nothing orders them by time, and sends those only.
        """
        wanted = all_of(above("issued_at", start - 1), below("issued_at", end))
        at: Any = [("verification_id", INF_MIN)]
        while at is not None:
            _, at, rows, _ = call(
                "GetRange",
                partial(
                    self._client.get_range,
                    self._messages,
                    "FORWARD",
                    at,
                    [("verification_id", INF_MAX)],
                    limit=PAGE_ROWS,
                    column_filter=wanted,
                    max_version=1,
                ),
                repeatable=True,
                deadline=Deadline.after(PAGE_SECONDS, clock=time.monotonic),
            )
            for row in rows:
                message = message_from(str(row.primary_key[0][1]), columns(row))
                if message is not None:
                    yield message

    def _read(self, table: str, key: batch.Key, *, deadline: Deadline) -> dict[str, Any]:
        _, row, _ = call(
            "GetRow",
            lambda: self._client.get_row(table, key, max_version=1),
            repeatable=True,
            deadline=deadline,
        )
        return columns(row)


def message_from(verification_id: str, row: dict[str, Any]) -> Message | None:
    """Read a row of messages; None where it holds none: not there, or withdrawn before sending."""
    if "phone" not in row or "issued_at" not in row:
        return None
    return Message(
        verification_id,
        phone=row["phone"],
        masked=row.get("masked", ""),
        scene=row.get("scene", ""),
        issued_at=row["issued_at"],
        expires_at=row.get("expires_at", 0),
        code_state=row.get("state", ""),
        attempts_left=row.get("left", 0),
        spent_at=row.get("spent_at"),
        outcome=row.get("outcome"),
        provider=row.get("provider", ""),
        provider_code=row.get("provider_code", ""),
        template=row.get("template", ""),
        biz_id=row.get("biz_id", ""),
        handed_over_at=row.get("settled_at"),
        reports=tuple(reports_in(row)),
    )
