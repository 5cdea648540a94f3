"""Warn, then cut: sends through the real doors, alerts through the timer door to a webhook."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from functions import maintain
from scripts.local_cloud import webhook
from scripts.local_cloud.events import context, timer_event
from shared import wiring
from shared.domain.rates import BEIJING
from shared.storage.alerts import CLAIM_SECONDS
from tests.functions.test_scripts import serving
from tests.service import PHONE, Service, at_once

Setting = Callable[..., None]
NOON = datetime(2026, 11, 21, 12, tzinfo=BEIJING).timestamp()
DAY = 86_400
URL_TOKEN = "url-canary-0123456789"
KEYS = {name: f"key-of-{name}-0123456789" for name in ("shop", "app")}


class Clock:
    """The product's time, to be moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(wiring, "clock", clock)
    return clock


@pytest.fixture(autouse=True)
def _alerts(service: Service, setting: Setting) -> None:
    setting(
        LIMIT_PHONE="1000/60s",
        LIMIT_IP="1000/1d",
        LIMIT_TOTAL="10/1d",
        ALERT_WEBHOOK=f"{service.cloud.openapi}{webhook.PATH}?access_token={URL_TOKEN}",
        ALERT_FORMAT="json",
        ALERT_WEBHOOK_SECRET=webhook.SECRET,
    )


def run(event: bytes | None = None) -> dict[str, Any]:
    given = timer_event("every-minute") if event is None else event
    answer: dict[str, Any] = maintain.handler(given, context("maintain", {}))
    return answer


def send(service: Service, times: int, phone: str = PHONE, **rest: Any) -> list[int]:
    return [service.send(phone, **rest).status for _ in range(times)]


def got(service: Service) -> list[dict[str, Any]]:
    """Return what the webhook got, oldest first."""
    found: list[dict[str, Any]] = service.cloud.control("webhook")
    return found[::-1]


def told(service: Service) -> list[tuple[str, str, int]]:
    return [(a["body"]["kind"], a["body"]["name"], a["body"]["count"]) for a in got(service)]


def lines(capfd: pytest.CaptureFixture[str], event: str) -> list[dict[str, Any]]:
    written = (json.loads(line) for line in capfd.readouterr().out.splitlines() if line[:1] == "{")
    return [line for line in written if line["event"] == event]


def test_8_of_10_are_one_warning_and_10_are_one_alert_however_often_the_timer_runs(
    service: Service,
) -> None:
    send(service, 7)
    run()
    assert told(service) == []
    send(service, 1)
    for _ in range(3):
        run()
    assert told(service) == [("warning", "LIMIT_TOTAL", 8)]
    assert send(service, 3) == [200, 200, 429]
    for _ in range(3):
        run()
    assert told(service) == [("warning", "LIMIT_TOTAL", 8), ("alert", "LIMIT_TOTAL", 10)]


def test_a_cap_that_fills_between_two_runs_is_one_alert_without_a_warning(
    service: Service,
) -> None:
    send(service, 10)
    run()
    run()
    assert told(service) == [("alert", "LIMIT_TOTAL", 10)]


def test_from_which_part_on_is_a_setting(service: Service, setting: Setting) -> None:
    setting(WARN_PERCENT="50")
    send(service, 5)
    run()
    assert told(service) == [("warning", "LIMIT_TOTAL", 5)]


def test_a_new_day_is_warned_of_again(service: Service, clock: Clock) -> None:
    for _ in range(2):
        send(service, 8)
        run()
        clock.now += DAY
    run()
    assert told(service) == [("warning", "LIMIT_TOTAL", 8)] * 2


def test_a_limit_that_was_raised_is_warned_of_again(service: Service, setting: Setting) -> None:
    send(service, 10)
    run()
    setting(LIMIT_TOTAL="12/1d")
    run()
    assert told(service) == [("alert", "LIMIT_TOTAL", 10), ("warning", "LIMIT_TOTAL", 10)]


