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
from shared.domain.health import PROVIDERS, Fact, fact_of
from shared.errors import StoreUnavailable
from shared.receipt_ports import Filed, SetAside, Stored
from shared.storage import batch, tables
from shared.storage.batch import Result, Write
from shared.storage.conditions import equal, existing
from shared.storage.health import health_row
from shared.storage.receipt_rows import ROWS, poison, receipt_key, together, write_some

COLUMNS = 200
"""Of one row and request; the service takes 1,024."""


class TablestoreReports:
    """The store of delivery reports."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._messages = tables.MESSAGES.name(prefix)
        self._pending = tables.PENDING.name(prefix)
        self._receipts = tables.RECEIPTS.name(prefix)
        self._health = tables.HEALTH.name(prefix)

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
        The ends of the messages, which tell how the provider does, go into rows that the second
        request leaves free, and may fail. Two hundred messages leave none: then they wait for the
        next two requests, and are not counted where there are none.
        """
        matched = stray = 0
        ends: dict[int, set[Fact]] = {}
        writes = [(self._report(one, kind=kind, now=now), one) for one in _narrow(filed)]
        apart = [(write, None) for write in poison(self._receipts, aside, kind=kind, now=now)]
        for some in together([*writes, *apart]):
            results = write_some(self._client, [write for write, _ in some], deadline=deadline)
            then = []
            for (write, one), result in zip(some, results, strict=True):
                if one is None or write.table == self._receipts:
                    stray += one is not None
                elif result is Result.APPLIED:
                    matched += 1
                    _note(ends, one, now=now)
                    if any(report.final for report in one.reports):
                        then.append(batch.delete(self._pending, _message(one.verification_id)))
                else:
                    stray += 1
                    then.append(self._stray(one, kind=kind, now=now))
            figures = list(self._ends(ends, kind=kind, most=ROWS - len(then)))
            if then or figures:
                self._follow(then, figures, deadline=deadline)
        return Stored(matched, stray)

    def _follow(self, then: list[Write], figures: list[Write], *, deadline: Deadline) -> None:
        """Write what follows; without the figures where the store refuses the two together.

        A table that is missing, or that the role may not write, can refuse the whole request.
        """
        try:
            write_some(self._client, [*then, *figures], deadline=deadline, spare=len(figures))
        except StoreUnavailable:
            if not figures:
                raise
            if then:
                write_some(self._client, then, deadline=deadline)

    def _ends(self, ends: dict[int, set[Fact]], *, kind: str, most: int) -> Iterator[Write]:
        """Yield, and take, the writes of the ends of some minutes, those with most ends first."""
        for minute in sorted(ends, key=lambda minute: len(ends[minute]), reverse=True)[:most]:
            yield health_row(self._health, PROVIDERS[kind], minute, ends.pop(minute))

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


def stray_key(stray: str, phone: str) -> batch.Key:
    """Return where reports on a message rest that was not there; `phone` is a keyed hash or ""."""
    return receipt_key(f"stray/{stray}/{phone}")


def _note(ends: dict[int, set[Fact]], filed: Filed, *, now: float) -> None:
    """Add how a message ended to what is noted by minute."""
    found = fact_of(filed.verification_id, filed.reports, now=now)
    if found is not None:
        minute, fact = found
        ends.setdefault(minute, set()).add(fact)


def _narrow(filed: Iterable[Filed]) -> Iterator[Filed]:
    """Split what has more reports than a request takes columns."""
    for one in filed:
        for start in range(0, len(one.reports), COLUMNS):
            part = one.reports[start : start + COLUMNS]
            yield Filed(one.verification_id, one.phone, part, one.stray, one.masked, one.out_id)


def _reported(reports: Iterable[Report]) -> dict[str, Any]:
    return {report.column: report.to_json() for report in reports}


def _message(verification_id: str) -> batch.Key:
    return [("verification_id", verification_id)]
