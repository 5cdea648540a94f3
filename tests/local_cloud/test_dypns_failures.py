"""The stand-in for PNVS: failures on demand, calls that are counted, and other signs."""

from __future__ import annotations

import json
import urllib.error
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from darabonba.exceptions import UnretryableException

from tests.local_cloud.dypns import PHONE, SIGNS, check, latest, send, verdict
from tests.service import Cloud

OPERATIONS = ("SendSmsVerifyCode", "CheckSmsVerifyCode")


def ask(cloud: Cloud, operation: str) -> Any:
    return send(cloud) if operation == OPERATIONS[0] else check(cloud, "1234")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "code",
    [
        "biz.FREQUENCY",
        "FREQUENCY_FAIL",
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.BUSINESS_LIMIT_CONTROL",
        "INVALID_PARAMETERS",
        "FUNCTION_NOT_OPENED",
        "OFFER_NOT_ORDER_STATUS",
        "InvalidSignName",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "SMS_SEND_FAILED",
        "isv.ValidateFail",
        "isv.OUT_OF_SERVICE",
    ],
)
def test_a_code_of_the_product_comes_with_http_200(pnvs: Cloud, operation: str, code: str) -> None:
    pnvs.fault("dypns", operation, f"error:{code}")
    body = ask(pnvs, operation)
    assert (body.code, body.success, body.model) == (code, False, None)
    assert ask(pnvs, operation).code == "OK"
    assert pnvs.calls("dypns") == {operation: 2}


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Throttling", 400),
        ("Throttling.User", 400),
        ("Throttling.Api", 400),
        ("InvalidSecurityToken.Expired", 400),
        ("InvalidSecurityToken.Malformed", 400),
        ("InvalidTimeStamp.Expired", 400),
        ("SignatureDoesNotMatch", 400),
        ("SignatureNonceUsed", 400),
        ("MissingPhoneNumber", 400),
        ("InvalidAccessKeyId.NotFound", 404),
        ("Forbidden.RAM", 403),
        ("Forbidden.NoPermission", 403),
        ("ServiceUnavailable", 503),
        ("ServiceUnavailable.Temporary", 503),
        ("InternalError", 500),
        ("isv.ValidateFail:400", 400),
        ("FUNCTION_NOT_OPENED:403", 403),
    ],
)
def test_a_code_of_the_gateway_has_its_own_http_status(pnvs: Cloud, code: str, status: int) -> None:
    pnvs.fault("dypns", "*", f"error:{code}")
    with pytest.raises(AlibabaCloudException) as error:
        send(pnvs)
    assert (error.value.code, error.value.status_code) == (code.partition(":")[0], status)
    assert pnvs.outbox() == []


@pytest.mark.parametrize(("effect", "sent"), [("drop", 0), ("drop_after", 1)])
def test_a_dropped_send_was_taken_or_not(pnvs: Cloud, effect: str, sent: int) -> None:
    pnvs.fault("dypns", "SendSmsVerifyCode", effect)
    with pytest.raises(UnretryableException):
        send(pnvs)
    assert len(pnvs.outbox()) == sent


@pytest.mark.parametrize(("effect", "found"), [("drop", "PASS"), ("drop_after", "UNKNOWN")])
def test_a_dropped_check_spent_the_code_or_not(pnvs: Cloud, effect: str, found: str) -> None:
    send(pnvs)
    pnvs.fault("dypns", "CheckSmsVerifyCode", effect)
    with pytest.raises(UnretryableException):
        check(pnvs, latest(pnvs))
    assert verdict(pnvs, latest(pnvs)) == found


def test_a_failure_of_sms_is_none_of_pnvs(pnvs: Cloud) -> None:
    pnvs.fault("dysms", "*", "error:isv.OUT_OF_SERVICE")
    assert send(pnvs).code == "OK"


def test_signs_change_from_one_day_to_the_next(pnvs: Cloud) -> None:
    assert pnvs.control("pnvs")["sign_names"] == list(SIGNS)
    pnvs.control("pnvs", {"sign_names": ["新赠签名", SIGNS[1]]})
    assert send(pnvs).code == "isv.INVALID_PARAMETERS"
    assert send(pnvs, sign_name="新赠签名").code == "OK"
    pnvs.reset()
    assert send(pnvs).code == "OK"


@pytest.mark.parametrize(
    "wish",
    [
        {"wrong": "FAIL"},
        {"expired": "isv.ValidateFail"},
        {"sign_names": "新赠签名"},
        {"sign_names": [1]},
        {"colour": "blue"},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_with_words(
    pnvs: Cloud, wish: dict[str, Any]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        pnvs.control("pnvs", wish)
    assert error.value.code == 400
    assert json.load(error.value)["error"]
    assert send(pnvs, PHONE).code == "OK"
