"""The SMS product's own operations, asked with the operator's keys; refusals become complaints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from scripts.ops_cli.complaints import Complaint
from scripts.ops_cli.desk import Deployed
from shared.credentials import openapi_config, own_keys
from shared.errors import Bilingual

PAGE = 50
MOST_PAGES = 40
"""Of one list: more than anybody has, so a service that never says "last" cannot hold us."""

PER_SECOND = 20
"""Questions; the documentation allows 50 a second for tags, and others more."""

_UNKNOWN: Bilingual = (
    "在短信控制台核对名称、模板和账号；错误码含义见短信服务的 API 错误码文档",
    "look names, templates and the account up in the SMS console; the error codes stand in the SMS "
    "service's documentation",
)

Page = Callable[[int], tuple[list[Any], int]]


class SmsConsole:
    """The operations by their names; an answer that is no success is a Complaint."""

    def __init__(self, deployed: Deployed, *, page: int = PAGE) -> None:
        from alibabacloud_dysmsapi20170525.client import Client

        keys = own_keys(deployed.environment, None)
        self._client = Client(openapi_config(keys, deployed.rules.settings.dysms_endpoint))
        self._page = page
        self._next = 0.0

    def ask(self, action: str, *, otherwise: Bilingual = _UNKNOWN, **fields: Any) -> Any:
        """Return the body of an answer; raise Complaint. `otherwise` advises on its own codes."""
        from alibabacloud_dysmsapi20170525 import models

        request = getattr(models, f"{action}Request")(**fields)
        call = partial(getattr(self._client, f"{_snake(action)}_with_options"), request)
        return self.asked(action, call, product="dysms", otherwise=otherwise)

    def asked(
        self, action: str, call: Callable[[Any], Any], *, product: str, otherwise: Bilingual
    ) -> Any:
        """Return the body of a product's answer to a call, which takes the SDK's options."""
        from scripts.doctor_checks.openapi import Refusal, asked, refusal, runtime

        self._pace()
        permission = f"{product}:{action}"
        try:
            body = asked(action, lambda: call(runtime()).body, permission=permission)
        except Refusal as refused:
            raise _complaint(refused.finding) from None
        code = str(getattr(body, "code", None) or "no_answer")
        if code != "OK":
            found = refusal(action, code, permission=permission, otherwise=otherwise)
            raise _complaint(found)
        return body

    def signs(self) -> Iterator[Any]:
        """Yield every sign of the account."""
        return _every(partial(self._list, "QuerySmsSignList", "sms_sign_list"))

    def templates(self) -> Iterator[Any]:
        """Yield every template of the account."""
        return _every(partial(self._list, "QuerySmsTemplateList", "sms_template_list"))

    def _list(self, action: str, field: str, page: int) -> tuple[list[Any], int]:
        body = self.ask(action, page_index=page, page_size=self._page)
        return list(getattr(body, field) or ()), int(body.total_count or 0)

    def _pace(self) -> None:
        early = self._next - time.monotonic()
        if early > 0:
            time.sleep(early)
        self._next = time.monotonic() + 1 / PER_SECOND


def _every(page: Page) -> Iterator[Any]:
    """Yield the items of all pages; a list that grows meanwhile ends where it ended."""
    seen = 0
    for number in range(1, MOST_PAGES + 1):
        found, total = page(number)
        yield from found
        seen += len(found)
        if not found or seen >= total:
            return


def _complaint(finding: Any) -> Complaint:
    chinese, english = finding.found
    what_zh, what_en = finding.advice or _UNKNOWN
    return Complaint(f"{chinese}。{what_zh}。", f"{english}. {what_en[:1].upper()}{what_en[1:]}.")


def _snake(action: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in action).lstrip("_")
