"""Function Compute's edge for reports that an account relays through MNS or EventBridge itself.

Event forms: FC documentation. An MNS topic's message comes as STREAM (the text itself, or {"body",
"attrs"} where it has attributes) or as JSON ({"TopicOwner", "Message", ...}); EventBridge sends an
array of CloudEvents with data.messageBody, or of these data objects alone (RawData). What does not
look like any of them is taken for a report itself, and set aside if it is none: nothing is lost.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping

from shared.long_integers import short_int

Reports = dict[str, list[object]]
"""Reports by their kind."""

MARKS: tuple[tuple[str, str], ...] = (
    ("sign_status", "sign-report"),
    ("template_status", "template-report"),
    ("success", "sms-report"),
    ("content", "sms-up"),
)
"""A field that only reports of one kind have; PNVS's look like the SMS service's."""

NOTHING = object()

OTHER = "sms-report"
"""The kind under which what is of no kind is set aside."""


def relayed(event: object) -> Reports | None:
    """Return the reports that an event brings, by kind; None for a timer's event."""
    given = _read(event)
    if isinstance(given, Mapping) and "triggerName" in given and "triggerTime" in given:
        return None
    found: Reports = {}
    for report in _reports(given):
        found.setdefault(_kind(report), []).append(report)
    return found


def _reports(given: object) -> Iterator[object]:
    """Yield the reports inside whatever they are wrapped in, however deep."""
    todo = [given]
    while todo:
        one = todo.pop()
        if isinstance(one, list):
            todo += reversed(one)
            continue
        inside = _unwrapped(one)
        if inside is one:
            yield one
        else:
            todo.append(_read(inside))


def _unwrapped(given: object) -> object:
    """Return what a wrapping holds, or the thing itself where it is none."""
    if not isinstance(given, Mapping):
        return given
    if "specversion" in given and "data" in given:
        return given["data"]
    if "messageBody" in given and "messageId" in given:
        return given["messageBody"]
    if "Message" in given and "TopicOwner" in given:
        return given["Message"]
    if set(given) == {"body", "attrs"}:
        return given["body"]
    return given


def _read(given: object) -> object:
    """Read JSON from text or bytes, also where it is Base64, as MNS's bodies often are."""
    if isinstance(given, bytes):
        given = given.decode("utf-8", "replace")
    if not isinstance(given, str):
        return given
    found = _json(given)
    if found is NOTHING:
        found = _json(_decoded(given))
    return given if found is NOTHING else found


def _json(text: str) -> object:
    try:
        return json.loads(text, parse_int=short_int)
    except (ValueError, RecursionError):
        return NOTHING


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _kind(report: object) -> str:
    if isinstance(report, Mapping):
        for mark, kind in MARKS:
            if mark in report:
                return kind
    return OTHER
