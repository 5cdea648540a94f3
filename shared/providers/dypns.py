"""Send through Aliyun's Message Authentication (PNVS: Dypnsapi 2017-05-25), and check its codes.

SendSmsVerifyCode delivers a code of ours as it is, or makes one where the parameter says
`##code##`, which CheckSmsVerifyCode then compares (help.aliyun.com, pages of both operations).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_dypnsapi20170525.client import Client
    from alibabacloud_dypnsapi20170525.models import (
        CheckSmsVerifyCodeRequest,
        SendSmsVerifyCodeRequest,
    )
    from Tea.exceptions import TeaException

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.domain.places import MAINLAND
from shared.domain.templates import fits_template, template_for, template_params
from shared.guess_ports import CheckAnswer, Checked
from shared.ports import CodeMessage, Outcome
from shared.providers.answers import OK, answered, failed, hidden_code, no_answer, unreached
from shared.providers.connections import Idleness, time_outs
from shared.providers.dypns_codes import DYPNS, Check, checked, sign_refused
from shared.providers.renewal import LEAST_SECONDS, asked

COUNTRY = "86"
"""The only one (SendSmsVerifyCode, CountryCode)."""

MADE_BY_PNVS = "##code##"
DIGITS = 1
KEEP_EARLIER = 2
"""DuplicatePolicy: an earlier code goes on being good; which one is, our own rows say (I3)."""

SHORTEST_INTERVAL = 1
"""Seconds; PNVS itself would refuse a second send within 60, and our own limits hold (I4)."""

PASS = "PASS"  # noqa: S105 - a verdict
OF_ANOTHER = "other_out_id"


class Dypns:
    """Both operations with the keys of a source. Holds connections, so keep it.

    `sign_names` are gifted ones, of which Aliyun takes some away at times: the next is tried where
    one is refused. `managed` has PNVS make the codes. `templates` and `params` are as for Dysms.
    `clock` returns wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        endpoint: str,
        sign_names: Sequence[str],
        templates: Mapping[str, str],
        params: Mapping[str, Mapping[str, str]],
        managed: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = Client(openapi_config(keys, endpoint))
        self._sign_names = list(sign_names)
        self._templates = templates
        self._params = params
        self._managed = managed
        self._idleness = Idleness(clock)

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        """Hand one message over, at most once (I5): a refused sign name certainly sent nothing."""
        if message.number.region != MAINLAND:
            return unreached(DYPNS, "mainland_only")
        template = template_for(self._templates, region=message.number.region, scene=message.scene)
        if template is None:
            return unreached(DYPNS, "no_template")
        facts = {"code": message.code, "min": str(message.minutes)}
        if not fits_template(facts):
            return replace(unreached(DYPNS, "template_params"), template=template)
        if self._managed:
            facts["code"] = MADE_BY_PNVS
        params = template_params(self._params, template, facts)
        outcome = self._with_a_sign(message, template, json.dumps(params), deadline=deadline)
        return replace(outcome, template=template, managed=self._managed)

    def _with_a_sign(
        self, message: CodeMessage, template: str, params: str, *, deadline: Deadline
    ) -> Outcome:
        """Send under the first sign name that is taken, which then comes first.

        None is tried without time for its answer: that would leave open what became of it.
        """
        names = list(self._sign_names)
        outcome = self._under(names[0], message, template, params, deadline=deadline)
        for name in names[1:]:
            if not sign_refused(outcome.code) or deadline.left < LEAST_SECONDS:
                break
            outcome = self._under(name, message, template, params, deadline=deadline)
            if not sign_refused(outcome.code):
                self._sign_names = [name, *(other for other in names if other != name)]
        return outcome

    def _under(
        self,
        sign_name: str,
        message: CodeMessage,
        template: str,
        params: str,
        *,
        deadline: Deadline,
    ) -> Outcome:
        request = SendSmsVerifyCodeRequest(
            country_code=COUNTRY,
            phone_number=_national(message.number),
            sign_name=sign_name,
            template_code=template,
            template_param=params,
            out_id=message.verification_id,
            interval=SHORTEST_INTERVAL,
            **(self._wishes(message) if self._managed else {}),
        )
        return self._hand_over(request, deadline=deadline)

    def _wishes(self, message: CodeMessage) -> dict[str, Any]:
        """Say what kind of code PNVS is to make, and for how long it is good."""
        return {
            "code_length": message.policy.length,
            "code_type": DIGITS,
            "valid_time": message.policy.ttl,
            "duplicate_policy": KEEP_EARLIER,
        }

    def _hand_over(self, request: SendSmsVerifyCodeRequest, *, deadline: Deadline) -> Outcome:
        def send() -> Any:
            options = time_outs(deadline)
            return self._client.send_sms_verify_code_with_options(request, options).body

        self._idleness.end()
        try:
            body = asked(send, deadline=deadline)
        except TeaException as error:
            # The SDK's texts carry the request's URL, and with it number and code (I7).
            return failed(DYPNS, error)
        if body is None or not isinstance(body.code, str) or not body.code:
            return no_answer(DYPNS)
        biz_id = str(body.model.biz_id or "") if body.model is not None else ""
        return answered(DYPNS, body.code, str(body.message or ""), biz_id)

    def check(
        self, number: PhoneNumber, verification_id: str, code: str, *, deadline: Deadline
    ) -> CheckAnswer:
        """Put a guess to PNVS, once. The out id binds it to one message."""
        self._idleness.end()
        request = CheckSmsVerifyCodeRequest(
            country_code=COUNTRY,
            phone_number=_national(number),
            out_id=verification_id,
            verify_code=code,
        )

        def check() -> Any:
            options = time_outs(deadline)
            return self._client.check_sms_verify_code_with_options(request, options).body

        try:
            body = asked(check, deadline=deadline)
        except TeaException as error:
            return _refusal(failed(DYPNS, error))
        if body is None or not isinstance(body.code, str) or not body.code:
            return CheckAnswer(Checked.UNCLEAR, "no_answer")
        if body.code != OK:
            return _refusal(answered(DYPNS, body.code, ""))
        return _verdict(body.model, verification_id)


def _refusal(outcome: Outcome) -> CheckAnswer:
    """Say what a code of a check means; keys, permissions and throttling come before comparing."""
    if checked(outcome.code) is Check.WRONG:
        return CheckAnswer(Checked.WRONG, outcome.code)
    turned_away = outcome.elsewhere or not outcome.reached
    return CheckAnswer(Checked.NOT_ASKED if turned_away else Checked.UNCLEAR, outcome.code)


def _verdict(model: Any, verification_id: str) -> CheckAnswer:
    """Read an OK: a code that passed as that of another message is none of this one (I3)."""
    result = str(model.verify_result or "") if model is not None else ""
    if result != PASS:
        return CheckAnswer(Checked.WRONG, hidden_code(result))
    if model.out_id and model.out_id != verification_id:
        return CheckAnswer(Checked.WRONG, OF_ANOTHER)
    return CheckAnswer(Checked.RIGHT, PASS)


def _national(number: PhoneNumber) -> str:
    return number.e164.removeprefix(f"+{COUNTRY}")
