"""Dysms, as far as the product uses it: SendSms with the service's checks and flow limits.

Codes: "API error codes" of the SMS service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from scripts.local_cloud.openapi.console import INTERNATIONAL, Console, Template
from scripts.local_cloud.openapi.errors import ApiError, refused
from scripts.local_cloud.openapi.flow import Flow
from scripts.local_cloud.openapi.texts import breaking, filled, new_biz_id, params_in, variables
from scripts.local_cloud.outbox import Message, Outbox, now

NUMBERS_PER_CALL = 1000
VARIABLE_LENGTH = 35
OUT_ID_LENGTH = 256

_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_ABROAD = re.compile(r"(?:\+|00)?([1-9]\d{6,14})")


def e164(number: str) -> str | None:
    """Return a number as SendSms reads it, in E.164 form, or None."""
    if match := _MAINLAND.fullmatch(number):
        return f"+86{match[1]}"
    if (match := _ABROAD.fullmatch(number)) and not match[1].startswith("86"):
        return f"+{match[1]}"
    return None


class Dysms:
    """The service; `clock` tells UTC seconds to its messages and flow limits."""

    def __init__(
        self, console: Console, outbox: Outbox, *, clock: Callable[[], float] = now
    ) -> None:
        self._console = console
        self._outbox = outbox
        self._flow = Flow(console, outbox, clock=clock)
        self._clock = clock

    def send_sms(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Check the parameters, put the messages into the outbox, and return the answer."""
        for name in ("PhoneNumbers", "SignName", "TemplateCode"):
            if not query.get(name):
                raise ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")
        phones = self._phones(query["PhoneNumbers"])
        template = self._approved(query["SignName"], query["TemplateCode"])
        params = _params(query.get("TemplateParam") or "{}", template)
        if len(query.get("OutId", "")) > OUT_ID_LENGTH:
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        if template.type == INTERNATIONAL and any(phone.startswith("+86") for phone in phones):
            raise refused("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "国际模板不支持发送境内号码")
        for phone in phones:
            if message := self._flow.exceeded(phone, query["SignName"]):
                raise refused("isv.BUSINESS_LIMIT_CONTROL", message)
        biz_id = new_biz_id()
        for phone in phones:
            self._outbox.add(
                Message(
                    phone=phone,
                    sign_name=query["SignName"],
                    template_code=query["TemplateCode"],
                    params=params,
                    text=filled(query["SignName"], template.text, params),
                    out_id=query.get("OutId", ""),
                    biz_id=biz_id,
                    provider="dysms",
                    at=self._clock(),
                )
            )
        return {"Code": "OK", "Message": "OK", "BizId": biz_id}

    def _approved(self, sign_name: str, template_code: str) -> Template:
        """Return the template, or refuse what is not there or has not passed its review."""
        sign = self._console.signs.get(sign_name)
        if sign is None:
            raise refused("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
        if sign.state != "approved":
            raise refused("isv.SIGN_STATE_ILLEGAL", "签名未审核通过")
        template = self._console.templates.get(template_code)
        if template is None or template.state != "approved":
            raise refused("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
        return template

    @staticmethod
    def _phones(given: str) -> list[str]:
        numbers = given.split(",")
        if len(numbers) > NUMBERS_PER_CALL:
            raise refused("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
        phones = [phone for number in numbers if (phone := e164(number.strip()))]
        if len(phones) != len(numbers):
            raise refused("isv.MOBILE_NUMBER_ILLEGAL", f"{given}invalid mobile number")
        return phones


def _params(text: str, template: Template) -> dict[str, str]:
    try:
        params = params_in(text)
    except ValueError:
        raise refused("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值") from None
    missing = sorted(variables(template.text) - set(params))
    if missing:
        raise refused("isv.TEMPLATE_MISSING_PARAMETERS", f"模板缺少变量 {','.join(missing)}")
    for value in params.values():
        if len(value) > VARIABLE_LENGTH:
            raise refused("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
        if "://" in value:
            raise refused("isv.PARAM_NOT_SUPPORT_URL", "变量不支持传入URL")
    if bad := breaking(params, template.rules):
        raise refused("isv.TEMPLATE_PARAMS_ILLEGAL", f"模板变量 {','.join(bad)} 的内容不符合规范")
    return params
