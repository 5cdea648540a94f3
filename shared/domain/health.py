"""How well each provider's messages arrive, by what carriers reported in the last minutes.

A fact is one message's end, and its name says all of it: message, end, seconds. Facts only ever
add up to a set, in which a message counts once, with the end that says most; so repeated and
reordered reports change nothing, however the facts are spread over rows.

Reports are all that is known here. A provider of which nothing is reported has no share, which is
no good sign and no bad one: it may have sent nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from shared.domain.delivery import DELIVERED, EXPIRED, FAILED, Report
from shared.domain.statistics import percentile

PROVIDERS = {"sms-report": "dysms", "pnvs-report": "dypns"}
"""Whose messages a kind of report is about."""

MINUTES = 10
"""What "lately" means unless told otherwise."""

MOST_MINUTES, SKEW_SECONDS = 20, 60
"""What is older than that, or that far in the future, is in nobody's window and is not kept."""

UNREACHABLE = "unreachable"
"""Not delivered for what lies with the number or its owner, which says nothing of a provider: or
whoever sends to dead numbers could make a healthy provider look ill."""

OF_THE_NUMBER = frozenset(
    {
        "INVALID_NUMBER",
        "MK:0001",  # unknown subscriber [3P], as the next one
        "MK:0005",
        "MOBILE_ACCOUNT_ABNORMAL",
        "MOBILE_IN_BLACK",
        "MOBILE_NOT_ON_SERVICE",
        "MOBILE_SEND_LIMIT",
        "MOBILE_TERMINAL_ERROR",
        "MOBLLE_TERMINAL_ERROR",
        "SP_NOT_BY_INTER_SMS",
        "USER_REJECT",
    }
)
"""Codes of domain/receipt_codes.py, which has their sources."""

_ENDS = {"e": EXPIRED, "f": FAILED, "u": UNREACHABLE, "d": DELIVERED}
_LETTERS = {end: letter for letter, end in _ENDS.items()}
_RANKS = tuple(_ENDS.values())
_NAME = re.compile(r"([0-9a-f]{16})_([efud])_([0-9]{1,6})?")
_MESSAGE_DIGITS, _MOST_SECONDS = 16, 999_999


@dataclass(frozen=True, slots=True)
class Fact:
    """How a message ended. `message` is a hash of its id, `seconds` from sending to the report."""

    message: str
    end: str
    seconds: int | None = None

    @property
    def name(self) -> str:
        """Return the fact as the name of a column."""
        seconds = "" if self.seconds is None else str(self.seconds)
        return f"{self.message}_{_LETTERS[self.end]}_{seconds}"

    @classmethod
    def from_name(cls, name: str) -> Fact | None:
        """Read a column's name; None for one that is none of these."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        return cls(match[1], _ENDS[match[2]], int(match[3]) if match[3] else None)

    @property
    def weight(self) -> tuple[int, bool, int]:
        """Order the facts on one message; the greatest counts, of equal ends the quickest."""
        return _RANKS.index(self.end), self.seconds is not None, -(self.seconds or 0)


@dataclass(frozen=True, slots=True)
class Health:
    """What became of a provider's messages; `seconds` are those of each delivered one."""

    delivered: int = 0
    failed: int = 0
    unreachable: int = 0
    seconds: tuple[int, ...] = field(default=(), repr=False)

    @property
    def share(self) -> float | None:
        """Return the delivered share of the messages that could have been; None without one."""
        could = self.delivered + self.failed
        return self.delivered / could if could else None

    def latency(self, percent: int) -> int | None:
        """Return within how many seconds that part of the delivered messages arrived."""
        return percentile(self.seconds, percent)


def fact_of(
    verification_id: str, reports: Iterable[Report], *, now: float
) -> tuple[int, Fact] | None:
    """Return the minute of a message's end (UTC, since 1970) and the end, if it is a recent one.

    The minute is the report's own, not that of its arrival, so that a repetition falls in it, too.
    """
    message = sha256(verification_id.encode()).hexdigest()[:_MESSAGE_DIGITS]
    found = [
        (Fact(message, end, _seconds(report)), at // 60)
        for report in reports
        if (end := end_of(report)) is not None
        and (at := report.reported_at or report.sent_at) is not None
        and -SKEW_SECONDS <= now - at < MOST_MINUTES * 60
    ]
    if not found:
        return None
    fact, minute = max(found, key=lambda one: (one[0].weight, one[1]))
    return minute, fact


def health_of(facts: Iterable[Fact]) -> Health:
    """Sum facts up, whatever their order and however often they come."""
    ends: dict[str, Fact] = {}
    for fact in facts:
        known = ends.get(fact.message)
        if known is None or fact.weight > known.weight:
            ends[fact.message] = fact
    count = {end: sum(fact.end == end for fact in ends.values()) for end in _RANKS}
    seconds = (f.seconds for f in ends.values() if f.end == DELIVERED and f.seconds is not None)
    return Health(
        count[DELIVERED],
        count[FAILED] + count[EXPIRED],
        count[UNREACHABLE],
        tuple(sorted(seconds)),
    )


def minutes_until(now: float, minutes: int) -> range:
    """Return the minutes that are read for the last so many: the present one is the last."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValueError(f"minutes must be 1 to {MOST_MINUTES}")
    present = int(now) // 60
    return range(present - minutes + 1, present + 1)


def end_of(report: Report) -> str | None:
    """Return how a message ended by one report: delivered, failed, ...; None where it goes on."""
    if not report.final:
        return None
    if report.state == FAILED and report.code in OF_THE_NUMBER:
        return UNREACHABLE
    return report.state


def _seconds(report: Report) -> int | None:
    if report.reported_at is None or report.sent_at is None:
        return None
    return min(_MOST_SECONDS, max(0, report.reported_at - report.sent_at))
