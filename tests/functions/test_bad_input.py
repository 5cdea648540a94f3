"""Bad input is refused with a clear 4xx and a text that says what to do."""

from __future__ import annotations

import base64
import json

import pytest

from functions import send_code, verify_code
from tests.service import PHONE, Service

GOOD = {"phone": PHONE, "scene": "sign_in"}
BODIES: dict[str, tuple[object, int, str]] = {
    "empty": (b"", 400, "invalid_request"),
    "white space": (b" \n ", 400, "invalid_request"),
    "no JSON": (b"phone=13800138000", 400, "invalid_request"),
    "half a JSON": (b'{"phone": "138', 400, "invalid_request"),
    "null": (b"null", 400, "invalid_request"),
    "a list": (b"[]", 400, "invalid_request"),
    "a string": (b'"13800138000"', 400, "invalid_request"),
    "a number": (b"1", 400, "invalid_request"),
    "invalid UTF-8": (b'{"phone": "\xff\xfe", "scene": "sign_in"}', 400, "invalid_phone"),
    "one megabyte": (b'{"phone": "' + b"1" * 1_000_000 + b'"}', 413, "payload_too_large"),
    "deep nesting": (b"[" * 10_000, 400, "invalid_request"),
    "a huge number": (b'{"phone": ' + b"9" * 5000 + b"}", 400, "invalid_request"),
    "NaN": (b'{"phone": NaN, "scene": "sign_in"}', 400, "invalid_request"),
    "an unknown field": ({**GOOD, "telephone": "1"}, 400, "invalid_request"),
    "a missing field": ({"phone": PHONE}, 400, "invalid_request"),
    "a number for a phone": ({**GOOD, "phone": 13800138000}, 400, "invalid_request"),
    "null for a phone": ({**GOOD, "phone": None}, 400, "invalid_request"),
    "a list for a scene": ({**GOOD, "scene": ["sign_in"]}, 400, "invalid_request"),
    "an unknown scene": ({**GOOD, "scene": "sign_out"}, 400, "unknown_scene"),
    "an empty phone": ({**GOOD, "phone": ""}, 400, "invalid_phone"),
    "letters for a phone": ({**GOOD, "phone": "call me"}, 400, "invalid_phone"),
    "a landline": ({**GOOD, "phone": "010-12345678"}, 400, "invalid_phone"),
    "an impossible number": ({**GOOD, "phone": "12345678901"}, 400, "invalid_phone"),
    "a lone surrogate": (b'{"phone": "\\ud800", "scene": "sign_in"}', 400, "invalid_request"),
    "a lone surrogate for a name": (b'{"\\ud800": 1}', 400, "invalid_request"),
    "a NUL": ({**GOOD, "phone": "138\x0000138000"}, 400, "invalid_phone"),
    "a region that is off": ({**GOOD, "phone": "+85261234567"}, 400, "unsupported_region"),
    "a strange id to replace": ({**GOOD, "replaces": "../../x"}, 400, "invalid_request"),
    "a client_ip from anybody": ({**GOOD, "client_ip": "1.2.3.4"}, 400, "invalid_request"),
    "a long device id": ({**GOOD, "device_id": "d" * 129}, 400, "invalid_request"),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("gateway", ["http", "apigw"])
def test_a_bad_send_is_refused(service: Service, name: str, gateway: str) -> None:
    body, status, code = BODIES[name]
    service.gateway = gateway
    answer = service.post("/send-code", body)
    if name == "invalid UTF-8" and gateway == "apigw":
        code = "invalid_request"  # only Base64 brings the bytes as they are
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["detail"]
    assert service.cloud.outbox() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", 123456),
        ("code", ""),
        ("code", "12a456"),
        ("code", "1" * 9),
        ("code", None),
        ("verification_id", ""),
        ("verification_id", "x" * 65),
        ("verification_id", "汉字"),
        ("verification_id", 1),
    ],
)
def test_a_bad_verify_is_refused(service: Service, field: str, value: object) -> None:
    body = {**GOOD, "verification_id": "a" * 22, "code": "123456", field: value}
    answer = service.post("/verify-code", body)
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert field in answer.json["detail"]


@pytest.mark.parametrize("code", ["１２３４５６", " 123 456 ", "123456\n"])
def test_a_code_may_be_pasted_with_spaces_or_in_full_width(service: Service, code: str) -> None:
    body = {**GOOD, "verification_id": "a" * 22, "code": code}
    assert service.post("/verify-code", body).code == "code_rejected"


def test_an_unknown_field_is_not_repeated_in_the_answer(service: Service) -> None:
    answer = service.post("/send-code", {**GOOD, "<script>": "1"})
    assert "<script>" not in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_other_methods_are_not_allowed(service: Service, method: str) -> None:
    answer = service.post("/send-code", GOOD, method=method)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    "event",
    [
        b"",
        b"nonsense",
        b"null",
        b"[]",
        b"{}",
        b'{"version": "v1"}',
        b'{"requestContext": null, "headers": null, "body": null}',
        b'{"requestContext": {"http": []}, "headers": [], "body": {}}',
        b'{"triggerTime": "2026-11-21T00:00:00Z", "triggerName": "t", "payload": ""}',
    ],
)
@pytest.mark.parametrize("door", [send_code, verify_code])
def test_an_event_that_is_no_request_is_answered_and_not_raised(
    service: Service, event: bytes, door: object
) -> None:
    answer = door.handler(event, None)  # type: ignore[attr-defined]
    assert 400 <= answer["statusCode"] < 500
    assert service.cloud.calls("tablestore") == {}


def test_bad_base64_is_refused(service: Service) -> None:
    event = {"path": "/", "httpMethod": "POST", "body": "!!!", "isBase64Encoded": True}
    answer = send_code.handler(json.dumps(event).encode(), None)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "invalid_request")


def test_base64_is_read_whatever_its_flag_looks_like(service: Service) -> None:
    body = base64.b64encode(json.dumps(GOOD).encode()).decode()
    event = {"path": "/", "httpMethod": "POST", "body": body, "isBase64Encoded": "true"}
    assert send_code.handler(json.dumps(event).encode(), None)["statusCode"] == 200


def test_refusals_speak_chinese_unless_english_is_preferred(service: Service) -> None:
    chinese = service.post("/send-code", b"")
    english = service.post(
        "/send-code", b"", headers={"accept-LANGUAGE": "fr, en-GB;q=0.9, zh;q=0.5"}
    )
    assert "请求体为空" in chinese.json["detail"]
    assert "empty" in english.json["detail"]


def test_a_refusal_carries_what_the_contract_lists(service: Service) -> None:
    service.send()
    answer = service.send()
    assert set(answer.json) == {"status", "title", "detail", "code", "request_id", "retry_after"}
    assert answer.json["status"] == answer.status == 429
    assert answer.headers["Retry-After"] == str(answer.json["retry_after"])
    assert 0 < answer.json["retry_after"] <= 60


def test_a_verify_with_a_lone_surrogate_for_a_name_is_refused(service: Service) -> None:
    answer = service.post("/verify-code", b'{"\\ud800": 1}')
    assert (answer.status, answer.code) == (400, "invalid_request")
