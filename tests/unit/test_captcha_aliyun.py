"""What Captcha 2.0's answers mean, by the real SDK over loopback."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from shared import logs
from shared.captcha.aliyun import AliyunCaptcha
from shared.credentials import Keys
from shared.domain.deadline import Deadline
from shared.ports import CaptchaAnswer, Humanity
from tests.service import Cloud
from tests.unit.captcha_server import Clock, Server

KEYS = Keys("local", "local-secret", "local-token")
OPERATION = "VerifyIntelligentCaptcha"
TOKEN = 'captcha-canary {"a": "b+c&d=%20é"}\n'
SECONDS = 1.0
PASS = {"VerifyResult": True, "VerifyCode": "T001"}


def client(endpoint: str, **options: Any) -> AliyunCaptcha:
    settings = {"keys": KEYS, "scene_ids": {"*": "local", "bind": "bind-id"}, **options}
    return AliyunCaptcha(settings.pop("keys"), endpoint=endpoint, **settings)


def check(
    captcha: AliyunCaptcha,
    token: str = "token",
    *,
    scene: str = "sign_in",
    seconds: float = SECONDS,
) -> CaptchaAnswer:
    deadline = Deadline.after(seconds, clock=time.monotonic)
    return captcha.check(token, scene=scene, address="203.0.113.7", deadline=deadline)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def forgetful(server: Server) -> Server:
    """A server that hangs up on the second request of a connection."""
    server.answer = (200, json.dumps({"Code": "Success", "Success": True, "Result": PASS}).encode())
    server.forgetful = True
    return server


@pytest.fixture
def captcha(running_cloud: Cloud) -> AliyunCaptcha:
    running_cloud.reset()
    return client(running_cloud.openapi)


def test_a_token_passes(captcha: AliyunCaptcha) -> None:
    assert check(captcha) == CaptchaAnswer(Humanity.PASSED, "T001")


def test_a_token_that_the_service_refuses_failed(captcha: AliyunCaptcha) -> None:
    assert check(captcha, "fail-1") == CaptchaAnswer(Humanity.FAILED, "F001")


def test_a_token_that_passed_before_failed(captcha: AliyunCaptcha) -> None:
    check(captcha)
    assert check(captcha) == CaptchaAnswer(Humanity.FAILED, "F008")


def test_a_malformed_token_failed(captcha: AliyunCaptcha) -> None:
    assert check(captcha, TOKEN) == CaptchaAnswer(Humanity.FAILED, "F003")


def test_a_token_of_another_scene_failed(captcha: AliyunCaptcha) -> None:
    assert check(captcha, scene="bind") == CaptchaAnswer(Humanity.FAILED, "F012")


@pytest.mark.parametrize(
    ("code", "humanity"),
    [
        ("Throttling", Humanity.UNKNOWN),
        ("Throttling.User", Humanity.UNKNOWN),
        ("Forbidden.RAM", Humanity.MISCONFIGURED),
        ("Forbidden.AccountAccessDenied", Humanity.MISCONFIGURED),
        ("InternalError", Humanity.UNKNOWN),
        ("ServiceUnavailable", Humanity.UNKNOWN),
        ("SomethingElse", Humanity.UNKNOWN),
        ("MissingParameter", Humanity.FAILED),
        ("InvalidParameter", Humanity.FAILED),
    ],
)
def test_an_error_says_nothing_of_the_person_unless_the_token_caused_it(
    running_cloud: Cloud, captcha: AliyunCaptcha, code: str, humanity: Humanity
) -> None:
    running_cloud.fault("captcha", OPERATION, f"error:{code}")
    assert check(captcha) == CaptchaAnswer(humanity, code)
    assert running_cloud.calls("captcha") == {OPERATION: 1}


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (Keys("local", "wrong-secret", None), "SignatureDoesNotMatch"),
        (Keys("nobody", "local-secret", None), "InvalidAccessKeyId.NotFound"),
    ],
)
def test_keys_that_the_service_refuses_are_our_own_fault(
    running_cloud: Cloud, keys: Keys, code: str
) -> None:
    answer = check(client(running_cloud.openapi, keys=keys))
    assert answer == CaptchaAnswer(Humanity.MISCONFIGURED, code)


@pytest.mark.parametrize("effect", ["drop", "drop_after"])
def test_a_connection_that_breaks_leaves_it_unknown_and_nothing_is_repeated(
    running_cloud: Cloud, captcha: AliyunCaptcha, effect: str
) -> None:
    running_cloud.fault("captcha", OPERATION, effect)
    assert check(captcha) == CaptchaAnswer(Humanity.UNKNOWN, "no_answer")
    assert running_cloud.calls("captcha") == {OPERATION: 1}


def test_a_slow_service_leaves_it_unknown_within_the_deadline(
    running_cloud: Cloud, captcha: AliyunCaptcha
) -> None:
    running_cloud.fault("captcha", OPERATION, "delay:3000")
    started = time.monotonic()
    assert check(captcha, seconds=0.5) == CaptchaAnswer(Humanity.UNKNOWN, "no_answer")
    assert time.monotonic() - started < 1
    assert running_cloud.calls("captcha") == {OPERATION: 1}


def test_an_address_that_nobody_listens_on_leaves_it_unknown() -> None:
    assert check(client("http://127.0.0.1:9")) == CaptchaAnswer(Humanity.UNKNOWN, "no_answer")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>no</html>"),
        (200, b""),
        (200, b"\xff\xfe"),
        (200, b"null"),
        (200, b"[1]"),
        (200, b"{}"),
        (500, b"<html>no</html>"),
        (500, b"[1]"),
        (502, b""),
        (404, b"{}"),
        (200, json.dumps({"Code": "Success", "Success": True}).encode()),
        (200, json.dumps({"Code": "Success", "Success": True, "Result": "yes"}).encode()),
        (200, json.dumps({"Code": "Success", "Success": True, "Result": {}}).encode()),
        (200, json.dumps({"Code": "Failed", "Success": False, "Result": PASS}).encode()),
        (200, json.dumps({"Code": "Success", "Success": "yes", "Result": PASS}).encode()),
        (
            200,
            json.dumps(
                {"Code": "Success", "Success": True, "Result": {"VerifyResult": "true"}}
            ).encode(),
        ),
    ],
)
def test_an_answer_that_is_none_leaves_it_unknown(server: Server, status: int, body: bytes) -> None:
    server.answer = (status, body)
    assert check(client(server.url)).humanity is Humanity.UNKNOWN


def test_the_token_is_passed_on_unmodified_with_the_scene_id_of_the_scene(server: Server) -> None:
    check(client(server.url), TOKEN, scene="bind")
    assert server.fields == {"CaptchaVerifyParam": TOKEN, "SceneId": "bind-id"}
    assert "canary" not in server.path


def test_a_connection_that_idled_is_not_used_again(forgetful: Server) -> None:
    clock = Clock()
    captcha = client(forgetful.url, clock=clock)
    assert check(captcha).humanity is Humanity.PASSED
    clock.now += 20
    assert check(captcha).humanity is Humanity.PASSED


def test_a_connection_that_did_not_idle_is_used_again(forgetful: Server) -> None:
    clock = Clock()
    captcha = client(forgetful.url, clock=clock)
    check(captcha)
    clock.now += 19
    assert check(captcha) == CaptchaAnswer(Humanity.UNKNOWN, "no_answer")


def test_neither_logs_nor_output_hold_the_token(
    running_cloud: Cloud,
    captcha: AliyunCaptcha,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logs.silence_sdks()
    for effect in ("delay:0", "drop", "error:Throttling", "error:InternalError", "delay:900"):
        running_cloud.fault("captcha", OPERATION, effect)
        check(captcha, f"captcha-canary-{effect}", seconds=0.4)
    written = caplog.text + "".join(capfd.readouterr())
    assert "canary" not in written
    assert "local-secret" not in written
    assert "local-token" not in written
