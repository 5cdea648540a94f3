"""Ask a provider what became of a message (QuerySendDetails, which Dysms and PNVS both have).

They find messages by number and day of Beijing, of the last 30 days, and know ours by its OutId.
Dysms' page allows 5,000 requests a second; ours are paced far below, as they can wait. The SDK of
PNVS calls its own deprecated and names no other, so reports are the better source there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from Tea.exceptions import TeaException

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.domain.reconciling import Awaited
from shared.errors import ServiceFailed
from shared.providers.connections import Idleness, code_of, time_outs
from shared.providers.dysms import as_dialled
from shared.providers.renewal import asked
from shared.reconcile_ports import Record

OPERATION = "QuerySendDetails"
PAGE = 50
MOST_PAGES = 3
"""A number gets 40 messages a day from everybody: one page holds them."""

FAILED, DELIVERED = 2, 3
"""SendStatus; 1 means that the carrier has not reported yet."""

ABOUT_THE_NUMBER = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.INVALID_PARAMETERS")
"""Codes that say nothing of the other messages [U: that it is these]."""


Query: TypeAlias = Callable[[dict[str, Any], Any], tuple[Any, Sequence[Any]]]
"""Takes a request's fields and the SDK's options; returns the answer's body, and its details."""


class SentRecords:
    """The records of a provider. `query` asks for a page of them, and returns its details."""

    def __init__(
        self,
        query: Query,
        *,
        per_second: int,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._query = query
        self._idleness = Idleness(clock)
        self._pause = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._asked_at = 0.0

    def find(self, message: Awaited, *, deadline: Deadline) -> Record | None:
        """Return the record of a message, or None; its report is as SmsReport would have it."""
        for detail in self._details(message, deadline=deadline):
            if detail.out_id == message.verification_id:
                return Record(_report(detail, message))
        return None

    def _details(self, message: Awaited, *, deadline: Deadline) -> Iterator[Any]:
        for day in message.days:
            for page in range(1, MOST_PAGES + 1):
                found = self._page(message.number, day, page, deadline=deadline)
                yield from found
                if len(found) < PAGE:
                    break

    def _page(self, number: str, day: str, page: int, *, deadline: Deadline) -> list[Any]:
        self._wait()
        self._idleness.end()
        wanted = {
            "phone_number": as_dialled(number),
            "send_date": day,
            "page_size": PAGE,
            "current_page": page,
        }
        try:
            body, details = asked(
                lambda: self._query(wanted, time_outs(deadline)), deadline=deadline
            )
        except TeaException as error:
            raise ServiceFailed(OPERATION, code_of(error)) from None
        code = str(getattr(body, "code", None) or "no_answer")
        if code in ABOUT_THE_NUMBER:
            return []
        if code != "OK":
            raise ServiceFailed(OPERATION, code)
        return list(details)

    def _wait(self) -> None:
        """Wait until the next question may be asked."""
        early = self._asked_at + self._pause - self._clock()
        if 0 < early <= self._pause:
            self._sleep(early)
        self._asked_at = self._clock()


def _report(detail: Any, message: Awaited) -> dict[str, object] | None:
    if detail.send_status not in (FAILED, DELIVERED):
        return None
    return {
        "success": detail.send_status == DELIVERED,
        "err_code": detail.err_code or "",
        "send_time": detail.send_date or "",
        "report_time": detail.receive_date or "",
        "out_id": message.verification_id,
    }


def dysms_records(keys: KeySource, endpoint: str, *, per_second: int) -> SentRecords:
    """Return the records of Aliyun SMS, with the keys of a source."""
    with deferred_imports():
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest
    client = Client(openapi_config(keys, endpoint))

    def query(wanted: dict[str, Any], runtime: Any) -> tuple[Any, Sequence[Any]]:
        request = QuerySendDetailsRequest(**wanted)
        body = client.query_send_details_with_options(request, runtime).body
        found = getattr(body, "sms_send_detail_dtos", None)
        return body, (found.sms_send_detail_dto or ()) if found is not None else ()

    return SentRecords(query, per_second=per_second)


def dypns_records(keys: KeySource, endpoint: str, *, per_second: int) -> SentRecords:
    """Return the records of PNVS, with the keys of a source."""
    with deferred_imports():
        from alibabacloud_dypnsapi20170525.client import Client
        from alibabacloud_dypnsapi20170525.models import QuerySendDetailsRequest
    client = Client(openapi_config(keys, endpoint))

    def query(wanted: dict[str, Any], runtime: Any) -> tuple[Any, Sequence[Any]]:
        request = QuerySendDetailsRequest(**wanted)
        body = client.query_send_details_with_options(request, runtime).body
        return body, getattr(body, "model", None) or ()

    return SentRecords(query, per_second=per_second)
