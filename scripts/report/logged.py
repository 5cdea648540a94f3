"""Count the lines of the log: who was refused and by which gate, what failed, what was alerted.

No address and no number is kept: of addresses only how many there were.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from scripts.report.gates import gate_of
from scripts.report.log_lines import LogLine

MINUTE, HOUR = 60, 3600
MOST_ADDRESSES = 10_000
OTHER = "other"
BY_TIMER = "maintain"
"""Counts what the timer set aside: its line says how many, not which."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,39}")
_LONG_NUMBER = re.compile(r"\d{7}")
_MOST_ALERTS = 30
_FAILED_RUNS = ("service_failed", "storage_unavailable", "internal")


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert of ours, as its log line tells it."""

    at: int
    kind: str
    limit: str
    who: str
    percent: int
    window: str


@dataclass
class Logged:
    """What only the log knows."""

    lines: int = 0
    asked: int = 0
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    refused_by_minute: Counter[int] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    marches: int = 0
    addresses: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    alerts: list[ToldAlert] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)

    def add(self, line: LogLine) -> None:
        """Count one line of the period."""
        self.lines += 1
        if line.number("status") >= 500 or line.text("outcome") in _FAILED_RUNS:
            self.errors[f"{named(line.event)} {named(line.text('outcome'))}"] += 1
        if line.event == "alert" and len(self.alerts) < _MOST_ALERTS:
            self.alerts.append(_alert(line))
        if line.event == "maintain" and line.number("set_aside"):
            self.aside[BY_TIMER] += line.number("set_aside")
        if line.event == "send_code":
            self._add_send(line)

    def _add_send(self, line: LogLine) -> None:
        self.asked += 1
        aside = line.facts.get("set_aside")
        if isinstance(aside, dict):
            self.aside.update(named(str(name)) for name in aside)
        self.marches += bool(line.text("sequence"))
        if line.number("status") < 400:
            return
        hour, reason = int(line.at) // HOUR * HOUR, line.text("reason")
        outcome = line.text("outcome")
        gate = gate_of(outcome, reason)
        self.refused[hour, gate] += 1
        self.refused_by_minute[int(line.at) // MINUTE * MINUTE] += 1
        self.reasons[gate, named(reason.partition(" ")[0]) if reason else named(outcome)] += 1
        known = self.addresses[hour]
        if line.text("ip") and len(known) < MOST_ADDRESSES:
            known.add(hash(line.text("ip")))


def named(text: str) -> str:
    """Return a name that is safe to show; what might be anything, a number too, becomes `other`."""
    return text if _NAME.fullmatch(text) and not _LONG_NUMBER.search(text) else OTHER


def _alert(line: LogLine) -> ToldAlert:
    return ToldAlert(
        int(line.at),
        named(line.text("kind")),
        named(line.text("limit")),
        named(line.text("who")) if line.text("who") else "",
        line.number("percent"),
        line.text("window")[:12],
    )