def test_what_is_crossed_just_before_midnight_is_told_after_it(
    service: Service, clock: Clock
) -> None:
    clock.now = NOON + DAY // 2 - 1
    send(service, 8)
    clock.now += 2
    run()
    assert told(service) == [("warning", "LIMIT_TOTAL", 8)]
    assert got(service)[0]["body"]["period"]["end"] == "2026-11-22T00:00:00+08:00"


def test_two_runs_that_overlap_tell_once(service: Service) -> None:
    send(service, 8)
    # every answer is held up until both have asked, so both see an alert that nobody has claimed
    service.cloud.fault("tablestore", "BatchGetRow", "delay_after:400", -1)
    service.cloud.fault("webhook", "*", "delay:700", -1)
    answers = at_once([run, run])
    assert told(service) == [("warning", "LIMIT_TOTAL", 8)]
    assert sum(answer["sent"] for answer in answers) == 1


def test_ten_runs_at_once_tell_each_alert_once(service: Service, setting: Setting) -> None:
    setting(LIMIT_TOTAL="10/1d,10/2d,10/3d,10/1mo")
    send(service, 9)
    at_once([run] * 10)
    run()
    assert len(told(service)) == len({a["body"]["id"] for a in got(service)}) == 4


def test_a_months_cap_is_told_once_a_month(
    service: Service, setting: Setting, clock: Clock
) -> None:
    setting(LIMIT_TOTAL="1000/1d,10/1mo")
    send(service, 8)
    for _ in range(3):
        run()
        clock.now += DAY
    assert told(service) == [("warning", "LIMIT_TOTAL", 8)]
    assert got(service)[0]["body"]["window"] == "1mo"
    period = {"start": "2026-11-01T00:00:00+08:00", "end": "2026-12-01T00:00:00+08:00"}
    assert got(service)[0]["body"]["period"] == period


def test_a_regions_cap_is_told(service: Service, setting: Setting) -> None:
    setting(REGIONS="cn,HK", LIMIT_TOTAL="1000/1d", LIMIT_REGION="*=5/1d")
    send(service, 5, "+852 6123 4567")
    send(service, 5)
    run()
    run()
    assert told(service) == [("alert", "LIMIT_REGION", 5)]
    assert got(service)[0]["body"]["who"] == "HK"


def test_a_callers_cap_is_told_with_the_setting_that_holds_it(
    service: Service, setting: Setting
) -> None:
    digests = {name: hashlib.sha256(key.encode()).hexdigest() for name, key in KEYS.items()}
    own = {"shop": {"sha256": digests["shop"], "limit": "5/1d"}, "app": digests["app"]}
    setting(ACCESS="api_key", API_KEYS=json.dumps(own), LIMIT_CALLER="10/1d", LIMIT_TOTAL="1000/1d")
    for name in KEYS:
        send(service, 4, headers={"X-Api-Key": KEYS[name]}, client_ip="198.51.100.7")
        send(service, 4, headers={"X-Api-Key": KEYS[name]}, client_ip="198.51.100.8")
    run()
    found = {(a["body"]["who"], a["body"]["kind"], a["body"]["name"]) for a in got(service)}
    assert found == {("shop", "alert", "API_KEYS"), ("app", "warning", "LIMIT_CALLER")}


def test_limits_that_guard_no_budget_raise_nothing(service: Service, setting: Setting) -> None:
    setting(LIMIT_TOTAL="10/1h", LIMIT_IP="2/1d", LIMIT_DEVICE="2/1d")
    send(service, 3, device_id="device-1")
    assert run()["caps"] == 0
    assert told(service) == []


@pytest.mark.parametrize(
    "effect", ["error:500", "error:302", "error:404", "drop", "drop_after", "delay:5500"]
)
def test_what_a_webhook_did_not_take_is_told_by_the_next_run(service: Service, effect: str) -> None:
    send(service, 8)
    service.cloud.fault("webhook", "*", effect)
    answer = run()
    assert (answer["failed"], answer["sent"]) == (1, 0)
    service.cloud.control("faults", {"clear": True})
    assert run()["sent"] == 1
    assert run()["sent"] == 0
    assert told(service)[-1] == ("warning", "LIMIT_TOTAL", 8)


