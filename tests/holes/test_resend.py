"""Codes that come back, and codes that a failed resend takes away (two holes)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scripts.ops_cli.__main__ import main as ops
from tests.service import PHONE, Service, wrong

Setting = Callable[..., None]
At = Callable[[float], None]


@pytest.mark.parametrize("end", ["spent", "used_up", "failed", "replaced", "refused"])
def test_a_replaced_code_never_comes_back(service: Service, setting: Setting, end: str) -> None:
    setting(LIMIT_PHONE="10/60s")
    first = service.sent()
    second = service.sent(replaces=first[0])
    if end == "spent":
        assert service.verify(*second).status == 200
    elif end == "used_up":
        for _ in range(3):
            service.verify(second[0], wrong(second[1]))
    elif end == "failed":
        service.receipt([service.report(second[0], success=False, err_code="MK:0001")])
    elif end == "replaced":
        service.sent(replaces=second[0])
    else:
        service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH")
        assert service.send(replaces=second[0]).code == "provider_rejected"
    assert service.verify(*first).code == "code_rejected"
    assert (service.verify(*second).status == 200) is (end in ("failed", "refused"))


CAPTCHA = {"ACCESS": "captcha", "CAPTCHA": "turnstile"}


@pytest.mark.parametrize(
    ("settings", "fields", "code"),
    [
        ({"LIMIT_PHONE": "1/60s"}, {}, "rate_limited"),
        ({"LIMIT_IP": "1/1d"}, {}, "rate_limited"),
        ({"LIMIT_TOTAL": "1/1d"}, {}, "daily_cap_reached"),
        (CAPTCHA, {}, "captcha_required"),
        (CAPTCHA, {"captcha": "fail-1"}, "captcha_failed"),
        ({}, {"scene": "nowhere"}, "unknown_scene"),
        ({}, {"phone": "+852 6123 4567"}, "unsupported_region"),
        ({}, {"client_ip": "198.51.100.1"}, "invalid_request"),
        ({"ACCESS": None}, {}, "unauthorized"),
        ({"TABLESTORE_ENDPOINT": "http://127.0.0.1:9"}, {}, "storage_unavailable"),
    ],
)
def test_no_refused_resend_destroys_the_living_code(
    service: Service,
    setting: Setting,
    at: At,
    settings: dict[str, str | None],
    fields: dict[str, str],
    code: str,
) -> None:
    at(0)
    setting(LIMIT_PHONE="10/60s")
    living = service.sent()
    setting(**settings)
    assert service.send(replaces=living[0], **fields).code == code
    setting(**{name: service.cloud.environment.get(name) for name in settings})
    assert service.verify(*living).status == 200


@pytest.mark.parametrize(
    ("effect", "operation"),
    [
        ("partial:0:OTSConditionCheckFail", "BatchWriteRow"),
        ("drop_after", "BatchWriteRow"),
        ("error:OTSServerUnavailable", "BatchGetRow"),
    ],
)
def test_no_resend_that_the_store_fails_destroys_the_living_code(
    service: Service, setting: Setting, effect: str, operation: str
) -> None:
    setting(LIMIT_PHONE="10/60s")
    living = service.sent()
    service.cloud.fault("tablestore", operation, effect, -1)
    assert service.send(replaces=living[0]).status in (429, 503)
    service.cloud.control("faults", {"clear": True})
    assert service.verify(*living).status == 200


def test_a_resend_to_a_number_that_was_denied_meanwhile_destroys_nothing(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    living = service.sent()
    assert ops(["lists", "add", "deny", PHONE, "--reason", "bomb"]) == 0
    assert service.send(replaces=living[0]).code == "phone_blocked"
    assert service.verify(*living).status == 200
