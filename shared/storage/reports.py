"""Receipts as rows: a column of its own for each different report, in the row of its message.

Nothing is read before it is written, and nothing that is there is changed, so order, repetition
and two requests at once cannot matter. The one condition asks whether the row is that of a
message of ours, sent to that number: a stranger's report must neither look like a message nor
end one. What is refused so rests apart, as a stray, and is found there if its message turns up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.domain.deadline import Deadline
from shared.domain.delivery import Report
from shared.domain.lists import ALLOW, DENY, NUMBER, Entry
from shared.domain.replies import Reply
from shared.domain.reviews import Review
from shared.errors import StoreUnavailable, StoreUnclear
from shared.receipt_ports import Filed, SetAside, Stored
from shared.storage import batch, tables
from shared.storage.batch import Result, Write
from shared.storage.conditions import above, any_of, any_row, equal, existing
from shared.storage.lists import entry_columns, number_key

ROWS = 200
"""That one BatchWriteRow takes, each once (documentation: limits)."""

COLUMNS = 200
"""Of one row and request; the service takes 1,024."""

AUTHOR = "sms-up"


class TablestoreReports:
    """The store of receipts."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._messages = tables.MESSAGES.name(prefix)
        self._pending = tables.PENDING.name(prefix)
        self._receipts = tables.RECEIPTS.name(prefix)
        self._lists = tables.LISTS.name(prefix)

    def keep_reports(
        self,
        filed: Sequence[Filed],
        aside: Sequence[SetAside],
        *,
        kind: str,
        now: float,
        deadline: Deadline,
    ) -> Stored:
        """Keep up to 200 reports in two requests, more in as many more.

        First the reports, then what follows from them: the plain number of a message is deleted
        only once its report is certainly stored (I6), for without it nobody could ask again.
        """
        matched = stray = 0
        writes = [(self._report(one, kind=kind, now=now), one) for one in _narrow(filed)]
        poison = [(write, None) for write in self._poison(aside, kind=kind, now=now)]
        for some in _together([*writes, *poison]):
            results = self._write([write for write, _ in some], deadline=deadline)
            then = []
            for (write, one), result in zip(some, results, strict=True):
                if one is None or write.table == self._receipts:
                    stray += one is not None
                elif result is Result.APPLIED:
                    matched += 1
                    then.append(batch.delete(self._pending, _message(one.verification_id)))
                else:
                    stray += 1
                    then.append(self._stray(one, kind=kind, now=now))
            if then:
                self._write(then, deadline=deadline)
        return Stored(matched, stray)

    def keep_replies(
        self,
        replies: Sequence[Reply],
        aside: Sequence[SetAside],
        *,
        now: float,
        deadline: Deadline,
    ) -> None:
        """Keep replies, and put on the deny-list who opts out."""
        writes = list(self._poison(aside, kind="sms-up", now=now))
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
            key = _receipt(f"reply/{reply.phone}/{reply.key}")
            writes.append(batch.put(self._receipts, key, kept, repeatable=True))
            if reply.opts_out is not None:
                writes.append(self._denied(reply, reply.opts_out, now=now))
        self._write_all(writes, deadline=deadline)

    def keep_reviews(
        self,
        reviews: Sequence[Review],
        aside: Sequence[SetAside],
        *,
        now: float,
        deadline: Deadline,
    ) -> None:
        """Keep review results, each in a column of its own in its sign's or template's row."""
        writes = list(self._poison(aside, kind="review", now=now))
        for review in reviews:
            key = _receipt(f"{review.kind}/{review.name}")
            kept = {review.column: review.to_json()}
            writes.append(batch.update(self._receipts, key, kept, repeatable=True))
        self._write_all(writes, deadline=deadline)

    def _report(self, filed: Filed, *, kind: str, now: float) -> Write:
        """Return the write of a message's reports, on condition that the message is ours."""
        if not filed.verification_id:
            return self._stray(filed, kind=kind, now=now)
        ours = existing(equal("phone", filed.phone) if filed.phone else None)
        key = _message(filed.verification_id)
        return batch.update(self._messages, key, _reported(filed.reports), ours, repeatable=True)

    def _stray(self, filed: Filed, *, kind: str, now: float) -> Write:
        about = {
            "kind": kind,
            "phone": filed.phone,
            "masked": filed.masked,
            "out_id": filed.out_id,
            "seen_at": int(now),
        }
        kept = {**about, **_reported(filed.reports)}
        return batch.update(
            self._receipts, stray_key(filed.stray, filed.phone), kept, repeatable=True
        )

    def _poison(self, aside: Iterable[SetAside], *, kind: str, now: float) -> Iterator[Write]:
        for one in aside:
            kept = {"kind": kind, "text": one.text, "seen_at": int(now)}
            key = _receipt(f"poison/{one.key}")
            yield batch.put(self._receipts, key, kept, repeatable=True)

    def _denied(self, reply: Reply, word: str, *, now: float) -> Write:
        """Deny a number for good, unless it is already; what an operator denied stays his."""
        entry = Entry(DENY, NUMBER, reply.masked, f"replied {word}", AUTHOR, int(now))
        weaker = any_row(any_of(equal("verdict", ALLOW, or_missing=True), above("until", 0)))
        columns = entry_columns(entry)
        return batch.put(self._lists, number_key(reply.phone), columns, weaker, repeatable=True)

    def _write_all(self, writes: Iterable[Write], *, deadline: Deadline) -> None:
        for some in _together([(write, None) for write in writes]):
            self._write([write for write, _ in some], deadline=deadline)

    def _write(self, writes: Sequence[Write], *, deadline: Deadline) -> list[Result]:
        """Write rows, those again that the store was too busy for; raise unless all are settled."""
        results = batch.write(self._client, writes, deadline=deadline)
        for result in results:
            if result is Result.UNCLEAR:
                raise StoreUnclear("BatchWriteRow", "row")
            if result is Result.FAILED:
                raise StoreUnavailable("BatchWriteRow", "row")
        return results


def stray_key(stray: str, phone: str) -> batch.Key:
    """Return where reports on a message rest that was not there; `phone` is a keyed hash or ""."""
    return _receipt(f"stray/{stray}/{phone}")


def _narrow(filed: Iterable[Filed]) -> Iterator[Filed]:
    """Split what has more reports than a request takes columns."""
    for one in filed:
        for start in range(0, len(one.reports), COLUMNS):
            part = one.reports[start : start + COLUMNS]
            yield Filed(one.verification_id, one.phone, part, one.stray, one.masked, one.out_id)


def _together(writes: Sequence[tuple[Write, Any]]) -> Iterator[list[tuple[Write, Any]]]:
    """Yield what may go in one request: no more rows than it takes, and none twice."""
    while writes:
        some: dict[tuple[str, str], tuple[Write, Any]] = {}
        later: list[tuple[Write, Any]] = []
        for place, (write, about) in enumerate(writes):
            if len(some) == ROWS:
                later += writes[place:]
                break
            row = (write.table, write.item.row.primary_key[0][1])
            if row in some:
                later.append((write, about))
            else:
                some[row] = (write, about)
        yield list(some.values())
        writes = later


def _reported(reports: Iterable[Report]) -> dict[str, Any]:
    return {report.column: report.to_json() for report in reports}


def _message(verification_id: str) -> batch.Key:
    return [("verification_id", verification_id)]


def _receipt(key: str) -> batch.Key:
    return [("receipt", key)]
