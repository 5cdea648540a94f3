"""Ask Alibaba Cloud's OpenAPI with the operator's keys, and say what its refusals mean.

The texts of the SDK's errors carry the request's URL, so only their codes are told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from scripts.doctor_checks.check import Finding, failure, warning
from shared.errors import Bilingual

CONNECT_MILLISECONDS, READ_MILLISECONDS = 3000, 5000

DENIED = ("Forbidden", "NoPermission", "isp.RAM_PERMISSION_DENY", "RAM_PERMISSION_DENY")
"""How the codes begin that say RAM does not allow a call."""

PASSING = ("Throttling", "ServiceUnavailable", "InternalError", "isp.SYSTEM")
WRONG_KEYS = ("InvalidAccessKey", "InvalidSecurityToken", "SignatureDoesNotMatch")
WRONG_CLOCK = "InvalidTimeStamp"
NO_ANSWER = "no_answer"

Answer = TypeVar("Answer")

_THROTTLED: Bilingual = ("稍等片刻再运行", "wait a moment, then run this again")
_WRONG_KEYS: Bilingual = (
    "检查 ALIBABA_CLOUD_ACCESS_KEY_ID 与 ..._SECRET；临时密钥还需未过期的 ..._SECURITY_TOKEN",
    "check ALIBABA_CLOUD_ACCESS_KEY_ID and ..._SECRET; temporary ones also need a "
    "..._SECURITY_TOKEN that has not expired",
)
_WRONG_CLOCK: Bilingual = ("校准本机时钟", "set this machine's clock right")
_UNREACHABLE: Bilingual = (
    "检查网络、代理与服务地址",
    "check the network, proxies and the endpoint",
)


class Refusal(Exception):
    """The service did not answer the question; `finding` says so."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found[1])
        self.finding = finding


def runtime() -> Any:
    """Return the time-outs of a call."""
    from darabonba.runtime import RuntimeOptions

    return RuntimeOptions(connect_timeout=CONNECT_MILLISECONDS, read_timeout=READ_MILLISECONDS)


def asked(action: str, ask: Callable[[], Answer], *, permission: str) -> Answer:
    """Return the answer to a call; raise Refusal for errors of the gateway and the network."""
    from Tea.exceptions import TeaException

    try:
        return ask()
    except TeaException as error:
        code = str(getattr(error, "code", None) or "")
        raise Refusal(
            refusal(action, code, permission=permission) if code else _no_answer(action)
        ) from None


def refusal(action: str, code: str, *, permission: str, otherwise: Bilingual | None = None) -> Any:
    """Say what an error code means and what to do; `otherwise` is for codes of the action's own."""
    found = (f"{action} 被拒绝：{code}", f"{action} was refused: {code}")
    if code.startswith(PASSING):
        return warning(found, _THROTTLED)
    if code.startswith(DENIED):
        return failure(
            found,
            (f"为当前身份授予 {permission}", f"grant {permission} to whose keys these are"),
        )
    if code.startswith(WRONG_KEYS):
        return failure(found, _WRONG_KEYS)
    if code.startswith(WRONG_CLOCK):
        return failure(found, _WRONG_CLOCK)
    return failure(
        found,
        otherwise or ("错误码含义见 API 文档", "look the code up in the API's documentation"),
    )


def body_or_code(ask: Callable[[], Any]) -> Any:
    """Return the body of an answer, or as a text the code of the SDK's exception."""
    from Tea.exceptions import TeaException

    try:
        return ask()
    except TeaException as error:
        return str(getattr(error, "code", None) or NO_ANSWER)


def code_answered(ask: Callable[[], Any]) -> str:
    """Return the code of an answer, whether it comes in a body or as an exception of the SDK."""
    body = body_or_code(ask)
    return body if isinstance(body, str) else str(getattr(body, "code", None) or NO_ANSWER)


def unanswered(action: str, code: str, *, permission: str) -> Finding | None:
    """Say why the product did not look at a request; None where it did, whatever it said."""
    if code == NO_ANSWER:
        return _no_answer(action)
    if code.startswith((*DENIED, *PASSING, *WRONG_KEYS, WRONG_CLOCK)):
        found: Finding = refusal(action, code, permission=permission)
        return found
    return None


def _no_answer(action: str) -> Finding:
    return failure((f"{action} 没有应答", f"{action} got no answer"), _UNREACHABLE)
