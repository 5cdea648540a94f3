"""One attempt of a person as it went by, and what to do next; for operators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain import delivery
from shared.domain.delivery import Delivery, Report
from shared.domain.receipt_codes import Explanation, explain
from shared.errors import Bilingual

PATIENCE = 600
"""Seconds after which a report is late: most come within seconds."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the rows know of one code. Times are UTC seconds; `code_state` is the code's own."""

    issued_at: int
    expires_at: int
    code_state: str
    attempts_left: int
    spent_at: int | None
    provider: str
    provider_code: str
    biz_id: str
    handed_over_at: int | None
    reports: tuple[Report, ...]
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in Chinese and English."""

    at: int | None
    what: Bilingual


def events(attempt: Attempt) -> list[Event]:
    """Return what is known to have happened, in its order; what has no time comes last."""
    return sorted(_events(attempt), key=lambda event: event.at or 2**53)


def _events(attempt: Attempt) -> Iterator[Event]:
    yield Event(
        attempt.issued_at,
        (
            "请求通过全部检查，占用限额并生成验证码",
            "a request passed every gate, took its limits, and a code was made",
        ),
    )
    if attempt.handed_over_at is not None:
        answer = " ".join(filter(None, (attempt.provider_code, attempt.biz_id)))
        yield Event(
            attempt.handed_over_at,
            (f"{attempt.provider} 答复 {answer}", f"{attempt.provider} answered {answer}"),
        )
    for report in attempt.reports:
        what = " ".join(filter(None, (report.state, report.code, report.text)))
        yield Event(report.reported_at, (f"运营商回执 {what}", f"the carrier reported {what}"))
    if attempt.spent_at is not None:
        yield Event(attempt.spent_at, ("验证通过", "the code was entered, and accepted"))
    yield Event(
        attempt.expires_at,
        (
            f"验证码到期；剩余错误次数 {attempt.attempts_left}",
            f"the code expires; wrong guesses left: {attempt.attempts_left}",
        ),
    )


def conclusion(attempt: Attempt, *, now: float) -> Explanation:
    """Say in one line what became of it, and what to do next."""
    found = attempt.delivery
    if attempt.spent_at is not None:
        return _VERIFIED
    if found.state == delivery.DELIVERED:
        return _after_delivery(attempt, now=now)
    waiting = found.state in (delivery.ACCEPTED, delivery.UNCONFIRMED)
    if waiting and now - attempt.issued_at > PATIENCE:
        return _NO_REPORT
    return explain(found.state, found.code)


def _after_delivery(attempt: Attempt, *, now: float) -> Explanation:
    arrived = attempt.delivery.reported_at
    if attempt.code_state == "replaced":
        return _REPLACED
    if attempt.attempts_left <= 0:
        return _OUT_OF_ATTEMPTS
    if arrived is not None and arrived >= attempt.expires_at:
        return _TOO_LATE
    if now >= attempt.expires_at:
        return _NOT_ENTERED
    return _STILL_GOOD


_VERIFIED = Explanation(
    ("已送达并验证通过", "The code was accepted: nothing is wrong"),
    (
        "若用户仍有疑问，请看登录等后续环节。",
        "If the user still has a problem, look at what follows the verification.",
    ),
)
_REPLACED = Explanation(
    ("已送达，但已被新的验证码取代", "It arrived, and a newer code replaced it"),
    ("请用户使用最新一条短信。", "Let the user take the newest message."),
)
_OUT_OF_ATTEMPTS = Explanation(
    ("已送达，但错误次数已用完", "It arrived, and too many wrong guesses used it up"),
    ("请用户重新获取并核对输入。", "Let the user ask for a new code, and type with care."),
)
_TOO_LATE = Explanation(
    ("送达时验证码已过期", "It arrived after the code had expired"),
    (
        "请用户重新获取；若常见，请调高 CODE_TTL，并查看该运营商的时延（scripts/ops stats）。",
        "Let the user ask for a new code; if it is common, raise CODE_TTL and look at that "
        "carrier's delay (scripts/ops stats).",
    ),
)
_NOT_ENTERED = Explanation(
    ("已送达，但有效期内没有输入", "It arrived, and was not entered while it was valid"),
    (
        "请用户查看拦截与垃圾短信箱，再重新获取。",
        "Let the user look among messages that are filtered as spam, then ask for a new code.",
    ),
)
_STILL_GOOD = Explanation(
    ("已送达，验证码仍有效", "It arrived, and the code is still good"),
    ("请用户查看短信并输入。", "Let the user read the message and enter the code."),
)
_NO_REPORT = Explanation(
    ("迟迟没有回执", "No report has come for long"),
    (
        "请用户确认手机开机后重新获取；若全部短信都没有回执，请检查 RECEIPT_SECRETS 与控制台的"
        "回执地址。",
        "Let the user see that the phone is on, and ask again; if no message at all gets a "
        "report, check RECEIPT_SECRETS and the receipt address in the console.",
    ),
)
