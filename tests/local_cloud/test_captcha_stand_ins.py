"""The stand-ins for both captcha services, asked as their documentation says."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
from alibabacloud_captcha20230305.client import Client
from alibabacloud_captcha20230305.models import VerifyIntelligentCaptchaRequest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from tests.service import Cloud, at_once

SECRET = "local-turnstile-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.fixture(autouse=True)
def empty(running_cloud: Cloud) -> None:
    running_cloud.reset()


def verify(
    cloud: Cloud, token: str, scene_id: str | None = "local", secret: str = "local-secret"
) -> Any:
    config = Config(
        access_key_id="local",
        access_key_secret=secret,
        endpoint=cloud.openapi.removeprefix("http://"),
        protocol="HTTP",
    )
    request = VerifyIntelligentCaptchaRequest(captcha_verify_param=token, scene_id=scene_id)
    return Client(config).verify_intelligent_captcha(request).body


def siteverify(cloud: Cloud, body: bytes, content_type: str = FORM) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{cloud.openapi}/turnstile/v0/siteverify", body, {"Content-Type": content_type}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def form(**fields: str) -> bytes:
    return urllib.parse.urlencode(fields).encode()


@pytest.mark.parametrize(
    ("token", "scene_id", "code"),
    [
        ("token", "local", "T001"),
        ("token", None, "T001"),
        ("fail", "local", "F001"),
        ("", "local", "F002"),
        ("验证", "local", "F003"),
        ("line\nbreak", "local", "F003"),
        ("token", "another", "F012"),
    ],
)
def test_a_captcha_2_token_has_its_verify_code(
    running_cloud: Cloud, token: str, scene_id: str | None, code: str
) -> None:
    body = verify(running_cloud, token, scene_id)
    assert (body.code, body.success) == ("Success", True)
    assert (body.result.verify_code, body.result.verify_result) == (code, code == "T001")


def test_a_captcha_2_token_passes_once_also_when_it_comes_twice_at_once(
    running_cloud: Cloud,
) -> None:
    bodies = at_once([lambda: verify(running_cloud, "token")] * 8)
    assert sorted(body.result.verify_code for body in bodies) == ["F008"] * 7 + ["T001"]


def test_captcha_2_checks_the_signature(running_cloud: Cloud) -> None:
    with pytest.raises(ClientException) as error:
        verify(running_cloud, "token", secret="wrong")
    assert error.value.code == "SignatureDoesNotMatch"
    assert running_cloud.calls("captcha") == {}


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"secret": SECRET, "response": "token"}, []),
        ({"secret": SECRET, "response": "token", "remoteip": "203.0.113.7"}, []),
        ({"secret": SECRET, "response": "fail-1"}, ["invalid-input-response"]),
        ({"secret": SECRET, "response": "t" * 2049}, ["invalid-input-response"]),
        ({"secret": SECRET, "response": ""}, ["missing-input-response"]),
        ({"secret": SECRET}, ["missing-input-response"]),
        ({"secret": "another", "response": "token"}, ["invalid-input-secret"]),
        ({"response": "token"}, ["missing-input-secret"]),
    ],
)
def test_turnstile_has_the_documented_error_codes_for_forms_and_json(
    running_cloud: Cloud, fields: dict[str, str], codes: list[str]
) -> None:
    for body, kind in ((form(**fields), FORM), (json.dumps(fields).encode(), JSON)):
        running_cloud.reset()
        status, answer = siteverify(running_cloud, body, kind)
        assert (status, answer["success"], answer["error-codes"]) == (200, not codes, codes)


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_turnstile_refuses_a_body_that_it_cannot_read(running_cloud: Cloud, body: bytes) -> None:
    status, answer = siteverify(running_cloud, body, JSON)
    assert (status, answer["error-codes"]) == (400, ["bad-request"])


def test_a_turnstile_token_passes_once_also_when_it_comes_twice_at_once(
    running_cloud: Cloud,
) -> None:
    body = form(secret=SECRET, response="token")
    answers = at_once([lambda: siteverify(running_cloud, body)[1]] * 8)
    assert sum(answer["success"] for answer in answers) == 1
    refused = [answer["error-codes"] for answer in answers if not answer["success"]]
    assert refused == [["timeout-or-duplicate"]] * 7


@pytest.mark.parametrize(
    ("digit", "codes"),
    [("1", []), ("2", ["invalid-input-response"]), ("3", ["timeout-or-duplicate"])],
)
def test_turnstiles_dummy_secrets_always_answer_the_same(
    running_cloud: Cloud, digit: str, codes: list[str]
) -> None:
    body = form(secret=f"{digit}x{'0' * 31}AA", response="token")
    answers = [siteverify(running_cloud, body)[1]["error-codes"] for _ in range(2)]
    assert answers == [codes, codes]


def test_both_count_their_calls_and_fail_on_demand(running_cloud: Cloud) -> None:
    running_cloud.fault("captcha", "VerifyIntelligentCaptcha", "error:Throttling")
    running_cloud.fault("captcha", "siteverify", "error:internal-error")
    with pytest.raises(ClientException):
        verify(running_cloud, "token")
    body = form(secret=SECRET, response="token")
    assert siteverify(running_cloud, body)[1]["error-codes"] == ["internal-error"]
    expected = {"VerifyIntelligentCaptcha": 1, "siteverify": 1}
    assert running_cloud.calls("captcha") == expected


def test_a_reset_forgets_which_tokens_were_used(running_cloud: Cloud) -> None:
    body = form(secret=SECRET, response="token")
    for _ in range(2):
        assert verify(running_cloud, "token").result.verify_result
        assert siteverify(running_cloud, body)[1]["success"]
        running_cloud.reset()
