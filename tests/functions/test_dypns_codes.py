"""Every code of PNVS over the real SDK, held to a list that was written down apart."""

from __future__ import annotations

from typing import Any

import pytest
from Tea.exceptions import TeaException

from shared.ports import Outcome, Verdict
from shared.providers.answers import answered, failed
from shared.providers.dypns_codes import CHECKS, DYPNS, Check, checked
from shared.use_cases.send_code import REFUSALS
from tests.local_cloud.dypns import check, send
from tests.provider_codes import GATEWAY, NO, OPEN, UNKNOWN, YES, Means, with_status
from tests.service import Cloud

VERIFY_CODE: Means = {
    "biz.FREQUENCY": ("rate_limited", NO),
    "FREQUENCY_FAIL": ("rate_limited", NO),
    "BUSINESS_LIMIT_CONTROL": ("rate_limited", NO),
    "isv.DAY_LIMIT_CONTROL": ("daily_cap_reached", NO),
    "MOBILE_NUMBER_ILLEGAL": ("invalid_phone", NO),
    "INVALID_PARAMETERS": ("provider_rejected", YES),
    "FUNCTION_NOT_OPENED": ("provider_rejected", YES),
    "OFFER_NOT_ORDER_STATUS": ("provider_rejected", YES),
    "Unsupported.Account": ("provider_rejected", YES),
    "InvalidSignName": ("provider_rejected", YES),
    "isv.SMS_TEMPLATE_ILLEGAL": ("provider_rejected", YES),
    "isv.SMS_SIGNATURE_ILLEGAL": ("provider_rejected", YES),
    "isv.OUT_OF_SERVICE": ("provider_rejected", YES),
    "isv.ACCOUNT_NOT_EXISTS": ("provider_rejected", YES),
    "isv.ACCOUNT_ABNORMAL": ("provider_rejected", YES),
    "isv.PRODUCT_UN_SUBSCRIPT": ("provider_rejected", YES),
    "isv.PRODUCT_UNSUBSCRIBE": ("provider_rejected", YES),
    "isp.RAM_PERMISSION_DENY": ("provider_rejected", YES),
    "isp.SYSTEM_ERROR": (OPEN, NO),
    "SMS_SEND_FAILED": (OPEN, NO),
}
PREFIXED: Means = {
    "isv.BUSINESS_LIMIT_CONTROL": VERIFY_CODE["BUSINESS_LIMIT_CONTROL"],
    "biz.FREQUENCY_FAIL": VERIFY_CODE["FREQUENCY_FAIL"],
    "FREQUENCY": VERIFY_CODE["biz.FREQUENCY"],
    "isv.MOBILE_NUMBER_ILLEGAL": VERIFY_CODE["MOBILE_NUMBER_ILLEGAL"],
    "isv.INVALID_PARAMETERS": VERIFY_CODE["INVALID_PARAMETERS"],
    "isv.FUNCTION_NOT_OPENED": VERIFY_CODE["FUNCTION_NOT_OPENED"],
    "SYSTEM_ERROR": VERIFY_CODE["isp.SYSTEM_ERROR"],
}


def test_the_list_names_every_row_of_the_table() -> None:
    assert set(VERIFY_CODE) == set(DYPNS.codes)


def handed_over(cloud: Cloud, effect: str) -> Outcome:
    cloud.fault("dypns", "SendSmsVerifyCode", effect)
    try:
        body = send(cloud)
    except TeaException as error:
        return failed(DYPNS, error)
    return answered(DYPNS, body.code, body.message)


@pytest.mark.parametrize(
    ("code", "status", "means"), with_status({**VERIFY_CODE, **PREFIXED}, GATEWAY)
)
def test_a_code_over_the_sdk_has_its_meaning(
    cloud: Cloud, code: str, status: str, means: tuple[str | None, bool]
) -> None:
    outcome = handed_over(cloud, f"error:{code}{status}")
    assert (REFUSALS.get(outcome.verdict), outcome.elsewhere) == means
    assert (outcome.provider, outcome.code, outcome.text) == ("dypns", code, "")
    assert cloud.outbox() == []


@pytest.mark.parametrize(("code", "status", "means"), with_status(UNKNOWN, {}))
def test_an_unknown_code_is_open_and_has_its_text(
    cloud: Cloud, code: str, status: str, means: tuple[str | None, bool]
) -> None:
    outcome = handed_over(cloud, f"error:{code}{status}")
    assert (REFUSALS.get(outcome.verdict), outcome.elsewhere) == means
    assert outcome.verdict is Verdict.UNCONFIRMED
    assert code in outcome.text


@pytest.mark.parametrize("effect", ["drop", "drop_after"])
def test_a_dropped_connection_is_open(cloud: Cloud, effect: str) -> None:
    outcome = handed_over(cloud, effect)
    assert (outcome.verdict, outcome.elsewhere) == (Verdict.UNCONFIRMED, False)


@pytest.mark.parametrize(
    ("code", "seconds"), [("biz.FREQUENCY", 60), ("BUSINESS_LIMIT_CONTROL", 86_400)]
)
def test_a_limit_says_how_long_to_wait(cloud: Cloud, code: str, seconds: int) -> None:
    assert handed_over(cloud, f"error:{code}").retry_after == seconds


def check_fails(cloud: Cloud, effect: str) -> Any:
    cloud.fault("dypns", "CheckSmsVerifyCode", effect)
    try:
        return checked(check(cloud, "123456").code)
    except TeaException as error:
        return checked(str(error.code))


@pytest.mark.parametrize("status", ["", ":400"])
@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("isv.ValidateFail", Check.WRONG),
        ("ValidateFail", Check.WRONG),
        ("SmsCodeVerifyFail", Check.WRONG),
        ("MissingVerifyCode", Check.FAILED),
        ("Throttling.User", Check.FAILED),
        ("isp.SYSTEM_ERROR", Check.FAILED),
        ("isv.SOMETHING_NEW", Check.FAILED),
    ],
)
def test_a_code_of_a_check_tells_a_wrong_code_from_a_failure(
    cloud: Cloud, code: str, status: str, means: Check
) -> None:
    assert check_fails(cloud, f"error:{code}{status}") is means
    assert {known for known, row in CHECKS.items() if row.check is Check.WRONG} == {
        "isv.ValidateFail",
        "SmsCodeVerifyFail",
    }
