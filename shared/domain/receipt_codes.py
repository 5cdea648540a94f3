"""What the carriers' codes mean, and what to do: one table, in Chinese and English.

Codes of reports and of QuerySendDetails. Sources: aliyun/alibabacloud-aiops-skills,
sms-error-codes.md, and help.aliyun.com 101346; those marked [3P] stand in copies of Aliyun's error
centre only. Aliyun calls the list incomplete: an unknown code is kept, and shown, as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain import delivery
from shared.errors import Bilingual


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message is in its state, and what to do; each in Chinese and English."""

    reason: Bilingual
    advice: Bilingual


_PHONE = (
    "请确认手机已开机、有信号且未停机，稍后重新获取。",
    "See that the phone is on, has reception and is not suspended, then ask for a new code.",
)
_NUMBER = (
    "请核对手机号；确认无误后重新获取。",
    "Check the phone number, then ask for a new code.",
)
_CARRIER = (
    "请联系运营商确认未屏蔽验证码短信，或更换手机号。",
    "Ask the carrier whether it blocks such messages, or use another number.",
)
_LATER = ("请稍后重新获取。", "Ask for a new code later.")
_AGAIN = (
    "请重新获取；若反复出现，请联系客服。",
    "Ask for a new code; contact support if it happens again.",
)
_SUPPORT = (
    "请联系客服；运维人员请在短信控制台检查签名与模板。",
    "Contact support; its operator checks sign name and template in the SMS console.",
)

CODES: Mapping[str, Explanation] = {
    "MOBILE_NOT_ON_SERVICE": Explanation(
        (
            "手机停机、空号、关机或不在服务区",
            "The number is suspended, unassigned, switched off or out of reach",
        ),
        _PHONE,
    ),
    "MOBILE_SEND_LIMIT": Explanation(
        (
            "该号码接收短信过于频繁，已被限制",
            "The number got too many messages and is limited for now",
        ),
        _LATER,
    ),
    "MOBILE_ACCOUNT_ABNORMAL": Explanation(
        (
            "号码账户异常，例如欠费或正在携号转网",
            "The number's account is not in order: unpaid, or being ported",
        ),
        _CARRIER,
    ),
    "MOBILE_IN_BLACK": Explanation(
        (
            "号码在黑名单中，通常因退订或投诉",
            "The number is on a block list, mostly after an opt-out or a complaint",
        ),
        _CARRIER,
    ),
    "MOBILE_TERMINAL_ERROR": Explanation(
        (
            "手机无法接收，例如存储已满或设备异常",
            "The phone could not take the message: its memory is full, or it is faulty",
        ),
        (
            "请清理短信存储或重启手机后重新获取。",
            "Free memory or restart the phone, then ask for a new code.",
        ),
    ),
    "USER_REJECT": Explanation(
        ("用户已退订，或未开通短信业务", "The user opted out, or has no SMS service"),
        _CARRIER,
    ),
    "INVALID_NUMBER": Explanation(
        ("号码无效或状态异常", "The number is invalid, or out of order"), _NUMBER
    ),
    "CONTENT_KEYWORD": Explanation(
        ("运营商按关键词拦截了内容", "The carrier blocked the text for a keyword"), _SUPPORT
    ),
    "CONTENT_ERROR": Explanation(
        ("短信内容不符合要求", "The text does not meet the carrier's rules"), _SUPPORT
    ),
    "EXPIRED": Explanation(
        ("在有效期内未能送达", "The message could not be delivered in time"), _PHONE
    ),
    "NO_ROUTE": Explanation(
        ("没有可用的发送通道", "No channel can carry this message at present"), _SUPPORT
    ),
    "SP_NOT_BY_INTER_SMS": Explanation(
        (
            "收件人未开通国际短信",
            "The recipient's contract takes no international messages",
        ),
        _CARRIER,
    ),
    "SP_UNKNOWN_ERROR": Explanation(
        ("运营商返回未知错误", "The carrier reported an unknown error"), _AGAIN
    ),
    "IS_CLOSE": Explanation(  # [3P]
        ("发送通道被关停", "The channel was shut down"), _LATER
    ),
    "PARAMS_ILLEGAL": Explanation(  # [3P]
        ("签名、内容或号码有误", "Sign name, text or number is wrong"), _SUPPORT
    ),
    "PORT_NOT_REGISTERED": Explanation(  # [3P]
        ("签名尚未在运营商报备", "The sign name is not registered with the carrier"), _SUPPORT
    ),
    "isv.ONE_CODE_MULTIPLE_SIGN": Explanation(  # [3P]
        ("同一扩展码用于多个签名", "One extension code serves several sign names"), _SUPPORT
    ),
    "isv.UNSUPPORTED_CONTENT": Explanation(  # [3P]
        ("内容含有不支持的字符", "The text has characters that are not supported"), _SUPPORT
    ),
}

ALIASES = {
    "MOBLLE_TERMINAL_ERROR": "MOBILE_TERMINAL_ERROR",
    "MK:0001": "INVALID_NUMBER",
    "MK:0005": "MOBILE_NOT_ON_SERVICE",
}
"""Spelt so in an older table of Aliyun's, or by the carriers themselves [3P]."""

_STATES: Mapping[str, Explanation] = {
    delivery.ACCEPTED: Explanation(
        ("已交给运营商，等待回执", "The carrier has the message; its report is awaited"),
        ("通常几秒内到达，请稍候。", "It mostly arrives within seconds. Wait a moment."),
    ),
    delivery.UNCONFIRMED: Explanation(
        (
            "短信服务商未及时答复，短信可能已发出",
            "The provider did not answer in time; the message may be on its way",
        ),
        (
            "请稍候；仍未收到时再重新获取。",
            "Wait a moment; ask for a new code if nothing arrives.",
        ),
    ),
    delivery.DELIVERED: Explanation(
        ("短信已送达手机", "The phone has the message"),
        (
            "请查看短信，包括拦截与垃圾短信箱。",
            "Look among the messages, those filtered as spam too.",
        ),
    ),
    delivery.UNKNOWN: Explanation(("运营商始终没有回执", "The carrier never reported"), _AGAIN),
    delivery.EXPIRED: CODES["EXPIRED"],
    delivery.FAILED: Explanation(("短信未能送达", "The message was not delivered"), _AGAIN),
}


def explain(state: str, code: str) -> Explanation:
    """Explain a state; of a failure by its code, an unknown one named as it is."""
    if state not in (delivery.FAILED, delivery.EXPIRED):
        return _STATES[state]
    known = CODES.get(ALIASES.get(code, code))
    if known is not None:
        return known
    general = _STATES[state]
    if not code:
        return general
    chinese, english = general.reason
    return Explanation((f"{chinese}（{code}）", f"{english} ({code})"), general.advice)
