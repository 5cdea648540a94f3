"""What people read of each field: Chinese, English and an example, for every field of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import Bilingual

_ID, _PHONE, _E164 = "vB3kQ9fXw0sUa1LrT7yZpA", "13800138000", "+8613800138000"


@dataclass(frozen=True, slots=True)
class Text:
    """One field's words and an honest value."""

    chinese: str
    english: str
    example: Any

    @property
    def description(self) -> str:
        """Return the words in both languages."""
        return both((self.chinese, self.english))


def both(words: Bilingual) -> str:
    """Return Chinese and English as paragraphs of one text."""
    return "\n\n".join(words)


_SPELLING = Text(
    "手机号，可含空格、连字符、全角数字、86、0086 或 +86 前缀；其他地区以 + 和国家码开头。",
    "A mobile number; spaces, dashes, full-width digits and the prefixes 86, 0086 and +86 are all "
    "read. Numbers of other regions start with + and the country code.",
    _PHONE,
)
_SCENE = Text(
    "场景，取自配置项 SCENES。",
    "What the code is for: one of the setting SCENES.",
    "sign_in",
)
_CLIENT_IP = Text(
    "最终用户的 IP，只接受 API 密钥调用方（服务器）提交；其他调用方提交会被拒绝。",
    "The end user's IP address, taken only from a caller with an API key (a server); refused from "
    "anybody else.",
    None,
)
_OURS = Text(
    "验证编号，不可猜测；只交给请求方，请勿写入日志或网址。",
    "The verification's id, which cannot be guessed. Only who asked holds it: keep it out of logs "
    "and of page addresses.",
    _ID,
)

TEXTS: Mapping[str, Mapping[str, Text]] = {
    "SendCodeRequest": {
        "phone": _SPELLING,
        "scene": _SCENE,
        "captcha": Text(
            "人机验证的结果；仅在该场景启用人机验证时需要，每个只能用一次。",
            "The captcha's result, where one is asked for in this scene; each counts once.",
            None,
        ),
        "device_id": Text(
            "设备标识；设置了 LIMIT_DEVICE 时按它限流。",
            "What the device calls itself; limited by LIMIT_DEVICE where that is set.",
            None,
        ),
        "replaces": Text(
            "重新获取时填写上一次的验证编号：新短信被服务商接收后，旧验证码作废。",
            'On "send again": the earlier verification id, whose code dies once the provider has '
            "taken the new message.",
            None,
        ),
        "client_ip": _CLIENT_IP,
    },
    "SendCodeResponse": {
        "verification_id": _OURS,
        "expires_in": Text("验证码有效期（秒）。", "Seconds until the code expires.", 300),
        "resend_after": Text(
            "多少秒后可以重新获取。", "Seconds until another may be asked for.", 60
        ),
        "code_length": Text("验证码位数。", "How many digits the code has.", 6),
        "delivery": Text(
            "accepted：服务商已接收；unconfirmed：服务商未答复，短信可能到达。请勿因此立即重发。",
            "accepted: the provider took the message. unconfirmed: it gave no answer and the "
            "message may arrive, so do not send again at once.",
            "accepted",
        ),
    },
    "VerifyCodeRequest": {
        "phone": _SPELLING,
        "scene": _SCENE,
        "verification_id": _OURS,
        "code": Text(
            "用户输入的验证码，可为全角数字或含空格。",
            "The code as the user typed it; full-width digits and spaces are read.",
            "123456",
        ),
        "client_ip": _CLIENT_IP,
    },
    "VerifyCodeResponse": {
        "verified": Text(
            "总是 true；未通过以 code_rejected 回答。",
            "Always true; anything else is answered with code_rejected.",
            True,  # noqa: FBT003 - an example of the field
        ),
        "verification_id": _OURS,
        "phone": Text(
            "已验证的号码，E.164 格式。", "The number that was verified, in E.164.", _E164
        ),
    },
    "MessageResponse": {
        "verification_id": _OURS,
        "state": Text(
            "unconfirmed 服务商未答复；accepted 已接收，等待回执；unknown 一直没有回执；"
            "expired 验证码已过期且没有回执；failed 未送达；delivered 已送达。",
            "unconfirmed: the provider gave no answer; accepted: taken, its report awaited; "
            "unknown: no report ever came; expired: neither report nor life left; failed: not "
            "delivered; delivered.",
            "delivered",
        ),
        "reason": Text("状态的原因。", "Why it is in this state.", "短信已送达手机"),
        "advice": Text(
            "下一步该做什么。", "What to do next.", "请查看短信，包括拦截与垃圾短信箱。"
        ),
        "code": Text(
            "运营商或服务商的代码。", "The carrier's or provider's own code.", "DELIVERED"
        ),
        "provider": Text("发送的服务商。", "Which provider was asked.", "dysms"),
        "template": Text("所用的短信模板。", "The SMS template that was used.", "SMS_100001"),
        "segments": Text("计费条数。", "How many segments were billed.", 1),
        "sent_at": Text(
            "发送时间（北京时间）。",
            "When it was handed over, Beijing time.",
            "2026-11-21T16:59:58+08:00",
        ),
        "reported_at": Text(
            "回执时间（北京时间）。",
            "When the carrier reported, Beijing time.",
            "2026-11-21T17:00:00+08:00",
        ),
    },
    "Problem": {
        "status": Text("HTTP 状态码。", "The HTTP status.", 429),
        "title": Text("简短说明。", "What it is, in short.", "请求过于频繁"),
        "detail": Text("下一步该做什么。", "What to do next.", "请求过于频繁，请在 42 秒后重试。"),
        "code": Text(
            "稳定的错误码，程序请以它判断。",
            "The stable code; programs decide by this one.",
            "rate_limited",
        ),
        "request_id": Text(
            "请求编号，联系客服时请提供。",
            "The request's id; quote it when you report a problem.",
            "1-674eae6c-15b2172f-7db950e70148",
        ),
        "retry_after": Text(
            "多少秒后可以重试，与 Retry-After 头相同；仅在等待有用时出现。",
            "Seconds to wait, as in the header Retry-After; there where waiting helps.",
            42,
        ),
    },
}
