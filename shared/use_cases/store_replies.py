"""Store what people reply, and heed those who want no more messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.domain.deadline import Deadline
from shared.domain.replies import SHOWN_DIGITS, Reply, read_reply
from shared.use_cases.set_aside import sort

if TYPE_CHECKING:  # what a cold start can spare
    from shared.ports import Log
    from shared.receipt_ports import ReplyStore


def store_replies(
    entries: Sequence[object],
    *,
    words: Sequence[str],
    sign_name: str,
    secret: str,
    store: ReplyStore,
    log: Log,
    now: float,
    deadline: Deadline,
) -> None:
    """Store replies, and deny the numbers of those that opt out by one of the words."""

    def read(given: object) -> Reply | None:
        return read_reply(given, secret=secret, words=words, sign_name=sign_name)

    found, aside = sort(entries, read, secret=secret, longest_shown=SHOWN_DIGITS)
    replies = list({reply.key: reply for reply in found}.values())
    log(entries=len(entries), set_aside=len(aside))
    log(replies=len(replies), opted_out=sum(reply.opts_out is not None for reply in replies))
    store.keep_replies(replies, aside, now=now, deadline=deadline)
