"""Read what PNVS is asked for, and refuse what it would refuse by its looks.

Names, ranges and defaults: alibabacloud_dypnsapi20170525's models and the pages of both
operations. [U]: the codes of single refusals, except those of mandatory parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.local_cloud.openapi.errors import ApiError, refused

DEFAULT_SCHEME = "默认方案"
SCHEME_LENGTH = 20
OUT_ID_LENGTH = 256
_MAINLAND = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True, slots=True)
class SendRequest:
    """SendSmsVerifyCode; `phone` is E.164, times are seconds."""

    scheme: str
    phone: str
    out_id: str
    sign_name: str
    template_code: str
    template_param: str
    code_length: int
    code_type: int
    valid_time: int
    interval: int
    keeps_others: bool
    returns_code: bool

    @classmethod
    def read(cls, query: Mapping[str, str]) -> SendRequest:
        """Read the parameters; AutoRetry and SmsUpExtendCode are taken and change nothing."""
        _require(query, "PhoneNumber", "SignName", "TemplateCode", "TemplateParam")
        _whole(query, "AutoRetry", 1, least=0, most=1)
        return cls(
            scheme=_scheme(query),
            phone=_phone(query),
            out_id=_out_id(query),
            sign_name=query["SignName"],
            template_code=query["TemplateCode"],
            template_param=query["TemplateParam"],
            code_length=_whole(query, "CodeLength", 4, least=4, most=8),
            code_type=_whole(query, "CodeType", 1, least=1, most=7),
            valid_time=_whole(query, "ValidTime", 300, least=1),
            interval=_whole(query, "Interval", 60, least=0),
            keeps_others=_whole(query, "DuplicatePolicy", 1, least=1, most=2) == 2,
            returns_code=_truth(query, "ReturnVerifyCode"),
        )


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """CheckSmsVerifyCode; [U] that case is ignored unless it is asked for."""

    scheme: str
    phone: str
    out_id: str
    code: str
    minds_case: bool

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CheckRequest:
        """Read the parameters."""
        _require(query, "PhoneNumber", "VerifyCode")
        return cls(
            scheme=_scheme(query),
            phone=_phone(query),
            out_id=_out_id(query),
            code=query["VerifyCode"],
            minds_case=_whole(query, "CaseAuthPolicy", 1, least=1, most=2) == 2,
        )


def bad_parameters(message: str = "参数异常") -> ApiError:
    """Return the refusal of parameters that make no sense."""
    return refused("isv.INVALID_PARAMETERS", message)


def _scheme(query: Mapping[str, str]) -> str:
    scheme = query.get("SchemeName") or DEFAULT_SCHEME
    if len(scheme) > SCHEME_LENGTH:
        raise bad_parameters()
    return scheme


def _phone(query: Mapping[str, str]) -> str:
    """Return the number in E.164 form; [U]: no spelling but the national one is taken."""
    if query.get("CountryCode", "86") != "86":
        raise bad_parameters()
    if not _MAINLAND.fullmatch(query["PhoneNumber"]):
        raise refused("MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
    return f"+86{query['PhoneNumber']}"


def _out_id(query: Mapping[str, str]) -> str:
    out_id = query.get("OutId", "")
    if len(out_id) > OUT_ID_LENGTH:
        raise bad_parameters()
    return out_id


def _whole(
    query: Mapping[str, str], name: str, usual: int, *, least: int, most: int | None = None
) -> int:
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdecimal()):
        raise bad_parameters()
    number = int(text)
    if number < least or (most is not None and number > most):
        raise bad_parameters()
    return number


def _truth(query: Mapping[str, str], name: str) -> bool:
    """Read a yes or no; the Python SDK writes True and False."""
    text = query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise bad_parameters()
    return text == "true"


def _require(query: Mapping[str, str], *names: str) -> None:
    for name in names:
        if not query.get(name):
            raise ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")
