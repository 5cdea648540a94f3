"""Send through Aliyun SMS (Dysmsapi 2017-05-25, SendSms)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_dysmsapi20170525.models import SendSmsRequest
    from Tea.exceptions import TeaException

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.domain.templates import fits_template, template_for, template_params
from shared.ports import CodeMessage, Outcome
from shared.providers.answers import answered, failed, no_answer, unreached
from shared.providers.connections import Idleness, time_outs
from shared.providers.dysms_codes import DYSMS
from shared.providers.renewal import asked

MAINLAND = "86"


class Dysms:
    """SendSms with the keys of a source. Holds connections, so keep it.

    `templates` are found by region and scene, `params` by template (shared/domain/templates.py).
    `clock` returns wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        endpoint: str,
        sign_name: str,
        templates: Mapping[str, str],
        params: Mapping[str, Mapping[str, str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = Client(openapi_config(keys, endpoint))
        self._sign_name = sign_name
        self._templates = templates
        self._params = params
        self._idleness = Idleness(clock)

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        """Hand one message over, at most once (I5): only refused keys let it be asked again."""
        template = template_for(self._templates, region=message.number.region, scene=message.scene)
        if template is None:
            return unreached(DYSMS, "no_template")
        facts = {"code": message.code, "min": str(message.minutes)}
        if not fits_template(facts):
            return replace(unreached(DYSMS, "template_params"), template=template)
        self._idleness.end()
        request = SendSmsRequest(
            phone_numbers=as_dialled(message.number.e164),
            sign_name=self._sign_name,
            template_code=template,
            template_param=json.dumps(template_params(self._params, template, facts)),
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
            return failed(DYSMS, error)
        if body is None or not isinstance(body.code, str) or not body.code:
            return no_answer(DYSMS)
        return answered(DYSMS, body.code, str(body.message or ""), str(body.biz_id or ""))


def as_dialled(e164: str) -> str:
    """Return a number as the service wants it: mainland national, others with country code."""
    digits = e164.removeprefix("+")
    return digits.removeprefix(MAINLAND)
