"""Mainland numbers and numbers abroad get their own templates, through the door and the SDK."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import Service

Setting = Callable[..., None]
TEMPLATES = "SMS_100001,HK/reset_password=SMS_100003,intl/*=SMS_100002"


@pytest.mark.parametrize(
    ("phone", "scene", "e164", "template"),
    [
        ("138 0013 8000", "sign_in", "+8613800138000", "SMS_100001"),
        ("+8613800138000", "reset_password", "+8613800138000", "SMS_100001"),
        ("+852 6123 4567", "sign_in", "+85261234567", "SMS_100002"),
        ("+852 6123 4567", "reset_password", "+85261234567", "SMS_100003"),
        ("+886 912 345 678", "sign_in", "+886912345678", "SMS_100002"),
        ("+853 6612 3456", "sign_in", "+85366123456", "SMS_100002"),
        ("+65 8123 4567", "sign_in", "+6581234567", "SMS_100002"),
        ("+1 201 555 0123", "sign_in", "+12015550123", "SMS_100002"),
    ],
)
def test_a_number_gets_the_template_of_its_region(
    service: Service, setting: Setting, phone: str, scene: str, e164: str, template: str
) -> None:
    setting(REGIONS="CN,HK,TW,MO,SG,US", DYSMS_TEMPLATES=TEMPLATES)
    assert service.send(phone, scene=scene).status == 200
    (message,) = service.cloud.outbox()
    assert (message["phone"], message["template_code"]) == (e164, template)
    (row,) = service.rows("messages")
    assert row["template"] == template


@pytest.mark.parametrize("phone", ["+1 305 200 0000", "+14155552671", "001 (976) 555-0123"])
def test_a_number_that_reads_as_one_of_the_mainland_gets_nothing(
    service: Service, setting: Setting, phone: str
) -> None:
    setting(REGIONS="CN,US", DYSMS_TEMPLATES=TEMPLATES)
    answer = service.send(phone)
    assert answer.code in ("unsupported_region", "invalid_phone")
    assert service.cloud.outbox() == []
    assert service.rows("phones") == []


def test_why_such_a_number_gets_nothing_is_told(service: Service, setting: Setting) -> None:
    setting(REGIONS="CN,US", DYSMS_TEMPLATES=TEMPLATES)
    answer = service.send("+14155552671")
    assert answer.code == "unsupported_region"
    assert "可能发给他人" in answer.json["detail"]


def test_a_test_number_may_be_anywhere(service: Service, setting: Setting) -> None:
    setting(
        REGIONS="CN,US",
        SMS_PROVIDERS="dypns",
        TEST_NUMBERS="+14155552671=246810@2099-01-01",
    )
    answer = service.send("+14155552671")
    assert answer.status == 200
    assert service.verify(answer.json["verification_id"], "246810", "+14155552671").status == 200
    assert service.cloud.outbox() == []
