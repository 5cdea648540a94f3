"""The captcha before a send, through the real doors, with both services."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.functions.test_scripts import PYTHON, serving
from tests.service import PHONE, ROOT, Service, at_once

Setting = Callable[..., None]
OTHER = "13900139000"
OPERATIONS = {"aliyun": "VerifyIntelligentCaptcha", "turnstile": "siteverify"}
ALWAYS_PASSES = f"1x{'0' * 31}AA"
CANARY = "captcha-canary-0123456789"


@pytest.fixture(params=["aliyun", "turnstile"])
def kind(request: pytest.FixtureRequest, service: Service, setting: Setting) -> str:
    """Ask for a captcha before every send."""
    kind = str(request.param)
    setting(ACCESS="captcha", CAPTCHA=kind)
    return kind


def asked(service: Service) -> int:
    """Return how often a captcha service was asked."""
    return sum(service.cloud.calls("captcha").values())


def test_a_send_with_a_captcha_is_made(service: Service, kind: str) -> None:
    verification_id, code = service.sent(captcha="token")
    assert service.cloud.calls("captcha") == {OPERATIONS[kind]: 1}
    assert service.verify(verification_id, code).status == 200


def test_a_send_without_a_captcha_is_refused(service: Service, kind: str) -> None:
    answer = service.send()
    assert (answer.status, answer.code) == (400, "captcha_required")
    assert asked(service) == 0
    assert service.cloud.outbox() == []


def test_a_captcha_that_failed_is_refused_and_takes_nothing(service: Service, kind: str) -> None:
    answer = service.send(captcha="fail-1")
    assert (answer.status, answer.code) == (403, "captcha_failed")
    assert service.cloud.outbox() == []
    for table in ("phones", "messages", "counters", "tokens"):
        assert service.rows(table) == []


def test_verifying_needs_no_captcha(service: Service, kind: str) -> None:
    assert service.verify(*service.sent(captcha="token")).status == 200
    assert asked(service) == 1


@pytest.mark.parametrize("effect", ["drop", "error:InternalError", "error:500", "error:Throttling"])
def test_where_the_captcha_service_fails_a_setting_decides(
    service: Service, setting: Setting, kind: str, effect: str
) -> None:
    if kind == "turnstile":
        effect = effect.replace("InternalError", "internal-error").replace("Throttling", "429")
    service.cloud.fault("captcha", OPERATIONS[kind], effect, -1)
    answer = service.send(captcha="token")
    assert (answer.status, answer.code) == (403, "captcha_failed")
    assert service.cloud.outbox() == []
    setting(CAPTCHA_ON_FAILURE="allow")
    assert service.send(captcha="token").status == 200
    assert asked(service) == 2


def test_a_slow_captcha_service_does_not_hold_the_send_up(
    service: Service, setting: Setting, kind: str
) -> None:
    setting(CAPTCHA_ON_FAILURE="allow")
    service.cloud.fault("captcha", OPERATIONS[kind], "delay:9000")
    started = time.monotonic()
    assert service.send(captcha="token").status == 200
    assert time.monotonic() - started < 4


def test_being_lenient_with_the_service_lets_no_failed_captcha_through(
    service: Service, setting: Setting, kind: str
) -> None:
    setting(CAPTCHA_ON_FAILURE="allow")
    assert service.send(captcha="fail-1").code == "captcha_failed"
    assert service.send(captcha="token").status == 200
    assert service.send(OTHER, captcha="token").code == "captcha_failed"


def test_being_lenient_lets_no_token_through_that_the_service_calls_a_bad_parameter(
    service: Service, setting: Setting
) -> None:
    setting(ACCESS="captcha", CAPTCHA="aliyun", CAPTCHA_ON_FAILURE="allow")
    service.cloud.fault("captcha", OPERATIONS["aliyun"], "error:InvalidParameter")
    assert service.send(captcha="\x00").code == "captcha_failed"


def test_a_wrong_secret_of_ours_is_logged_and_nobody_gets_in_by_it(
    service: Service, setting: Setting, capfd: pytest.CaptureFixture[str]
) -> None:
    setting(ACCESS="captcha", TURNSTILE_SECRET="somebody-elses-secret", CAPTCHA="turnstile")
    setting(CAPTCHA_ON_FAILURE="allow")
    assert service.send(captcha="token").code == "captcha_failed"
    line = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert (line["captcha"], line["captcha_code"]) == ("misconfigured", "invalid-input-secret")


def test_a_captcha_can_be_asked_for_in_some_scenes_only(service: Service, setting: Setting) -> None:
    setting(ACCESS="gateway", CAPTCHA="turnstile", CAPTCHA_SCENES="reset_password")
    assert service.send(scene="sign_in").status == 200
    assert service.send(OTHER, scene="reset_password").code == "captcha_required"
    assert service.send(OTHER, scene="reset_password", captcha="token").status == 200
    assert asked(service) == 1


def test_each_scene_has_its_own_scene_id(service: Service, setting: Setting) -> None:
    ids = "sign_in=local,reset_password=another"
    setting(ACCESS="captcha", CAPTCHA="aliyun", ALIYUN_CAPTCHA_SCENE_IDS=ids)
    assert service.send(captcha="one", scene="sign_in").status == 200
    assert service.send(OTHER, captcha="two", scene="reset_password").code == "captcha_failed"


def test_a_token_of_another_site_is_refused(service: Service, setting: Setting) -> None:
    setting(ACCESS="captcha", CAPTCHA="turnstile", TURNSTILE_HOSTNAMES="www.example.com")
    assert service.send(captcha="one").code == "captcha_failed"
    setting(TURNSTILE_HOSTNAMES="www.example.com,localhost")
    assert service.send(captcha="two").status == 200


def test_the_same_token_twice_is_refused_the_second_time(
    service: Service, setting: Setting
) -> None:
    """Turnstile's dummy secret passes a token any number of times: the guard is our own."""
    setting(ACCESS="captcha", CAPTCHA="turnstile", TURNSTILE_SECRET=ALWAYS_PASSES)
    assert service.send(captcha="token").status == 200
    answer = service.send(OTHER, captcha="token")
    assert (answer.status, answer.code) == (403, "captcha_failed")
    assert asked(service) == 1
    assert len(service.cloud.outbox()) == 1


