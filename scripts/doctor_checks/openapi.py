"""Ask Alibaba Cloud's OpenAPI with the operator's keys, and say what its refusals mean.

The texts of the SDK's errors carry the request's URL, so only their codes are told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from scripts.doctor_checks.check import Finding, failure, warning
from shared.errors import Bilingual

CONNECT_MILLISECONDS, READ_MILLISECONDS = 3000, 5000

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
    return RuntimeOptions(connect_timeout=CONNECT_MILLISECONDS, read_timeout=READ_MILLISECONDS)


def asked(action: str, ask: Callable[[], Answer], *, permission: str) -> Answer:
    """Return the answer to a call; raise Refusal for errors of the gateway and the network."""
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
    if code.startswith(("Throttling", "ServiceUnavailable", "InternalError", "isp.SYSTEM")):
        return warning(found, _THROTTLED)
    if code.startswith(("Forbidden", "NoPermission", "isp.RAM_PERMISSION_DENY")):
        return failure(
            found,
            (f"为当前身份授予 {permission}", f"grant {permission} to whose keys these are"),
        )
    if code.startswith(("InvalidAccessKey", "InvalidSecurityToken", "SignatureDoesNotMatch")):
        return failure(found, _WRONG_KEYS)
    if code.startswith("InvalidTimeStamp"):
        return failure(found, _WRONG_CLOCK)
    return failure(
        found,
        otherwise or ("错误码含义见 API 文档", "look the code up in the API's documentation"),
    )


def _no_answer(action: str) -> Finding:
    return failure((f"{action} 没有应答", f"{action} got no answer"), _UNREACHABLE)
