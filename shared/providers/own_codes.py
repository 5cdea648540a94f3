"""What is noted in the place of a provider's code where none was answered, or nobody was asked."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Bilingual
from shared.ports import Verdict
from shared.providers.codes import Meaning

OURS = "shared/providers/answers.py"

_WAIT_AND_SEE: Bilingual = (
    "可能已受理：勿人工补发，等回执或 maintain 的查询结果；经常出现时检查网络与超时。",
    "It may have been taken: do not send again by hand, wait for the report or for what maintain "
    "finds; if it is frequent, look at the network.",
)
_ENDPOINT: Bilingual = (
    "核对服务地址（*_ENDPOINT）与函数的公网或 VPC 出口。",
    "Check the endpoint (*_ENDPOINT), and the functions' way out (internet access, VPC).",
)
_CERTIFICATE: Bilingual = (
    "核对服务地址（*_ENDPOINT）；地址无误时检查代理与机器时钟。",
    "Check the endpoint (*_ENDPOINT); if it is right, look at proxies and the machine's clock.",
)
_OTHER_PROVIDER: Bilingual = (
    "在 SMS_PROVIDERS 中为该地域指定 dysms，例如 intl=dysms。",
    "Name dysms for that region in SMS_PROVIDERS, such as intl=dysms.",
)
_NAME_ONE: Bilingual = (
    "为该地域和场景设置模板，例如 <REGION>/* 或 intl/*。",
    "Name a template for that region and scene, such as <REGION>/* or intl/*.",
)
_SHORTER: Bilingual = (
    "核对 CODE_LENGTH 与 CODE_TTL：变量只能是 1 至 35 位字母或数字。",
    "Check CODE_LENGTH and CODE_TTL: variables are 1 to 35 letters or digits.",
)


def _unreached(verdict: Verdict, reason: Bilingual, advice: Bilingual) -> Meaning:
    one_off = verdict is Verdict.MISCONFIGURED
    return Meaning(verdict, reason, advice, OURS, elsewhere=True, one_off=one_off)


def _open(chinese: str, english: str) -> Meaning:
    return Meaning(Verdict.UNCONFIRMED, (chinese, english), _WAIT_AND_SEE, OURS)


UNREACHED: Mapping[str, Meaning] = {
    "not_connected": _unreached(
        Verdict.TRY_LATER, ("连接不上服务", "the service could not be reached"), _ENDPOINT
    ),
    "wrong_certificate": _unreached(
        Verdict.TRY_LATER, ("服务证书无效", "the server's certificate is wrong"), _CERTIFICATE
    ),
    "no_template": _unreached(
        Verdict.MISCONFIGURED,
        ("该地域和场景没有模板", "no template for that region and scene"),
        _NAME_ONE,
    ),
    "mainland_only": _unreached(
        Verdict.MISCONFIGURED,
        ("该服务只发中国内地号码", "this service sends to mainland China only"),
        _OTHER_PROVIDER,
    ),
    "template_params": _unreached(
        Verdict.MISCONFIGURED,
        ("模板变量不合规则", "what fills the template breaks its rules"),
        _SHORTER,
    ),
}
"""No provider saw the request."""

UNANSWERED: Mapping[str, Meaning] = {
    "no_answer": _open("答复中没有 Code", "an answer without a code"),
    "ReadTimeout": _open("等待答复超时", "no answer came in time"),
    "ConnectionError": _open("连接中断，没有答复", "the connection closed without an answer"),
}
"""The request went out, and what became of it is not known; other names of failures mean this."""

OWN: Mapping[str, Meaning] = {**UNREACHED, **UNANSWERED}