def test_the_same_token_twice_at_once_sends_exactly_one_message(
    service: Service, setting: Setting
) -> None:
    setting(ACCESS="captcha", CAPTCHA="turnstile", TURNSTILE_SECRET=ALWAYS_PASSES)
    setting(LIMIT_IP="1000/1d", SEQUENCE_GUARD="off")
    service.cloud.fault("tablestore", "BatchGetRow", "delay_after:500", -1)
    phones = [f"1380013{index:04d}" for index in range(20)]
    answers = at_once([partial(service.send, phone, captcha="token") for phone in phones])
    assert sorted(answer.code or "" for answer in answers) == [""] + ["captcha_failed"] * 19
    assert asked(service) == 20  # all had passed every gate but ours
    assert len(service.cloud.outbox()) == 1
    assert service.counted("total") == service.counted("ip") == 1
    loser = next(phone for phone, answer in zip(phones, answers, strict=True) if answer.code)
    assert service.send(loser, captcha="another").status == 200


def test_the_same_token_twice_at_once_for_one_phone_sends_exactly_one_message(
    service: Service, kind: str
) -> None:
    service.cloud.fault("tablestore", "BatchGetRow", "delay_after:500", -1)
    answers = at_once([partial(service.send, captcha="token")] * 10)
    assert sum(answer.status == 200 for answer in answers) == 1
    assert len(service.cloud.outbox()) == 1


def test_a_token_whose_send_failed_is_used_up(service: Service, setting: Setting) -> None:
    setting(ACCESS="captcha", CAPTCHA="turnstile", TURNSTILE_SECRET=ALWAYS_PASSES)
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    assert service.send(captcha="token").code == "provider_rejected"
    assert service.send(OTHER, captcha="token").code == "captcha_failed"


def test_an_idempotent_repetition_is_answered_before_the_captcha(
    service: Service, kind: str
) -> None:
    again = partial(service.send, captcha="token", headers={"Idempotency-Key": "k" * 16})
    first, second = again(), again()
    assert (first.status, second.status) == (200, 200)
    assert first.json["verification_id"] == second.json["verification_id"]
    assert asked(service) == 1
    assert len(service.cloud.outbox()) == 1


def test_limits_are_looked_at_before_the_captcha_service_is_asked(
    service: Service, kind: str
) -> None:
    service.sent(captcha="one")
    assert service.send(captcha="two").code == "rate_limited"
    assert asked(service) == 1


