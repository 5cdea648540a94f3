"""What became of the reviews of signs and templates: GetSmsSign, GetSmsTemplate.

Fields and states as the SDK's models describe them. Which code the service has for a sign or
template that does not exist is not documented there; SendSms' own are taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scripts.local_cloud.openapi.console import REVIEWS, Console
from scripts.local_cloud.openapi.errors import ApiError, refused
from scripts.local_cloud.openapi.listings import CREATED


class Reviews:
    """Answers for the signs and templates of a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def get_sms_sign(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Tell the state of a sign, and where the carriers have registered it."""
        name = _given(query, "SignName")
        sign = self._console.signs.get(name)
        if sign is None:
            raise refused("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
        return {
            "Code": "OK",
            "Message": "OK",
            "SignName": name,
            "SignStatus": REVIEWS[sign.state],
            "CreateDate": CREATED,
            "AuditInfo": {"RejectInfo": sign.reason},
            "SignIspRegisterDetailList": [
                {"OperatorCode": carrier, "RegisterStatus": status}
                for carrier, status in sign.carriers.items()
            ],
        }

    def get_sms_template(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Tell the state of a template, its text and its variables' rules; states are texts."""
        code = _given(query, "TemplateCode")
        template = self._console.templates.get(code)
        if template is None:
            raise refused("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
        return {
            "Code": "OK",
            "Message": "OK",
            "TemplateCode": code,
            "TemplateName": code,
            "CreateDate": CREATED,
            "TemplateContent": template.text,
            "TemplateStatus": str(REVIEWS[template.state]),
            "TemplateType": str(template.type),
            "VariableAttribute": json.dumps(template.rules),
            "AuditInfo": {"RejectInfo": template.reason},
        }


def _given(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")
    return query[name]
