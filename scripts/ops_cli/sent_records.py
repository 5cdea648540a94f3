"""What a provider remembers of the messages to one number on one day; codes and numbers hidden."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from scripts.ops_cli import days
from scripts.ops_cli.complaints import Complaint
from scripts.ops_cli.desk import Deployed
from scripts.ops_cli.sms_console import SmsConsole
from shared.credentials import openapi_config, own_keys
from shared.domain.delivery import ACCEPTED, DELIVERED, FAILED
from shared.domain.masking import masked_text
from shared.domain.phone_number import PhoneNumber
from shared.errors import Bilingual

DAYS_KEPT = 30
PAGE, MOST_PAGES = 50, 20
STATES = {1: ACCEPTED, 2: FAILED, 3: DELIVERED}
"""SendStatus (page of QuerySendDetails): awaiting the carrier, failed, delivered."""

_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{4,}(?![A-Za-z0-9])|[0-9](?:[ \-.·]?[0-9]){3,}"
)
"""Four digits or more, also with something between them, and letters with a digit among them."""

_NO_RECORDS: Bilingual = (
    "核对号码与日期（阿里云保留 30 天），稍后重试",
    "check number and day (Aliyun keeps 30 days), or try again later",
)


@dataclass(frozen=True, slots=True)
class Record:
    """One message as the provider tells it: times as it writes them, the text without its code.

    `out_id` is ours only if our store knows it: other systems of the account send too.
    """

    sent: str
    received: str
    state: str
    code: str
    template: str
    text: str
    out_id: str


Reader = Callable[[Deployed, PhoneNumber, date], list[Record]]


def of_dysms(
    deployed: Deployed, number: PhoneNumber, day: date, *, size: int = PAGE
) -> list[Record]:
    """Ask Dysms for all pages; raise Complaint."""
    console = SmsConsole(deployed)
    found: list[Any] = []
    for page in range(1, MOST_PAGES + 1):
        body = console.ask(
            "QuerySendDetails",
            otherwise=_NO_RECORDS,
            phone_number=_as_dialled(number),
            send_date=days.as_asked(day),
            page_size=size,
            current_page=page,
        )
        details = body.sms_send_detail_dtos
        records = list(details.sms_send_detail_dto or ()) if details is not None else []
        found += records
        if not records or len(found) >= int(body.total_count or 0):
            return [_record(one) for one in found]
    raise Complaint(
        f"记录超过 {size * MOST_PAGES} 条，请在短信控制台查看。",
        f"There are more than {size * MOST_PAGES} records; look at them in the SMS console.",
    )


def of_dypns(
    deployed: Deployed, number: PhoneNumber, day: date, *, size: int = PAGE
) -> list[Record]:
    """Ask PNVS for all pages; raise Complaint. Its own SDK calls the operation deprecated."""
    from alibabacloud_dypnsapi20170525 import models
    from alibabacloud_dypnsapi20170525.client import Client

    console = SmsConsole(deployed)
    settings = deployed.rules.settings
    client = Client(openapi_config(own_keys(deployed.environment, None), settings.pnvs_endpoint))
    found: list[Any] = []
    for page in range(1, MOST_PAGES + 1):
        request = models.QuerySendDetailsRequest(
            phone_number=_as_dialled(number),
            send_date=days.as_asked(day),
            page_size=size,
            current_page=page,
        )
        body = console.asked(
            "QuerySendDetails",
            partial(client.query_send_details_with_options, request),
            product="dypns",
            otherwise=_NO_RECORDS,
        )
        records = list(body.model or ())
        found += records
        if not records or len(found) >= int(body.total_count or 0):
            break
    return [_record(one) for one in found]


READERS: Mapping[str, Reader] = {"dysms": of_dysms, "dypns": of_dypns}
"""By provider, each with what reads its records."""


def without_code(text: str) -> str:
    """Return a message's text with whatever may be a code, or a number, hidden whole."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    return _CODE.sub("****", plain)


def _record(one: Any) -> Record:
    return Record(
        str(one.send_date or ""),
        str(one.receive_date or ""),
        STATES.get(one.send_status, str(one.send_status)),
        masked_text(str(one.err_code or "")),
        str(one.template_code or ""),
        without_code(str(one.content or "")),
        str(one.out_id or ""),
    )


def _as_dialled(number: PhoneNumber) -> str:
    """Write a number as SendSms and its records do: the mainland's without country code."""
    return number.e164.removeprefix("+86" if number.country_code == 86 else "+")
