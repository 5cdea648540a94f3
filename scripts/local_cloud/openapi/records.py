"""What the SMS service remembers of messages: QuerySendDetails and QuerySendStatistics.

Dysms and PNVS each have a QuerySendDetails; the two differ in whose messages they know and where
the answer keeps its list. One answer serves both, and holds one provider's messages on request.
Source: the pages of both operations. [U]: which codes refuse a bad parameter, and that a page
beyond the last is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from scripts.local_cloud.carrier.entries import BEIJING, as_dialled, beijing
from scripts.local_cloud.openapi.dysms import e164
from scripts.local_cloud.openapi.errors import ApiError, refused
from scripts.local_cloud.outbox import Message, Outbox, now

DAYS_KEPT = 30
LARGEST_PAGE = 50
STATUSES = {"accepted": 1, "failed": 2, "delivered": 3}


class Records:
    """The service's memory; `clock` tells UTC seconds."""

    def __init__(self, outbox: Outbox, *, clock: Callable[[], float] = now) -> None:
        self._outbox = outbox
        self._clock = clock

    def query_send_details(
        self, query: Mapping[str, str], *, provider: str | None = None
    ) -> dict[str, Any]:
        """Return what was sent to one number on one day, newest first, by one provider or all."""
        _require(query, "PhoneNumber", "SendDate", "PageSize", "CurrentPage")
        phone = e164(query["PhoneNumber"])
        if phone is None:
            raise refused("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
        day = self._day(query["SendDate"])
        size, page = _whole(query["PageSize"]), _whole(query["CurrentPage"])
        if not 1 <= size <= LARGEST_PAGE or page < 1:
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        found = self._outbox.between(phone, _start(day), _start(day + timedelta(days=1)))
        found = [message for message in found if provider in (None, message.provider)]
        if biz_id := query.get("BizId"):
            found = [message for message in found if message.biz_id == biz_id]
        records = [_record(message) for message in found[(page - 1) * size : page * size]]
        return {
            "Code": "OK",
            "Message": "OK",
            "Success": True,
            "TotalCount": str(len(found)),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": records},
            "Model": records,
        }

    def query_send_statistics(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return how many messages were sent and reported on each day."""
        _require(query, "IsGlobe", "StartDate", "EndDate", "PageIndex", "PageSize")
        first, last = self._day(query["StartDate"]), self._day(query["EndDate"])
        size, page = _whole(query["PageSize"]), _whole(query["PageIndex"])
        if not 1 <= size <= LARGEST_PAGE or page < 1 or last < first:
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        messages = [
            message
            for message in self._outbox.messages()
            if message.provider == "dysms"
            and message.phone.startswith("+86") == (query["IsGlobe"] == "1")
            and query.get("SignName", message.sign_name) == message.sign_name
        ]
        days = [line for line in _by_day(messages, first, last) if line["TotalCount"]]
        return {
            "Code": "OK",
            "Message": "OK",
            "Data": {
                "TargetList": days[(page - 1) * size : page * size],
                "TotalSize": len(days),
            },
        }

    def _day(self, text: str) -> date:
        """Read a Beijing day; the service knows the last 30."""
        try:
            day = datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise refused("isv.INVALID_PARAMETERS", "参数异常") from None
        today = datetime.fromtimestamp(self._clock(), BEIJING).date()
        if len(text) != len("yyyyMMdd") or not 0 <= (today - day).days <= DAYS_KEPT:
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        return day


def _record(message: Message) -> dict[str, Any]:
    reported = {"ReceiveDate": beijing(message.reported_at)} if message.reported_at else {}
    return {
        "PhoneNum": as_dialled(message.phone),
        "SendStatus": STATUSES[message.state],
        "ErrCode": message.err_code,
        "TemplateCode": message.template_code,
        "Content": message.text,
        "SendDate": beijing(message.at),
        "OutId": message.out_id,
        **reported,
    }


def _by_day(messages: list[Message], first: date, last: date) -> Iterator[dict[str, Any]]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        start, end = _start(day), _start(day + timedelta(days=1))
        states = [message.state for message in messages if start <= message.at < end]
        yield {
            "SendDate": day.strftime("%Y%m%d"),
            "TotalCount": len(states),
            "RespondedSuccessCount": states.count("delivered"),
            "RespondedFailCount": states.count("failed"),
            "NoRespondedCount": states.count("accepted"),
        }


def _start(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp()


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise refused("isv.INVALID_PARAMETERS", "参数异常")
    return int(text)


def _require(query: Mapping[str, str], *names: str) -> None:
    for name in names:
        if not query.get(name):
            raise ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")