@pytest.mark.parametrize("sdk_debug", [None, "sdk"])
def test_no_output_answer_or_row_holds_a_token(
    service: Service,
    setting: Setting,
    kind: str,
    everything_logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    sdk_debug: str | None,
) -> None:
    setting(LOG_LEVEL="DEBUG", DEBUG=sdk_debug, LIMIT_PHONE="100/60s", LIMIT_IP="100/1d")
    answers = [service.send(captcha=CANARY), service.send(captcha=CANARY)]
    answers.append(service.send(captcha=f"fail-{CANARY}"))
    failures = ("drop", "drop_after", "error:InternalError", "error:500", "delay:3000")
    for number, effect in enumerate(failures):
        service.cloud.fault("captcha", OPERATIONS[kind], effect)
        answers.append(service.send(captcha=f"{CANARY}-{number}"))
    setting(CAPTCHA_ON_FAILURE="allow")
    service.cloud.fault("captcha", OPERATIONS[kind], "error:500")
    answers.append(service.send(captcha=f"{CANARY}-last"))
    assert [answer.status for answer in answers] == [200] + [403] * 7 + [200]
    captured = capfd.readouterr()
    tables = ("phones", "messages", "counters", "pending", "tokens")
    rows = json.dumps([service.rows(table) for table in tables])
    written = captured.out + captured.err + everything_logged.getvalue() + rows + repr(answers)
    assert captured.out.count('"event": "send_code"') == len(answers)
    for secret in (CANARY, "local-turnstile-secret", "local-secret", "local-token"):
        assert secret not in written
    assert len(service.rows("tokens")) == 2
    assert PHONE not in json.dumps(service.rows("tokens"))


@pytest.mark.parametrize("kind", ["aliyun", "turnstile"])
def test_serve_asks_for_a_captcha_when_told_to(tmp_path: Path, kind: str) -> None:
    body = {"phone": PHONE, "scene": "sign_in"}
    with serving(tmp_path, "--captcha", kind) as front:
        scenes = ["sign_in", "sign_up", "reset_password", "bind_phone"]
        assert front.request("/_local/page") == (200, {"captcha": kind, "captcha_scenes": scenes})
        assert front.request("/send-code", body)[1]["code"] == "captcha_required"
        assert front.request("/send-code", {**body, "captcha": "token"})[0] == 200
        assert front.request("/_local/calls")[1]["captcha"] == {OPERATIONS[kind]: 1}


def test_serve_asks_for_no_captcha_by_default(tmp_path: Path) -> None:
    with serving(tmp_path) as front:
        assert front.request("/_local/page") == (200, {"captcha": None, "captcha_scenes": []})


def test_the_page_is_told_of_a_captcha_in_some_scenes(tmp_path: Path) -> None:
    with serving(tmp_path, CAPTCHA="turnstile", CAPTCHA_SCENES="bind_phone") as front:
        expected = {"captcha": "turnstile", "captcha_scenes": ["bind_phone"]}
        assert front.request("/_local/page") == (200, expected)


def test_the_page_is_told_of_none_where_the_settings_are_wrong(tmp_path: Path) -> None:
    with serving(tmp_path, LIMIT_IP="nonsense") as front:
        assert front.request("/_local/page")[1] == {"captcha": None, "captcha_scenes": []}


def test_a_handler_called_by_hand_has_the_captcha_too(tmp_path: Path) -> None:
    with serving(tmp_path, "--captcha", "turnstile"):
        lines = (tmp_path / "doors.env").read_text("utf-8").splitlines()
        environment = dict(line.split("=", 1) for line in lines)
        code = (
            "import json, sys\n"
            "from functions.send_code import handler\n"
            "for captcha in ('token', 'token', 'fail'):\n"
            "    body = json.dumps(dict(phone=sys.argv.pop(), scene='sign_in', captcha=captcha))\n"
            "    event = dict(httpMethod='POST', path='/send-code', headers={}, body=body)\n"
            "    print(handler(json.dumps(event).encode(), None)['statusCode'])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "13900139001", "13900139002", "13900139003"],
            cwd=ROOT,
            env={**PYTHON, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
    statuses = [line for line in done.stdout.splitlines() if line.isdigit()]
    assert statuses == ["200", "403", "403"]
