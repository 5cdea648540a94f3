"""The SMS stand-in, asked by the real SDK; and the endpoints under /_local."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from tests.service import Cloud

SIGN, TEMPLATE = "本地测试", "SMS_100001"
PARAMS = '{"code": "123456", "min": "5"}'


@pytest.fixture(scope="module")
def strict() -> Iterator[Cloud]:
    """A cloud with the flow limits that Aliyun sets by default."""
    cloud = Cloud.start("--sms-allow", "13700137000", "--no-reports")
    yield cloud
    cloud.stop()


def client(cloud: Cloud, secret: str = "local-secret", key: str = "local") -> Any:
    return Client(
        Config(
            access_key_id=key,
            access_key_secret=secret,
            endpoint=cloud.openapi.removeprefix("http://"),
            protocol="HTTP",
        )
    )


def send(cloud: Cloud, phone: str = "13800138000", **changes: str | None) -> Any:
    fields = {
        "phone_numbers": phone,
        "sign_name": SIGN,
        "template_code": TEMPLATE,
        "template_param": PARAMS,
        "out_id": "out-1",
        **changes,
    }
    return client(cloud).send_sms(SendSmsRequest(**fields)).body


@pytest.fixture(autouse=True)
def empty(strict: Cloud) -> None:
    strict.reset()


def test_a_message_is_rendered_into_the_outbox(strict: Cloud) -> None:
    biz_id = send(strict).biz_id
    (message,) = strict.outbox()
    assert message.pop("at") > 0
    assert message == {
        "phone": "+8613800138000",
        "sign_name": SIGN,
        "template_code": TEMPLATE,
        "params": {"code": "123456", "min": "5"},
        "text": "【本地测试】您的验证码是123456，5分钟内有效。请勿向任何人泄露。",
        "out_id": "out-1",
        "biz_id": biz_id,
        "provider": "dysms",
        "state": "accepted",
        "err_code": "",
        "reported_at": 0.0,
    }


def test_several_numbers_are_several_messages(strict: Cloud) -> None:
    send(strict, "13800138000,+8613900139000,0085261234567")
    phones = {message["phone"] for message in strict.outbox()}
    assert phones == {"+8613800138000", "+8613900139000", "+85261234567"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "12345"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"phone": "13800138000,nobody"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"phone": ",".join(["13800138000"] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"sign_name": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"template_code": "SMS_0"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"template_param": '{"code": "1"}'}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"template_param": "code=1"}, "isv.INVALID_JSON_PARAM"),
        ({"template_param": "[]"}, "isv.INVALID_JSON_PARAM"),
        (
            {"template_param": json.dumps({"code": "1" * 36, "min": "5"})},
            "isv.PARAM_LENGTH_LIMIT",
        ),
        (
            {"template_param": json.dumps({"code": "http://x", "min": "5"})},
            "isv.PARAM_NOT_SUPPORT_URL",
        ),
    ],
)
def test_a_bad_parameter_has_the_services_code(
    strict: Cloud, changes: dict[str, str], code: str
) -> None:
    assert send(strict, **changes).code == code
    assert strict.outbox() == []


@pytest.mark.parametrize(
    ("phone", "template_code", "code"),
    [
        ("13800138000", "SMS_100010", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        ("+8613800138000", "SMS_100010", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        ("85261234567,13800138000", "SMS_100010", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        ("85261234567", "SMS_100010", "OK"),
        ("447700900123", "SMS_100010", "OK"),
        ("85261234567", "SMS_100001", "OK"),
    ],
)
def test_a_template_for_abroad_does_not_reach_the_mainland(
    strict: Cloud, phone: str, template_code: str, code: str
) -> None:
    assert send(strict, phone, template_code=template_code).code == code
    assert len(strict.outbox()) == (code == "OK")


@pytest.mark.parametrize(
    ("template_code", "value", "code"),
    [
        ("SMS_100006", "1234", "OK"),
        ("SMS_100006", "123456", "OK"),
        ("SMS_100006", "12345678", "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ("SMS_100006", "123", "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ("SMS_100006", "12ab", "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ("SMS_100001", "12345678", "OK"),
    ],
)
def test_a_code_keeps_the_rule_that_its_template_states(
    strict: Cloud, template_code: str, value: str, code: str
) -> None:
    params = json.dumps({"code": value, "min": "5"})
    answer = send(strict, template_code=template_code, template_param=params)
    assert answer.code == code
    assert len(strict.outbox()) == (code == "OK")


@pytest.mark.parametrize("name", ["phone_numbers", "sign_name", "template_code"])
def test_a_parameter_that_is_missing_is_named(strict: Cloud, name: str) -> None:
    with pytest.raises(ClientException) as error:
        send(strict, **{name: None})
    assert error.value.code.startswith("Missing")


def test_a_number_gets_one_message_a_minute(strict: Cloud) -> None:
    send(strict)
    answer = send(strict)
    assert answer.code == "isv.BUSINESS_LIMIT_CONTROL"
    assert answer.message == "触发分钟级流控Permits:1"


def test_a_number_on_the_allow_list_gets_more(strict: Cloud) -> None:
    assert [send(strict, "13700137000").code for _ in range(3)] == ["OK"] * 3


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"key": "nobody"}, "InvalidAccessKeyId.NotFound"),
    ],
)
def test_a_request_that_is_not_signed_rightly_is_refused(
    strict: Cloud, options: dict[str, str], code: str
) -> None:
    request = SendSmsRequest(phone_numbers="13800138000", sign_name=SIGN, template_code=TEMPLATE)
    with pytest.raises(ClientException) as error:
        client(strict, **options).send_sms(request)
    assert error.value.code == code
    assert strict.outbox() == []


def test_a_number_asked_for_in_any_spelling_shows_its_messages(strict: Cloud) -> None:
    send(strict)
    for spelling in ("13800138000", "%2B8613800138000", "+86138-0013-8000"):
        assert len(strict.control(f"outbox?phone={spelling}")) == 1
    assert strict.control("outbox?phone=13900139000") == []


def test_a_report_changes_the_state_of_a_message(strict: Cloud) -> None:
    biz_id = send(strict).biz_id
    strict.control("report", {"biz_id": biz_id, "success": False, "err_code": "MOBILE_IN_BLACK"})
    (message,) = strict.outbox()
    assert (message["state"], message["err_code"]) == ("failed", "MOBILE_IN_BLACK")


def test_calls_are_counted_also_when_they_fail(strict: Cloud) -> None:
    strict.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    assert send(strict).code == "isv.OUT_OF_SERVICE"
    send(strict)
    assert strict.calls("dysms") == {"SendSms": 2}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"service": "dysms", "effect": "explode"}),
        ("faults", {"service": "nobody", "effect": "drop"}),
        ("faults", {"service": "dysms", "effect": "drop", "count": "often"}),
        ("report", {"biz_id": "1"}),
        ("report", {"biz_id": "nobody", "success": True}),
        ("outbox?phone=nobody", None),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_with_words(
    strict: Cloud, path: str, body: dict[str, object] | None
) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        strict.control(path, body)
    assert error.value.code in (400, 404)
    assert json.load(error.value)["error"]


def test_a_file_replaces_signs_and_templates(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.json"
    catalogue.write_text(
        json.dumps({"sign_names": ["我们"], "templates": {"SMS_7": "码${code}"}}), "utf-8"
    )
    cloud = Cloud.start("--catalogue", str(catalogue))
    try:
        assert send(cloud, sign_name="我们", template_code="SMS_7").code == "OK"
        assert cloud.outbox()[0]["text"] == "【我们】码123456"
        assert send(cloud).code == "isv.SMS_SIGNATURE_ILLEGAL"
    finally:
        cloud.stop()


def test_a_code_may_have_letters_where_its_template_says_so(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.json"
    template = {"text": "码${code}", "rules": {"code": "characterWithNumber2"}}
    catalogue.write_text(json.dumps({"sign_names": ["我们"], "templates": {"SMS_7": template}}))
    cloud = Cloud.start("--catalogue", str(catalogue), "--sms-flow-limits", "60:1000")
    try:
        found = {
            value: send(
                cloud,
                sign_name="我们",
                template_code="SMS_7",
                template_param=json.dumps({"code": value}),
            ).code
            for value in ("12aB", "12aB56", "12a", "12aB567", "12-B")
        }
    finally:
        cloud.stop()
    illegal = "isv.TEMPLATE_PARAMS_ILLEGAL"
    assert list(found.values()) == ["OK", "OK", illegal, illegal, illegal]


def test_the_outbox_survives_a_restart(tmp_path: Path) -> None:
    for expected in (0, 1):
        cloud = Cloud.start("--data", str(tmp_path))
        assert len(cloud.outbox()) == expected
        send(cloud)
        cloud.stop()
