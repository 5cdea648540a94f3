"""Every code of SendSms over the real SDK, held to a list that was written down apart."""

from __future__ import annotations

import time
from typing import Any

import pytest

from shared.credentials import Keys
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.ports import CodeMessage, Outcome, Verdict
from shared.providers.dysms import Dysms
from shared.providers.dysms_codes import DYSMS
from shared.use_cases.send_code import REFUSALS
from tests.provider_codes import GATEWAY, NO, OPEN, UNKNOWN, YES, Means, with_status
from tests.service import Cloud, Service

SENDSMS: Means = {
    "isv.BUSINESS_LIMIT_CONTROL": ("rate_limited", NO),
    "VALVE:M_MC": ("rate_limited", NO),
    "VALVE:H_MC": ("rate_limited", NO),
    "VALVE:D_MC": ("rate_limited", NO),
    "isv.DAY_LIMIT_CONTROL": ("daily_cap_reached", NO),
    "isv.MONTH_LIMIT_CONTROL": ("daily_cap_reached", NO),
    "isv.MOBILE_NUMBER_ILLEGAL": ("invalid_phone", NO),
    "isv.BLACK_KEY_CONTROL_LIMIT": ("phone_blocked", NO),
    "isv.AMOUNT_NOT_ENOUGH": ("provider_rejected", YES),
    "isv.OUT_OF_SERVICE": ("provider_rejected", YES),
    "isv.ACCOUNT_NOT_EXISTS": ("provider_rejected", YES),
    "isv.ACCOUNT_ABNORMAL": ("provider_rejected", YES),
    "isv.PRODUCT_UN_SUBSCRIPT": ("provider_rejected", YES),
    "isv.PRODUCT_UNSUBSCRIBE": ("provider_rejected", YES),
    "isp.RAM_PERMISSION_DENY": ("provider_rejected", YES),
    "isv.SMS_SIGNATURE_ILLEGAL": ("provider_rejected", YES),
    "isv.SMS_SIGN_NAME_ILLEGAL": ("provider_rejected", YES),
    "isv.SMS_SIGN_ILLEGAL": ("provider_rejected", YES),
    "isv.SIGN_STATE_ILLEGAL": ("provider_rejected", YES),
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": ("provider_rejected", YES),
    "isv.SMS_TEMPLATE_ILLEGAL": ("provider_rejected", YES),
    "isv.TEMPLATE_MISSING_PARAMETERS": ("provider_rejected", YES),
    "isv.TEMPLATE_PARAMS_ILLEGAL": ("provider_rejected", YES),
    "isv.SMS_CONTENT_ILLEGAL": ("provider_rejected", YES),
    "isv.INVALID_PARAMETERS": ("provider_rejected", YES),
    "isv.INVALID_JSON_PARAM": ("provider_rejected", YES),
    "isv.PARAM_LENGTH_LIMIT": ("provider_rejected", YES),
    "isv.PARAM_NOT_SUPPORT_URL": ("provider_rejected", YES),
    "isv.EXTEND_CODE_ERROR": ("provider_rejected", YES),
    "isv.MOBILE_COUNT_OVER_LIMIT": ("provider_rejected", YES),
    "isv.DENY_IP_RANGE": ("provider_rejected", YES),
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": ("provider_rejected", YES),
    "isp.SYSTEM_ERROR": (OPEN, NO),
}
NUMBER = PhoneNumber("+8613800138000", "CN", 86)


def test_the_list_names_every_row_of_the_table() -> None:
    assert set(SENDSMS) == set(DYSMS.codes)
    for family in DYSMS.families:
        assert any(code.startswith(family) for code in GATEWAY), family


@pytest.fixture(scope="module")
def provider(running_cloud: Cloud) -> Dysms:
    return Dysms(
        Keys("local", "local-secret", None),
        endpoint=running_cloud.openapi,
        sign_name="本地测试",
        templates={"*": "SMS_100001"},
        params={"*": {"code": "code", "min": "min"}},
    )


def handed_over(provider: Dysms, cloud: Cloud, effect: str) -> Outcome:
    cloud.fault("dysms", "SendSms", effect)
    message = CodeMessage(NUMBER, "sign_in", "123456", CodePolicy(6, 300, 3), "v1")
    return provider.send(message, deadline=Deadline.after(8, clock=time.monotonic))


@pytest.mark.parametrize(("code", "status", "means"), with_status(SENDSMS, GATEWAY))
def test_a_code_over_the_sdk_has_its_meaning(
    cloud: Cloud, provider: Dysms, code: str, status: str, means: tuple[str | None, bool]
) -> None:
    outcome = handed_over(provider, cloud, f"error:{code}{status}")
    assert (REFUSALS.get(outcome.verdict), outcome.elsewhere) == means
    assert (outcome.code, outcome.reached, outcome.text) == (code, True, "")
    assert outcome.verdict is not Verdict.ACCEPTED


@pytest.mark.parametrize(("code", "means"), UNKNOWN.items(), ids=UNKNOWN)
def test_an_unknown_code_over_the_sdk_is_open_and_has_its_text(
    cloud: Cloud, provider: Dysms, code: str, means: tuple[str | None, bool]
) -> None:
    outcome = handed_over(provider, cloud, f"error:{code}")
    assert outcome.verdict is Verdict.UNCONFIRMED
    assert (REFUSALS.get(outcome.verdict), outcome.elsewhere) == means
    assert code in outcome.text


@pytest.mark.parametrize(
    ("code", "means"), [pytest.param(*row, id=row[0]) for row in {**SENDSMS, **UNKNOWN}.items()]
)
def test_a_code_is_answered_to_the_caller_through_the_door(
    service: Service, code: str, means: tuple[str | None, bool]
) -> None:
    service.cloud.fault("dysms", "SendSms", f"error:{code}")
    answer = service.send()
    assert answer.code == means[0]
    assert answer.json.get("delivery") == ("unconfirmed" if means[0] is OPEN else None)
    assert service.cloud.calls("dysms") == {"SendSms": 1}


@pytest.mark.parametrize(
    ("effect", "code"),
    [("drop", "ConnectionError"), ("drop_after", "ConnectionError")],
)
def test_a_connection_that_ends_after_it_was_made_is_open(
    cloud: Cloud, provider: Dysms, effect: str, code: str
) -> None:
    outcome = handed_over(provider, cloud, effect)
    assert (outcome.verdict, outcome.code) == (Verdict.UNCONFIRMED, code)
    assert (outcome.elsewhere, outcome.reached) == (False, True)


def test_a_time_out_after_connecting_is_open(cloud: Cloud, provider: Dysms) -> None:
    cloud.fault("dysms", "SendSms", "delay_after:3000")
    message = CodeMessage(NUMBER, "sign_in", "123456", CodePolicy(6, 300, 3), "v1")
    outcome = provider.send(message, deadline=Deadline.after(0.6, clock=time.monotonic))
    assert (outcome.verdict, outcome.code) == (Verdict.UNCONFIRMED, "ReadTimeout")
    assert outcome.elsewhere is False
    assert len(cloud.outbox()) <= 1


def test_a_text_that_repeats_number_and_code_is_hidden_over_the_sdk(
    cloud: Cloud, provider: Dysms, everything_logged: Any
) -> None:
    outcome = handed_over(provider, cloud, "error:isv.NEW for 13800138000 and 123456")
    assert "NEW" in outcome.text
    for shown in (outcome.text, outcome.code, repr(outcome)):
        assert "1380013" not in shown
        assert "8000" not in shown
        assert "1234" not in shown
