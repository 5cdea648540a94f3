"""What became of a message: reports as facts, and the one state that a set of facts means.

A report is never merged into a state that is stored. Each different report is kept, and the state
is worked out on reading: as a set forgets neither order nor repetition because it has none, any
order and any repetition of reports ends the same (I6).

Where reports of one message contradict each other, the state that says most counts, in the order
of STATES: a handset that acknowledged a message has it, whatever another attempt of the carrier
came to; and a definite refusal says more than that time ran out. Within one state the first
delivery counts (then the phone had it), and the last failure (the carrier's final word). What is
still equal is decided by the texts themselves, so that there is always exactly one answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256

ACCEPTED, UNCONFIRMED, UNKNOWN = "accepted", "unconfirmed", "unknown"
EXPIRED, FAILED, DELIVERED = "expired", "failed", "delivered"
STATES = (UNCONFIRMED, ACCEPTED, UNKNOWN, EXPIRED, FAILED, DELIVERED)
"""From what says least to what says most; a message only ever moves to the right."""

UNKNOWN_AFTER = 3 * 86_400
"""Seconds after which no report is expected any more: the plain number, without which nobody can
ask Aliyun, is gone by then (storage/tables.py, PENDING)."""

DELIVERED_CODE, EXPIRED_CODE, NO_REPORT_CODE = "DELIVERED", "EXPIRED", "REQUEST_SUCCESS"
"""`err_code` of what arrived, of what ran out of time, of what was taken and never reported."""

COLUMN = "report_"
_NAME_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the carrier, without the number. Times are UTC seconds."""

    success: bool
    code: str
    text: str = ""
    biz_id: str = ""
    segments: int | None = None
    sent_at: int | None = None
    reported_at: int | None = None

    @property
    def state(self) -> str:
        """Return what this report alone says."""
        if self.code == NO_REPORT_CODE:
            return ACCEPTED
        if self.success:
            return DELIVERED
        return EXPIRED if self.code == EXPIRED_CODE else FAILED

    @property
    def final(self) -> bool:
        """Say whether this report tells the end; nobody has to be asked any more, then."""
        return self.state != ACCEPTED

    @property
    def column(self) -> str:
        """Return the name of the column of its own that this report is kept in."""
        return COLUMN + sha256(self.to_json().encode()).hexdigest()[:_NAME_DIGITS]

    def to_json(self) -> str:
        """Return the report as it rests."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what `to_json` wrote, and nothing that a newer version may have added."""
        given = json.loads(text)
        return cls(**{each.name: given[each.name] for each in fields(cls) if each.name in given})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is known of a message. `code` is the carrier's, or the provider's where it refused."""

    state: str
    code: str = ""
    text: str = ""
    segments: int | None = None
    sent_at: int | None = None
    reported_at: int | None = None
    reports: int = 0

    @property
    def final(self) -> bool:
        """Say whether a report has told the end."""
        return self.state in (EXPIRED, FAILED, DELIVERED)


def reports_in(columns: Mapping[str, object]) -> list[Report]:
    """Return the reports among a row's columns."""
    return [
        Report.from_json(text)
        for name, text in columns.items()
        if name.startswith(COLUMN) and isinstance(text, str)
    ]


def delivery_of(
    reports: Iterable[Report],
    *,
    outcome: str | None,
    provider_code: str = "",
    issued_at: float,
    now: float,
) -> Delivery:
    """Return what reports and the provider's own answer mean together.

    `outcome` is the provider's verdict (ports.Verdict) as it was noted, None where that note was
    lost: then the message may be on its way.
    """
    found = set(reports)
    state = _before_any_report(outcome)
    told = max(found, key=_weight, default=None)
    if told is not None and _rank(told.state) > _rank(state):
        state, provider_code = told.state, told.code
    if state in (ACCEPTED, UNCONFIRMED):
        overdue = now - issued_at > UNKNOWN_AFTER
        return Delivery(UNKNOWN if overdue else state, reports=len(found))
    if told is None or told.state != state:
        return Delivery(state, provider_code, reports=len(found))
    segments = max((r.segments for r in found if r.segments is not None), default=None)
    return Delivery(
        state,
        told.code,
        told.text,
        told.segments if told.segments is not None else segments,
        told.sent_at,
        told.reported_at,
        len(found),
    )


def _before_any_report(outcome: str | None) -> str:
    if outcome in (ACCEPTED, UNCONFIRMED):
        return outcome
    return UNCONFIRMED if outcome is None else FAILED


def _rank(state: str) -> int:
    return STATES.index(state)


def _weight(report: Report) -> tuple[int, bool, int, str]:
    """Order reports totally; the greatest decides."""
    moment = report.reported_at
    known = moment or 0
    order = -known if report.state == DELIVERED else known
    return _rank(report.state), moment is not None, order, report.to_json()
