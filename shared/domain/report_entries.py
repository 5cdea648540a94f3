"""Read what Aliyun pushes about messages: SmsReport and DypnsSmsVerifyReport, entry by entry.

Fields: phone_number, send_time, report_time, success, err_code, err_msg, sms_size, biz_id, out_id
(help.aliyun.com 101867 SmsReport; DypnsSmsVerifyReport by HTTP). Types vary between documents and
versions, so texts, numbers and truth values are taken in each other's place. Times carry no zone;
they are taken for Beijing's [U: others' production code does, Aliyun does not say].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.delivery import DELIVERED_CODE, Report
from shared.domain.masking import ReportedNumber, masked_text, reported_number, shown_biz_id
from shared.domain.rates import BEIJING

LONGEST_CODE, LONGEST_TEXT, LONGEST_ID = 64, 200, 256
LONGEST_READ = 4_000
"""Characters of any text; the rest costs time (700 ms, all in all) and is kept nowhere."""

MOST_SEGMENTS = 100
_ID = re.compile(r"[A-Za-z0-9_-]{22}(?:-managed|-mixed)?")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing."""

_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S")
_EARLIEST, _LATEST = 1_000_000_000, 10_000_000_000


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One entry: whose message it is about, and what it says.

    `verification_id` is "" where the entry's out id has not the form of ours; `out_id` is as it
    came, and nothing to be kept: another system may have put a phone number there.
    """

    verification_id: str
    out_id: str
    biz_id: str
    number: ReportedNumber | None
    report: Report


def read_report(given: object) -> ReportEntry | None:
    """Read one entry; None for a malformed one: what it says, or of what, cannot be told."""
    if not isinstance(given, Mapping):
        return None
    success = truth(given.get("success"))
    out_id, biz_id = text_of(given.get("out_id")), text_of(given.get("biz_id"))
    if success is None or out_id is None or biz_id is None or not (out_id or biz_id):
        return None
    code = text_of(given.get("err_code")) or (DELIVERED_CODE if success else "")
    report = Report(
        success,
        masked_text(code)[:LONGEST_CODE],
        masked_text(text_of(given.get("err_msg")) or "")[:LONGEST_TEXT],
        shown_biz_id(biz_id)[:LONGEST_ID],
        _segments(given.get("sms_size")),
        moment(given.get("send_time")),
        moment(given.get("report_time")),
    )
    number = reported_number(given.get("phone_number"))
    ours = out_id if _ID.fullmatch(out_id) else ""
    return ReportEntry(ours, out_id, biz_id, number, report)


def truth(given: object) -> bool | None:
    """Read a truth value, also one that came as text or number."""
    if isinstance(given, bool):
        return given
    text = str(given).strip().lower() if isinstance(given, str | int) else ""
    return True if text in _TRUE else False if text in _FALSE else None


def text_of(given: object) -> str | None:
    """Read a text or a number as text, "" where there is none; None for what is neither."""
    if given is None:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    return storable(str(given)[:LONGEST_READ]).strip()


def storable(text: str) -> str:
    """Return a text that UTF-8 can hold, and that a terminal shows rather than obeys."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode())


def moment(given: object) -> int | None:
    """Read a time of Beijing's clock as UTC seconds; None for what is none."""
    text = text_of(given) or ""
    for form in _FORMS:
        try:
            found = int(datetime.strptime(text, form).replace(tzinfo=BEIJING).timestamp())
        except (ValueError, OverflowError):
            continue
        return found if _EARLIEST <= found <= _LATEST else None
    return None


def _segments(given: object) -> int | None:
    text = text_of(given) or ""
    ascii_digits = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEGMENTS))
    return int(text) if ascii_digits and int(text) <= MOST_SEGMENTS else None
