"""I6: a report that was acknowledged is stored, and any order ends the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scripts.interleaving.callers import NOTHING_YET
from scripts.interleaving.events import DIED
from scripts.interleaving.view import View, accepted


def acknowledged_is_stored(view: View) -> Iterator[str]:
    """Yield reports that were acknowledged, and are not found with their message."""
    for report, seat in view.reports:
        for of, code in report.reports if accepted(seat) else ():
            if code not in _codes(view.stored_reports(of)):
                yield f"I6: {report.name}'s report on {of} was acknowledged, and is not stored"


def nothing_is_made_up(view: View) -> Iterator[str]:
    """Yield reports that are stored, and that nobody made."""
    for send, _ in view.sends:
        given = {
            code for report, _ in view.reports for of, code in report.reports if of == send.name
        }
        if not _codes(view.stored_reports(send.name)) <= given:
            yield f"I6: {send.name} has a report that nobody made"


def any_order_ends_the_same(view: View) -> Iterator[str]:
    """Yield messages that have others than their reports, once all are acknowledged."""
    if not view.over or not all(accepted(seat) for _, seat in view.reports):
        return
    for send, _ in view.sends:
        given = {
            code for report, _ in view.reports for of, code in report.reports if of == send.name
        }
        found = {str(sorted(one.items())) for one in view.stored_reports(send.name)}
        if len(found) != len(given):
            yield f"I6: {send.name} has {len(found)} reports of {len(given)}"


def number_kept_until_reported(view: View) -> Iterator[str]:
    """Yield messages whose plain number, without which nobody can ask, went too early."""
    for send, _ in view.sends:
        on_its_way = [call for call in view.messages_of(send) if call.what != DIED]
        if not on_its_way or "number" in view.tables["pending"].get(view.id_of(send), {}):
            continue
        if not _codes(view.stored_reports(send.name)) - {NOTHING_YET}:
            yield f"I6: {send.name}'s number is gone, and its end is not known"


def number_goes_once_reported(view: View) -> Iterator[str]:
    """Yield plain numbers that outlived the report of the end, where nothing failed."""
    if not view.over or view.failures:
        return
    for send, _ in view.sends:
        row = view.message(send)
        own = [json.loads(text) for name, text in row.items() if name.startswith("report_")]
        ended = _codes(own) - {NOTHING_YET}  # what came before the message rests apart
        if ended and "number" in view.tables["pending"].get(view.id_of(send), {}):
            yield f"I7: the end of {send.name}'s message is known, and its plain number is kept"


def nobody_is_awaited_without_a_number(view: View) -> Iterator[str]:
    """Yield messages whose row of awaited ones was made again after their report removed it."""
    for send, _ in view.sends:
        row = view.tables["pending"].get(view.id_of(send), {})
        if "tries" in row and "number" not in row:
            yield f"I6: {send.name}'s message is awaited again, and its number is gone"


def _codes(reports: list[dict[str, Any]]) -> set[str]:
    return {str(report["code"]) for report in reports}


REPORTS = (
    acknowledged_is_stored,
    nothing_is_made_up,
    any_order_ends_the_same,
    number_kept_until_reported,
    number_goes_once_reported,
    nobody_is_awaited_without_a_number,
)
