"""What PNVS answers to SendSmsVerifyCode and CheckSmsVerifyCode, and what to do: one table each.

The official list (api-return-code) could not be read: the rows stand in several independent
pieces of other people's code [3P]; PNVS also passes codes of the SMS service on [3P]. A code that
is not here leaves open what became of the message.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.errors import Bilingual
from shared.ports import Verdict
from shared.providers.codes import Meaning, Product, without_prefix
from shared.providers.dysms_codes import CODES as SMS_CODES
from shared.providers.gateway_codes import GATEWAY

THIRD_PARTY = "several independent clients [3P]"
PASSED_ON = "a code of SendSms, seen from PNVS by clients [3P]"
SIBLING = "VerifySmsCode, an older operation of this product: help.aliyun.com/zh/pnvs [U]"

MINUTE, DAY = 60, 86_400

_NO_ACTION: Bilingual = (
    "无需处理：号码已达频率上限，到时自动恢复。",
    "Nothing to do: the number got its share, which comes back by itself.",
)
_CHECK_NUMBER: Bilingual = (
    "请用户核对手机号；PNVS 只发中国内地号码。",
    "Let the user check the number; PNVS sends to the mainland only.",
)
_SUBSCRIBE: Bilingual = (
    "用这个账号在号码认证控制台开通短信认证。",
    "Activate SMS verification in the PNVS console with this account.",
)
_SIGN: Bilingual = (
    "核对 PNVS_SIGN_NAME：须为控制台“赠送签名”中的一个，与赠送模板配套。",
    "Check PNVS_SIGN_NAME: one of the gifted signs that the console lists, paired with gifted "
    "templates.",
)
_TEMPLATE: Bilingual = (
    "核对 PNVS_TEMPLATES：须为控制台“赠送模板”中的模板。",
    "Check PNVS_TEMPLATES: templates from the gifted ones that the console lists.",
)
_PERMIT: Bilingual = (
    "给函数角色授予 dypns:SendSmsVerifyCode：scripts/policy 会写出所需策略。",
    "Grant the functions' role dypns:SendSmsVerifyCode: scripts/policy writes the policy.",
)
_PARAMS: Bilingual = (
    "核对 PNVS_SIGN_NAME、PNVS_TEMPLATES 与模板变量（code 与 min）。",
    "Check PNVS_SIGN_NAME, PNVS_TEMPLATES and the templates' variables (code and min).",
)
_WAIT_AND_SEE: Bilingual = (
    "可能已受理：勿人工补发，等回执；持续出现时提交工单。",
    "It may have been taken: do not send again by hand, wait for the report; if it lasts, open a "
    "ticket.",
)


def _ours(chinese: str, english: str, advice: Bilingual) -> Meaning:
    """Return a row of what is wrong with our account or settings; it was not taken."""
    reason = (chinese, english)
    one_off = advice in (_TEMPLATE, _PARAMS)
    return Meaning(
        Verdict.MISCONFIGURED, reason, advice, THIRD_PARTY, elsewhere=True, one_off=one_off
    )


def _too_often(chinese: str, english: str, retry_after: int) -> Meaning:
    reason = (chinese, english)
    return Meaning(Verdict.WAIT, reason, _NO_ACTION, THIRD_PARTY, retry_after=retry_after)


def _passed_on(code: str, advice: Bilingual | None = None) -> Meaning:
    """Return the row of a code that SendSms has too."""
    row = SMS_CODES[code]
    return replace(row, advice=advice or row.advice, source=PASSED_ON)


_TOO_SOON = _too_often("两次发送间隔太短", "sent to this number a moment ago", MINUTE)
_NOT_OPEN = _ours("未开通短信认证", "SMS verification is not activated", _SUBSCRIBE)

CODES: Mapping[str, Meaning] = {
    "biz.FREQUENCY": _TOO_SOON,
    "FREQUENCY_FAIL": _TOO_SOON,
    "BUSINESS_LIMIT_CONTROL": _too_often(
        "号码达到当日上限", "the number reached its limit of the day", DAY
    ),
    "MOBILE_NUMBER_ILLEGAL": Meaning(
        Verdict.BAD_NUMBER,
        ("手机号无效", "the number is not valid"),
        _CHECK_NUMBER,
        THIRD_PARTY,
    ),
    "INVALID_PARAMETERS": _ours("请求参数有误", "a parameter of the request is wrong", _PARAMS),
    "FUNCTION_NOT_OPENED": _NOT_OPEN,
    "OFFER_NOT_ORDER_STATUS": _NOT_OPEN,
    "InvalidSignName": _ours("签名不是赠送签名", "the sign name is not a gifted one", _SIGN),
    "isv.SMS_TEMPLATE_ILLEGAL": _ours(
        "模板不是赠送模板", "the template is not a gifted one", _TEMPLATE
    ),
    "isv.SMS_SIGNATURE_ILLEGAL": _passed_on("isv.SMS_SIGNATURE_ILLEGAL", _SIGN),
    "isv.OUT_OF_SERVICE": _passed_on("isv.OUT_OF_SERVICE"),
    "isv.ACCOUNT_NOT_EXISTS": _passed_on("isv.ACCOUNT_NOT_EXISTS"),
    "isv.ACCOUNT_ABNORMAL": _passed_on("isv.ACCOUNT_ABNORMAL"),
    "isv.PRODUCT_UN_SUBSCRIPT": _passed_on("isv.PRODUCT_UN_SUBSCRIPT", _SUBSCRIBE),
    "isv.PRODUCT_UNSUBSCRIBE": _passed_on("isv.PRODUCT_UNSUBSCRIBE", _SUBSCRIBE),
    "isp.RAM_PERMISSION_DENY": _passed_on("isp.RAM_PERMISSION_DENY", _PERMIT),
    "isv.DAY_LIMIT_CONTROL": _passed_on("isv.DAY_LIMIT_CONTROL"),
    "Unsupported.Account": replace(_NOT_OPEN, source=SIBLING),
    "isp.SYSTEM_ERROR": _passed_on("isp.SYSTEM_ERROR"),
    "SMS_SEND_FAILED": Meaning(
        Verdict.UNCONFIRMED,
        ("发送失败，是否已受理不明", "sending failed; whether it was taken is not said"),
        _WAIT_AND_SEE,
        THIRD_PARTY,
    ),
}

DYPNS = Product("dypns", CODES, GATEWAY)


def sign_refused(code: str) -> bool:
    """Say whether a code may be about the sign name, so that another one may be taken.

    One seen answer gives a bad sign name or template as INVALID_PARAMETERS [3P].
    """
    return without_prefix(code) in (
        "InvalidSignName",
        "SMS_SIGNATURE_ILLEGAL",
        "INVALID_PARAMETERS",
    )


class Check(enum.Enum):
    """What a code of CheckSmsVerifyCode says of the code that was checked."""

    WRONG = "wrong"
    """It is wrong, expired or spent."""
    FAILED = "failed"
    """Nothing: the service did not check it."""


@dataclass(frozen=True, slots=True)
class CheckMeaning:
    """One row; an `OK` is read from the answer's VerifyResult instead."""

    check: Check
    reason: Bilingual
    advice: Bilingual
    source: str = THIRD_PARTY


_WRONG = CheckMeaning(
    Check.WRONG,
    ("验证码错误、过期或已用过", "the code is wrong, expired or spent"),
    (
        "请用户核对，或重新获取；若大量出现，核对 PNVS 方案名称是否与发送时一致。",
        "Let the user look again, or ask for a new code; if there are many, see that the scheme "
        "name is the one of the send.",
    ),
)

CHECKS: Mapping[str, CheckMeaning] = {
    "isv.ValidateFail": _WRONG,
    "SmsCodeVerifyFail": replace(_WRONG, source=SIBLING),
    "MissingVerifyCode": CheckMeaning(
        Check.FAILED,
        ("请求没有带验证码", "the request carried no code"),
        ("请带 code 报告缺陷。", "Report it with its code."),
    ),
}


def checked(code: str) -> Check:
    """Say what a code of CheckSmsVerifyCode means; one that is not known checked nothing."""
    bare = without_prefix(code)
    rows = (row.check for known, row in CHECKS.items() if without_prefix(known) == bare)
    return next(rows, Check.FAILED)
