"""Replies as rows, and what follows from those that opt out: an entry of the deny-list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.domain.deadline import Deadline
from shared.domain.lists import ALLOW, DENY, NUMBER, Entry
from shared.domain.replies import Reply
from shared.receipt_ports import SetAside
from shared.storage import batch, tables
from shared.storage.batch import Write
from shared.storage.conditions import above, all_of, any_of, any_row, below, equal
from shared.storage.lists import entry_columns, number_key
from shared.storage.receipt_rows import poison, receipt_key, write_all

AUTHOR = "sms-up"


class TablestoreReplies:
    """The store of replies."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._receipts = tables.RECEIPTS.name(prefix)
        self._lists = tables.LISTS.name(prefix)

    def keep_replies(
        self,
        replies: Sequence[Reply],
        aside: Sequence[SetAside],
        *,
        now: float,
        deadline: Deadline,
    ) -> None:
        """Keep replies, and put on the deny-list who opts out."""
        writes = list(poison(self._receipts, aside, kind="sms-up", now=now))
        for reply in replies:
            kept = {
                "phone": reply.phone,
                "masked": reply.masked,
                "content": reply.content,
                "at": reply.at,
                "dest_code": reply.dest_code,
                "sequence_id": reply.sequence_id,
                "opts_out": reply.opts_out,
            }
            key = receipt_key(f"reply/{reply.phone}/{reply.key}")
            writes.append(batch.put(self._receipts, key, kept, repeatable=True))
            if reply.opts_out is not None:
                writes.append(self._denied(reply, reply.opts_out, now=now))
        write_all(self._client, writes, deadline=deadline)

    def _denied(self, reply: Reply, word: str, *, now: float) -> Write:
        """Deny a number for good, unless it is already; what an operator denied stays his."""
        entry = Entry(DENY, NUMBER, reply.masked, f"replied {word}", AUTHOR, int(now))
        at = reply.at if reply.at is not None else int(now)
        weaker = any_row(
            all_of(
                below("added_at", at, or_missing=True),  # what an operator said later stays, too
                any_of(equal("verdict", ALLOW, or_missing=True), above("until", 0)),
            )
        )
        columns = entry_columns(entry)
        return batch.put(self._lists, number_key(reply.phone), columns, weaker, repeatable=True)