@pytest.mark.parametrize("code", ["130101", "310000"])
def test_an_errcode_of_dingtalk_is_a_failure_although_it_comes_with_http_200(
    service: Service, setting: Setting, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    setting(ALERT_FORMAT="dingtalk")
    send(service, 8)
    service.cloud.fault("webhook", "*", f"error:{code}")
    assert run()["failed"] == 1
    assert [line["code"] for line in lines(capfd, "alert")] == [code]
    assert run()["sent"] == 1


def test_an_alert_is_told_when_its_period_is_long_over(
    service: Service, setting: Setting, clock: Clock
) -> None:
    send(service, 10)
    working = wiring.os.environ["ALERT_WEBHOOK"]
    setting(ALERT_WEBHOOK="http://127.0.0.1:9/")
    for _ in range(3):
        assert run()["failed"] == 1
        clock.now += 5 * DAY
    setting(ALERT_WEBHOOK=working)
    run()
    run()
    assert told(service) == [("alert", "LIMIT_TOTAL", 10)]


def test_a_failing_webhook_is_called_once_a_run(service: Service, setting: Setting) -> None:
    setting(LIMIT_TOTAL="10/1d,10/2d,10/3d")
    send(service, 9)
    service.cloud.fault("webhook", "*", "error:500", 3)
    for called in (1, 2, 3):
        run()
        assert service.cloud.calls("webhook") == {"Send": called}
    run()
    assert len(told(service)) == 3


def test_a_run_that_died_with_a_claim_is_followed_by_one_that_tells(
    service: Service, clock: Clock
) -> None:
    send(service, 8)
    service.cloud.fault("webhook", "*", "drop")
    # the claim stays as a run leaves it that is killed: the request which lifts it is lost
    for _ in range(3):
        service.cloud.fault("tablestore", "BatchWriteRow", "delay:0")
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSServerBusy", -1)
    run()
    service.cloud.control("faults", {"clear": True})
    assert run()["sent"] == 0
    clock.now += CLAIM_SECONDS
    assert run()["sent"] == 1


def test_20_are_told_in_a_day_and_the_rest_is_kept_and_logged(
    service: Service, setting: Setting, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    setting(LIMIT_TOTAL=",".join(f"10/{days}d" for days in range(1, 24)))
    send(service, 8)
    answers = [run() for _ in range(3)]
    assert sum(answer["sent"] for answer in answers) == len(got(service)) == 20
    assert sum(answer["suppressed"] for answer in answers) == 3
    logged = lines(capfd, "alert")
    assert [line["outcome"] for line in logged].count("suppressed") == 3
    states = [row["state"] for row in service.rows("alerts")]
    assert (states.count("sent"), states.count("suppressed")) == (20, 3)
    clock.now += DAY
    send(service, 8)
    run()
    assert len(got(service)) > 20


def test_without_a_webhook_a_crossing_is_logged_once(
    service: Service, setting: Setting, capfd: pytest.CaptureFixture[str]
) -> None:
    setting(ALERT_WEBHOOK=None)
    send(service, 8)
    for _ in range(3):
        run()
    (line,) = lines(capfd, "alert")
    assert (line["level"], line["outcome"]) == ("WARNING", "logged")
    assert (line["kind"], line["limit"], line["count"], line["of"]) == (
        "warning",
        "LIMIT_TOTAL",
        8,
        10,
    )


def test_a_dingtalk_robot_gets_a_signed_text(service: Service, setting: Setting) -> None:
    setting(ALERT_FORMAT="dingtalk")
    send(service, 8)
    run()
    (alert,) = got(service)
    assert (alert["format"], alert["signature"]) == ("dingtalk", "right")
    content = alert["body"]["text"]["content"]
    assert "短信验证码" in content
    assert "LIMIT_TOTAL" in content
    assert "8 of 10 used (80%)" in content


def test_a_wrong_secret_is_a_failure(service: Service, setting: Setting) -> None:
    setting(ALERT_FORMAT="dingtalk", ALERT_WEBHOOK_SECRET="another-secret")
    send(service, 8)
    assert run()["failed"] == 1
    assert got(service)[0]["signature"] == "wrong"


def test_a_receiver_of_json_gets_the_figures_signed(
    service: Service, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FC_FUNCTION_NAME", "sms-verify-prod-maintain")
    send(service, 8)
    run()
    (alert,) = got(service)
    assert (alert["format"], alert["signature"]) == ("json", "right")
    texts = alert["body"].pop("text")
    assert alert["body"] == {
        "id": f"total/86400/{int(NOON) - DAY // 2}/10/warning",
        "kind": "warning",
        "name": "LIMIT_TOTAL",
        "scope": "total",
        "who": "",
        "count": 8,
        "limit": 10,
        "percent": 80,
        "window": "1d",
        "period": {"start": "2026-11-21T00:00:00+08:00", "end": "2026-11-22T00:00:00+08:00"},
        "raised_at": "2026-11-21T12:00:00+08:00",
        "function": "sms-verify-prod-maintain",
    }
    assert set(texts) == {"zh", "en"}
    setting(ALERT_WEBHOOK_SECRET=None)
    send(service, 2)
    run()
    assert got(service)[-1]["signature"] == "missing"


def test_no_output_holds_the_webhooks_address_token_or_secret(
    service: Service,
    setting: Setting,
    everything_logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    setting(LOG_LEVEL="DEBUG", LIMIT_TOTAL="10/1d,10/2d,10/3d,10/4d")
    send(service, 8)
    address = wiring.os.environ["ALERT_WEBHOOK"]
    answers = []
    for form, effect in product(("json", "dingtalk"), ("drop", "error:500", "error:404")):
        setting(ALERT_FORMAT=form)
        service.cloud.fault("webhook", "*", effect)
        answers.append(run())
    for url in ("http://127.0.0.1:9", f"http://127.0.0.1:9/{URL_TOKEN}", f"http://[{URL_TOKEN}"):
        setting(ALERT_WEBHOOK=f"{url}/?access_token={URL_TOKEN}")
        answers.append(run())
    assert [answer["failed"] for answer in answers] == [1] * 9
    setting(ALERT_WEBHOOK=f"x/?access_token={URL_TOKEN}")
    answers.append(run())
    setting(ALERT_WEBHOOK=address)
    answers.append(run())
    captured = capfd.readouterr()
    written = captured.out + captured.err + everything_logged.getvalue() + repr(answers)
    assert written.count('"event": "maintain"') == 11
    rows = json.dumps([service.rows(table) for table in ("alerts", "counters")])
    for secret in (URL_TOKEN, webhook.SECRET, webhook.PATH, PHONE):
        assert secret not in written
        assert secret not in rows


EFFECTS = ["error:OTSServerBusy", "error:OTSTimeout", "error:OTSAuthFailed", "drop", "drop_after"]
STEPS = [
    ("BatchGetRow", 0),
    ("BatchGetRow", 1),
    ("BatchWriteRow", 0),
    ("GetRange", 0),
    ("BatchGetRow", 2),
    ("BatchWriteRow", 1),
    ("BatchWriteRow", 2),
    ("BatchWriteRow", 3),
]


@pytest.mark.parametrize("count", [1, -1], ids=["once", "for_good"])
@pytest.mark.parametrize(("step", "effect"), list(product(STEPS, EFFECTS)), ids=str)
def test_a_store_that_fails_at_any_request_loses_nothing(
    service: Service, clock: Clock, step: tuple[str, int], effect: str, count: int
) -> None:
    operation, after = step
    send(service, 8)
    for _ in range(after):
        service.cloud.fault("tablestore", operation, "delay:0")
    service.cloud.fault("tablestore", operation, effect, count)
    assert run()["outcome"] in ("ok", "storage_unavailable")
    service.cloud.control("faults", {"clear": True})
    for _ in range(2):
        clock.now += CLAIM_SECONDS
        assert run()["outcome"] == "ok"
    assert set(told(service)) == {("warning", "LIMIT_TOTAL", 8)}
    assert len(told(service)) <= (2 if after == 3 else 1)  # told, but not noted: told again
    before = len(told(service))
    clock.now += CLAIM_SECONDS
    run()
    assert len(told(service)) == before


@pytest.mark.parametrize("count", [1, -1], ids=["once", "for_good"])
@pytest.mark.parametrize("effect", ["delay:20000", "delay_after:20000"])
def test_a_run_ends_in_time_while_the_store_does_not_answer(
    service: Service, effect: str, count: int, clock: Clock
) -> None:
    send(service, 8)
    service.cloud.fault("tablestore", "*", effect, count)
    started = time.monotonic()
    run()
    assert time.monotonic() - started < maintain.DEADLINE_SECONDS
    service.cloud.control("faults", {"clear": True})
    clock.now += CLAIM_SECONDS
    run()
    assert told(service) == [("warning", "LIMIT_TOTAL", 8)]


def test_one_row_that_fails_in_a_batch_loses_nothing(service: Service, clock: Clock) -> None:
    for effect in ("partial:0:OTSServerBusy", "partial:0:OTSTimeout", "partial:1:OTSTimeout"):
        send(service, 8)
        service.cloud.fault("tablestore", "BatchWriteRow", effect, 4)
        run()
        service.cloud.control("faults", {"clear": True})
        clock.now += CLAIM_SECONDS
        run()
        clock.now += DAY
    assert len({alert["body"]["id"] for alert in got(service)}) == 3


@pytest.mark.parametrize("event", [b"", b"\xff\xfe", b"[]", b"null", b'{"triggerName": {}}'])
def test_a_bad_event_does_the_work_all_the_same(service: Service, event: bytes) -> None:
    send(service, 8)
    assert run(event)["sent"] == 1


def test_a_run_writes_one_line_with_its_figures(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    send(service, 8)
    capfd.readouterr()
    answer = run()
    (line,) = lines(capfd, "maintain")
    assert (line["outcome"], line["trigger"], line["caps"]) == ("ok", "every-minute", 2)
    assert (line["crossed"], line["raised"], line["due"], line["sent"]) == (1, 1, 1, 1)
    assert line["milliseconds"] < 5000
    assert answer.items() <= line.items()


def test_settings_that_are_wrong_are_an_outcome(setting: Setting) -> None:
    setting(LIMIT_TOTAL="nonsense")
    assert run() == {"outcome": "internal"}


def test_a_run_that_finds_nothing_reads_four_times_and_writes_nothing(service: Service) -> None:
    send(service, 1)
    before = service.cloud.calls("tablestore")
    run()
    after = service.cloud.calls("tablestore")
    assert {name: after[name] - before.get(name, 0) for name in after if after[name]} == {
        **dict.fromkeys(after, 0),
        "BatchGetRow": 1,
        "GetRange": 2,  # of alerts, and of messages that await reports
        "GetRow": 1,
    }


def test_serve_runs_the_timer_and_shows_its_alerts(tmp_path: Path) -> None:
    with serving(tmp_path, "--timer-seconds", "0.2", LIMIT_TOTAL="1/1d") as front:
        front.round_trip()
        deadline = time.monotonic() + 10
        alerts: list[dict[str, Any]] = []
        while not alerts and time.monotonic() < deadline:
            alerts = front.request("/_local/webhook")[1]
        environment = (tmp_path / "doors.env").read_text("utf-8")
    assert [alert["signature"] for alert in alerts] == ["right"]
    assert "ALERT_WEBHOOK=http://127.0.0.1:" in environment


def test_serve_leaves_a_webhook_of_the_callers_own_alone(tmp_path: Path) -> None:
    with serving(tmp_path, ALERT_WEBHOOK="https://example.invalid/hook"):
        environment = (tmp_path / "doors.env").read_text("utf-8")
    assert "ALERT_WEBHOOK=https://example.invalid/hook\n" in environment
    assert "ALERT_FORMAT" not in environment
    assert "ALERT_WEBHOOK_SECRET" not in environment
