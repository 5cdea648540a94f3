"""All signs and templates of an account, page by page: QuerySmsSignList, QuerySmsTemplateList.

Fields, states and page sizes as the SDK's models describe them. [U]: that a page beyond the last
is empty, and which code refuses a bad page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.local_cloud.openapi.console import Console
from scripts.local_cloud.openapi.errors import refused

LARGEST_PAGE = 50
CREATED = "2026-01-05 10:00:00"
"""When everything of the console was made: the catalogue does not say."""

AUDITS = {
    "reviewing": "AUDIT_STATE_INIT",
    "approved": "AUDIT_STATE_PASS",
    "rejected": "AUDIT_STATE_NOT_PASS",
    "cancelled": "AUDIT_STATE_CANCEL",
}
NO_REMARKS = "无审批备注"
_TEMPLATE_TYPES = {0: 2, 1: 0, 2: 1, 3: 6}
"""The older numbers of a template's type (TemplateType) by the newer (OuterTemplateType)."""


class Listings:
    """Lists what a console holds."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def query_sms_sign_list(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return one page of the signs, without what carriers say of them."""
        listed = [
            {
                "SignName": name,
                "AuditStatus": AUDITS[sign.state],
                "BusinessType": "验证码",
                "CreateDate": CREATED,
                "OrderId": "",
                "Reason": _reason(sign.state, sign.reason),
            }
            for name, sign in self._console.signs.items()
        ]
        return {"SmsSignList": _page(listed, query), **_about(listed, query)}

    def query_sms_template_list(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return one page of the templates, with their texts."""
        listed = [
            {
                "TemplateCode": code,
                "TemplateName": code,
                "TemplateContent": template.text,
                "TemplateType": _TEMPLATE_TYPES.get(template.type, 0),
                "OuterTemplateType": template.type,
                "AuditStatus": AUDITS[template.state],
                "CreateDate": CREATED,
                "OrderId": "",
                "Reason": _reason(template.state, template.reason),
            }
            for code, template in self._console.templates.items()
        ]
        return {"SmsTemplateList": _page(listed, query), **_about(listed, query)}


def _reason(state: str, reason: str) -> dict[str, str]:
    return {"RejectInfo": reason if state == "rejected" else NO_REMARKS}


def _page(listed: list[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    index, size = _given(query)
    return listed[(index - 1) * size : index * size]


def _about(listed: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    index, size = _given(query)
    return {
        "Code": "OK",
        "Message": "OK",
        "CurrentPage": index,
        "PageSize": size,
        "TotalCount": len(listed),
    }


def _given(query: Mapping[str, str]) -> tuple[int, int]:
    index, size = query.get("PageIndex", "1"), query.get("PageSize", "10")
    if not (index.isdecimal() and size.isdecimal() and int(index) >= 1):
        raise refused("isv.INVALID_PARAMETERS", "参数异常")
    if not 1 <= int(size) <= LARGEST_PAGE:
        raise refused("isv.INVALID_PARAMETERS", "参数异常")
    return int(index), int(size)
