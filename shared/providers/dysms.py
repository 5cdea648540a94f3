"""Send through Aliyun SMS (Dysmsapi 2017-05-25, SendSms); the one place for its error codes."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from ssl import SSLCertVerificationError
from typing import Any

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_dysmsapi20170525.models import SendSmsRequest
    from darabonba.exceptions import ResponseException
    from Tea.exceptions import TeaException

from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.ports import CodeMessage, Outcome, Verdict
from shared.providers.connections import Idleness, network_error, time_outs
from shared.providers.renewal import asked

NAME = "dysms"
MAINLAND = 86
REQUEST_TIMEOUT = 408

VERDICTS: Mapping[str, Verdict] = {
    "isv.MOBILE_NUMBER_ILLEGAL": Verdict.BAD_NUMBER,
    "isv.BLACK_KEY_CONTROL_LIMIT": Verdict.BLOCKED,
    "isv.BUSINESS_LIMIT_CONTROL": Verdict.WAIT,
    "VALVE:M_MC": Verdict.WAIT,
    "VALVE:H_MC": Verdict.WAIT,
    "VALVE:D_MC": Verdict.WAIT,
    "isv.DAY_LIMIT_CONTROL": Verdict.CAPPED,
    "isv.MONTH_LIMIT_CONTROL": Verdict.CAPPED,
    "isp.RAM_PERMISSION_DENY": Verdict.MISCONFIGURED,
}
"""What SendSms' own codes mean, where it is not "our configuration is wrong" (signs, templates,
parameters, account, permissions). Source: the service's list of API error codes, which warns
that after isp.SYSTEM_ERROR a repetition may send twice: so it may have been taken, and so may be
what any other failure inside the service (isp.) answers."""

_WAITS = {"分钟": 60, "小时": 3600, "天": 86_400}
_LEVEL = re.compile("触发(分钟|小时|天)级流控")
_VALVES = {"VALVE:M_MC": 60, "VALVE:H_MC": 3600, "VALVE:D_MC": 86_400}


class Dysms:
    """SendSms with the keys of a source. Holds connections, so keep it.

    `clock` returns wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        endpoint: str,
        sign_name: str,
        templates: Mapping[str, str],
        params: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = Client(openapi_config(keys, endpoint))
        self._sign_name = sign_name
        self._templates = templates
        self._params = params
        self._idleness = Idleness(clock)

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        """Hand one message over, at most once (I5): only refused keys let it be asked again."""
        self._idleness.end()
        facts = {"code": message.code, "min": str(message.minutes)}
        params = {
            self._params[name]: value for name, value in facts.items() if name in self._params
        }
        template = self._templates.get(message.scene) or self._templates["*"]
        request = SendSmsRequest(
            phone_numbers=as_dialled(message.number.e164),
            sign_name=self._sign_name,
            template_code=template,
            template_param=json.dumps(params),
            out_id=message.verification_id,
        )
        return replace(self._hand_over(request, deadline), template=template)

    def _hand_over(self, request: SendSmsRequest, deadline: Deadline) -> Outcome:
        def send() -> Any:
            return self._client.send_sms_with_options(request, time_outs(deadline)).body

        try:
            body = asked(send, deadline=deadline)
        except TeaException as error:
            # The SDK's texts carry the request's URL, and with it number and code (I7).
            return _failed(error)
        if body is None or not isinstance(body.code, str) or not body.code:
            return Outcome(Verdict.UNCONFIRMED, NAME, "no_answer")
        return _answered(body.code, str(body.message), str(body.biz_id or ""))


def as_dialled(e164: str) -> str:
    """Return a number as the service wants it: mainland national, others with country code."""
    digits = e164.removeprefix("+")
    return digits.removeprefix(str(MAINLAND)) if digits.startswith(str(MAINLAND)) else digits


def _answered(code: str, text: str, biz_id: str) -> Outcome:
    if code == "OK":
        return Outcome(Verdict.ACCEPTED, NAME, code, biz_id)
    inside = code.startswith("isp.")
    verdict = VERDICTS.get(code, Verdict.UNCONFIRMED if inside else Verdict.MISCONFIGURED)
    level = _LEVEL.search(text)
    retry_after = _WAITS[level[1]] if level else _VALVES.get(code)
    if verdict is Verdict.WAIT and retry_after is None:
        retry_after = 60
    return Outcome(verdict, NAME, code, retry_after=retry_after)


def _failed(error: TeaException) -> Outcome:
    """Say what an exception of the SDK means for the message.

    Without an answer, only a connection that was never made is certain not to have taken it.
    """
    if isinstance(error, ResponseException):
        code = str(error.code)
        if code.startswith("Throttling"):
            wait = math.ceil((error.retry_after or 1000) / 1000)  # the SDK counts milliseconds
            return Outcome(Verdict.TRY_LATER, NAME, code, retry_after=wait)
        status = error.status_code
        certain = status is not None and status < 500 and status != REQUEST_TIMEOUT
        return Outcome(Verdict.MISCONFIGURED if certain else Verdict.UNCONFIRMED, NAME, code)
    cause = network_error(error)
    if _wrong_certificate(cause):
        return Outcome(Verdict.TRY_LATER, NAME, "wrong_certificate", reached=False)
    if _never_connected(cause):
        return Outcome(Verdict.TRY_LATER, NAME, "not_connected", reached=False)
    return Outcome(Verdict.UNCONFIRMED, NAME, type(cause).__name__)


def _never_connected(error: BaseException) -> bool:
    return isinstance(error, ConnectTimeout) or isinstance(_reason(error), NewConnectionError)


def _wrong_certificate(error: BaseException) -> bool:
    """Say whether the server's certificate was refused, which is before anything is sent."""
    reason = _reason(error)
    return isinstance(reason, SSLError) and any(
        isinstance(cause, SSLCertVerificationError) for cause in reason.args
    )


def _reason(error: BaseException) -> BaseException | None:
    """Return urllib3's exception below one of `requests`."""
    retries = error.args[0] if error.args else None
    return retries.reason if isinstance(retries, MaxRetryError) else None
