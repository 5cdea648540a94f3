"""Ask Aliyun SMS what became of a message (Dysmsapi 2017-05-25, QuerySendDetails).

The service finds messages by number and day of Beijing, of the last 30 days, and knows ours by its
OutId. Its page allows 5,000 requests a second; ours are paced far below, as they can wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest
    from Tea.exceptions import TeaException

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.domain.reconciling import Awaited
from shared.errors import ServiceFailed
from shared.providers.connections import Idleness, code_of, time_outs
from shared.providers.dysms import as_dialled
from shared.providers.renewal import asked

OPERATION = "QuerySendDetails"
PAGE = 50
MOST_PAGES = 3
"""A number gets 40 messages a day from everybody: one page holds them."""

FAILED, DELIVERED = 2, 3
"""SendStatus; 1 means that the carrier has not reported yet."""

ABOUT_THE_NUMBER = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.INVALID_PARAMETERS")
"""Codes that say nothing of the other messages [U: that it is these]."""


class DysmsRecords:
    """The records, with the keys of a source. Holds connections, so keep it."""

    def __init__(
        self,
        keys: KeySource,
        *,
        endpoint: str,
        per_second: int,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = Client(openapi_config(keys, endpoint))
        self._idleness = Idleness(clock)
        self._pause = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._asked_at = 0.0

    def find(self, message: Awaited, *, deadline: Deadline) -> dict[str, object] | None:
        """Return the report on a message, as SmsReport would have it, or None; ServiceFailed."""
        for record in self._records(message, deadline=deadline):
            if record.out_id == message.verification_id:
                return _report(record, message)
        return None

    def _records(self, message: Awaited, *, deadline: Deadline) -> Iterator[Any]:
        for day in message.days:
            for page in range(1, MOST_PAGES + 1):
                found = self._page(message.number, day, page, deadline=deadline)
                yield from found
                if len(found) < PAGE:
                    break

    def _page(self, number: str, day: str, page: int, *, deadline: Deadline) -> list[Any]:
        self._wait()
        self._idleness.end()
        request = QuerySendDetailsRequest(
            phone_number=as_dialled(number), send_date=day, page_size=PAGE, current_page=page
        )

        def query() -> Any:
            return self._client.query_send_details_with_options(request, time_outs(deadline)).body

        try:
            body = asked(query, deadline=deadline)
        except TeaException as error:
            raise ServiceFailed(OPERATION, code_of(error)) from None
        code = str(getattr(body, "code", None) or "no_answer")
        if code in ABOUT_THE_NUMBER:
            return []
        if code != "OK":
            raise ServiceFailed(OPERATION, code)
        details = body.sms_send_detail_dtos
        return list(details.sms_send_detail_dto or ()) if details is not None else []

    def _wait(self) -> None:
        """Wait until the next question may be asked."""
        early = self._asked_at + self._pause - self._clock()
        if 0 < early <= self._pause:
            self._sleep(early)
        self._asked_at = self._clock()


def _report(record: Any, message: Awaited) -> dict[str, object] | None:
    if record.send_status not in (FAILED, DELIVERED):
        return None
    return {
        "success": record.send_status == DELIVERED,
        "err_code": record.err_code or "",
        "send_time": record.send_date or "",
        "report_time": record.receive_date or "",
        "out_id": message.verification_id,
    }
