"""What Turnstile's answers mean, over loopback."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from shared import logs
from shared.captcha.turnstile import Turnstile
from shared.domain.deadline import Deadline
from shared.ports import CaptchaAnswer, Humanity
from tests.service import Cloud
from tests.unit.captcha_server import Clock, Server

OPERATION = "siteverify"
SECRET = "local-turnstile-secret"
ALWAYS_PASSES, ALWAYS_FAILS, ALWAYS_SPENT = (f"{digit}x{'0' * 31}AA" for digit in (1, 2, 3))
TOKEN = "captcha-canary b+c&d=%20é\n"
PASS = {"success": True, "error-codes": [], "hostname": "example.com", "action": ""}


def client(endpoint: str, secret: str = SECRET, *hostnames: str, **options: Any) -> Turnstile:
    return Turnstile(secret, endpoint=endpoint, hostnames=frozenset(hostnames), **options)


def check(
    captcha: Turnstile,
    token: str = "token",
    *,
    address: str | None = "203.0.113.7",
    seconds: float = 1.0,
) -> CaptchaAnswer:
    deadline = Deadline.after(seconds, clock=time.monotonic)
    return captcha.check(token, scene="sign_in", address=address, deadline=deadline)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.says(PASS)
        yield server


@pytest.fixture
def captcha(running_cloud: Cloud) -> Turnstile:
    running_cloud.reset()
    return client(running_cloud.openapi)


def test_a_token_passes(captcha: Turnstile) -> None:
    assert check(captcha) == CaptchaAnswer(Humanity.PASSED)


def test_a_token_that_the_service_refuses_failed(captcha: Turnstile) -> None:
    assert check(captcha, "fail-1") == CaptchaAnswer(Humanity.FAILED, "invalid-input-response")


def test_a_token_that_passed_before_failed(captcha: Turnstile) -> None:
    check(captcha)
    assert check(captcha) == CaptchaAnswer(Humanity.FAILED, "timeout-or-duplicate")


def test_a_token_too_long_to_be_one_failed_without_a_call(
    running_cloud: Cloud, captcha: Turnstile
) -> None:
    answer = check(captcha, "t" * 2049)
    assert answer == CaptchaAnswer(Humanity.FAILED, "invalid-input-response")
    assert running_cloud.calls("captcha") == {}


@pytest.mark.parametrize(
    ("secret", "answer"),
    [
        (ALWAYS_PASSES, CaptchaAnswer(Humanity.PASSED)),
        (ALWAYS_FAILS, CaptchaAnswer(Humanity.FAILED, "invalid-input-response")),
        (ALWAYS_SPENT, CaptchaAnswer(Humanity.FAILED, "timeout-or-duplicate")),
        ("somebody-elses-secret", CaptchaAnswer(Humanity.MISCONFIGURED, "invalid-input-secret")),
        ("", CaptchaAnswer(Humanity.MISCONFIGURED, "missing-input-secret")),
    ],
)
def test_a_secret_has_its_answer(running_cloud: Cloud, secret: str, answer: CaptchaAnswer) -> None:
    captcha = client(running_cloud.openapi, secret)
    assert [check(captcha), check(captcha)] == [answer, answer]


@pytest.mark.parametrize("code", ["internal-error", "bad-request"])
def test_a_fault_that_is_not_the_tokens_leaves_it_unknown(
    running_cloud: Cloud, captcha: Turnstile, code: str
) -> None:
    running_cloud.fault("captcha", OPERATION, f"error:{code}")
    assert check(captcha) == CaptchaAnswer(Humanity.UNKNOWN, code)
    assert running_cloud.calls("captcha") == {OPERATION: 1}


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_error_of_http_leaves_it_unknown(
    running_cloud: Cloud, captcha: Turnstile, status: int
) -> None:
    running_cloud.fault("captcha", OPERATION, f"error:{status}")
    assert check(captcha) == CaptchaAnswer(Humanity.UNKNOWN, f"http_{status}")


@pytest.mark.parametrize("effect", ["drop", "drop_after"])
def test_a_connection_that_breaks_leaves_it_unknown_and_nothing_is_repeated(
    running_cloud: Cloud, captcha: Turnstile, effect: str
) -> None:
    running_cloud.fault("captcha", OPERATION, effect)
    assert check(captcha) == CaptchaAnswer(Humanity.UNKNOWN, "no_answer")
    assert running_cloud.calls("captcha") == {OPERATION: 1}


def test_a_slow_service_leaves_it_unknown_within_the_deadline(
    running_cloud: Cloud, captcha: Turnstile
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
        (200, b"[true]"),
        (200, b"{}"),
        (200, b'{"success": "true"}'),
        (200, b'{"success": 1}'),
        (500, json.dumps(PASS).encode()),
        (302, b""),
        (503, b'{"success": false}'),
    ],
)
def test_an_answer_that_is_none_leaves_it_unknown(server: Server, status: int, body: bytes) -> None:
    server.answer = (status, body)
    assert check(client(server.url)).humanity is Humanity.UNKNOWN


def test_a_refusal_is_one_whatever_its_status(server: Server) -> None:
    """Else, where failures of the service are let through, bad tokens would be too."""
    server.says({"success": False, "error-codes": ["invalid-input-response"]}, status=400)
    assert check(client(server.url)).humanity is Humanity.FAILED


def test_a_refusal_without_a_reason_is_one(server: Server) -> None:
    server.says({"success": False, "error-codes": "oops"})
    assert check(client(server.url)) == CaptchaAnswer(Humanity.FAILED)


@pytest.mark.parametrize(
    ("listed", "answered", "passes"),
    [
        ((), "anywhere.example", True),
        (("example.com", "www.example.com"), "www.example.com", True),
        (("example.com",), "www.example.com", False),
        (("example.com",), None, False),
        (("example.com",), ["example.com"], False),
    ],
)
def test_a_token_of_another_site_failed(
    server: Server, listed: tuple[str, ...], answered: object, passes: bool
) -> None:
    server.says({**PASS, "hostname": answered})
    answer = check(client(server.url, SECRET, *listed))
    expected = CaptchaAnswer(Humanity.FAILED, "wrong_hostname")
    assert answer == (CaptchaAnswer(Humanity.PASSED) if passes else expected)


@pytest.mark.parametrize(
    ("action", "passes"), [("sign_in", True), ("", True), (None, True), ("newsletter", False)]
)
def test_a_token_of_another_action_failed(server: Server, action: str | None, passes: bool) -> None:
    server.says({**PASS, "action": action})
    expected = CaptchaAnswer(Humanity.FAILED, "wrong_action")
    assert check(client(server.url)) == (CaptchaAnswer(Humanity.PASSED) if passes else expected)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:db8::/64", None),
        (None, None),
    ],
)
def test_the_address_is_sent_where_it_is_one(
    server: Server, address: str | None, sent: str | None
) -> None:
    check(client(server.url), TOKEN, address=address)
    expected = {"secret": SECRET, "response": TOKEN, "remoteip": sent}
    assert server.fields == {name: value for name, value in expected.items() if value}
    assert server.path == "/turnstile/v0/siteverify"


def test_a_connection_that_idled_is_not_used_again(server: Server) -> None:
    server.forgetful = True
    clock = Clock()
    captcha = client(server.url, clock=clock)
    assert check(captcha).humanity is Humanity.PASSED
    clock.now += 20
    assert check(captcha).humanity is Humanity.PASSED


def test_a_connection_that_did_not_idle_is_used_again(server: Server) -> None:
    server.forgetful = True
    clock = Clock()
    captcha = client(server.url, clock=clock)
    check(captcha)
    clock.now += 19
    assert check(captcha) == CaptchaAnswer(Humanity.UNKNOWN, "no_answer")


def test_neither_logs_nor_output_hold_token_or_secret(
    running_cloud: Cloud,
    captcha: Turnstile,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logs.silence_sdks()
    for effect in ("delay:0", "drop", "error:internal-error", "error:500", "delay:900"):
        running_cloud.fault("captcha", OPERATION, effect)
        check(captcha, f"captcha-canary-{effect}", seconds=0.4)
    written = caplog.text + "".join(capfd.readouterr())
    assert "canary" not in written
    assert SECRET not in written
    assert SECRET not in repr(captcha)
