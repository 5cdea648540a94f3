"""Store delivery reports: repeats folded, each message's together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from shared.domain.codes import digest
from shared.domain.deadline import Deadline
from shared.domain.delivery import DELIVERED, EXPIRED, FAILED, Report
from shared.domain.health import UNREACHABLE, end_of
from shared.domain.masking import masked_text
from shared.domain.report_entries import LONGEST_ID, ReportEntry, read_report
from shared.receipt_ports import Filed
from shared.use_cases.set_aside import sort

if TYPE_CHECKING:  # what a cold start can spare
    from shared.ports import Log
    from shared.receipt_ports import ReportStore


def store_reports(
    entries: Sequence[object],
    *,
    kind: str,
    secret: str,
    store: ReportStore,
    log: Log,
    now: float,
    deadline: Deadline,
) -> dict[str, int]:
    """Store delivery reports; raise StoreError unless every entry is. `secret` keys numbers.

    Returns how many reports told of which end; repeats count again.
    """
    found, aside = sort(entries, read_report, secret=secret)
    log(entries=len(entries), set_aside=len(aside))
    filed = _filed(found, secret=secret)
    stored = store.keep_reports(filed, aside, kind=kind, now=now, deadline=deadline)
    log(messages=stored.matched, stray=stored.stray)
    ends = [end_of(entry.report) for entry in found]
    return {
        "reported_delivered": ends.count(DELIVERED),
        "reported_failed": ends.count(FAILED) + ends.count(EXPIRED),
        "reported_unreachable": ends.count(UNREACHABLE),
    }


def stray_hash(out_id: str, biz_id: str, *, secret: str) -> str:
    """Return under what a report rests whose message is not ours; ids of others may be numbers."""
    return digest(secret, "out_id", out_id) if out_id else digest(secret, "biz_id", biz_id)


def _filed(entries: Iterable[ReportEntry], *, secret: str) -> list[Filed]:
    """Put the reports on one message together, repeats folded."""
    first: dict[tuple[str, str], ReportEntry] = {}
    reports: dict[tuple[str, str], dict[Report, None]] = {}
    for entry in entries:
        phone = entry.number.key(secret) if entry.number is not None else ""
        place = (stray_hash(entry.out_id, entry.biz_id, secret=secret), phone)
        first.setdefault(place, entry)
        reports.setdefault(place, {})[entry.report] = None
    return [
        Filed(
            entry.verification_id,
            place[1],
            tuple(reports[place]),
            place[0],
            entry.number.masked if entry.number is not None else "",
            masked_text(entry.out_id)[:LONGEST_ID],
        )
        for place, entry in first.items()
    ]
