"""scripts/ops trace and stats: "I got no SMS", answered; and what a day came to."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from scripts.ops_cli.__main__ import main
from shared import wiring
from shared.domain.rates import BEIJING
from tests.service import PHONE, Service, wrong

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
OTHER = "18912345678"
NOW = datetime(2026, 11, 21, 16, 59, 58, tzinfo=BEIJING).timestamp()


@pytest.fixture
def said(capsys: Captured) -> Callable[..., str]:
    """Run a command, expect its exit code, and return what it wrote."""

    def run(*arguments: str, fails: int = 0) -> str:
        capsys.readouterr()
        assert main(arguments) == fails
        written = capsys.readouterr()
        return written.out + written.err

    return run


Said = Callable[..., str]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    return lambda now: monkeypatch.setattr(wiring, "clock", lambda: now)


At = Callable[[float], None]


def test_a_message_that_arrived_and_was_entered_is_told_from_end_to_end(
    service: Service, said: Said, at: At
) -> None:
    at(NOW)
    verification_id, code = service.sent()
    service.receipt([service.report(verification_id)])
    at(NOW + 20)
    assert service.verify(verification_id, code).status == 200
    for asked in (("--phone", "+86 138-0013-8000"), ("--id", verification_id)):
        text = said("trace", *asked)
        places = [
            text.index(part)
            for part in (
                f"{verification_id}  +86138****8000  sign_in SMS_100001",
                "2026-11-21 16:59:58",
                "dysms answered OK",
                "2026-11-21 17:00:00",
                "the carrier reported delivered DELIVERED",
                "2026-11-21 17:00:18",
                "accepted",
                "billed segments: 1",
                "=> delivered",
                "nothing is wrong",
            )
        ]
        assert places == sorted(places), text
        assert PHONE not in text
        assert code not in text


@pytest.mark.parametrize(
    ("report", "word"),
    [
        ({"success": False, "err_code": "MOBILE_IN_BLACK"}, "block list"),
        ({"success": False, "err_code": "MK:0099"}, "MK:0099"),
        ({"success": False, "err_code": "EXPIRED"}, "in time"),
    ],
)
def test_a_failure_has_its_reason_and_what_to_do(
    service: Service, said: Said, report: dict[str, Any], word: str
) -> None:
    verification_id, _ = service.sent()
    service.receipt([service.report(verification_id, **report)])
    assert word in said("trace", "--phone", PHONE)


def test_what_hangs_after_delivery_is_told_apart(service: Service, said: Said, at: At) -> None:
    at(NOW)
    verification_id, code = service.sent()
    assert "awaited" in said("trace", "--id", verification_id)
    at(NOW + 601)
    assert "No report has come" in said("trace", "--id", verification_id)
    service.receipt([service.report(verification_id)])
    assert "was not entered" in said("trace", "--id", verification_id)
    at(NOW + 60)
    assert "still good" in said("trace", "--id", verification_id)
    for _ in range(3):
        service.verify(verification_id, wrong(code))
    assert "too many wrong guesses" in said("trace", "--id", verification_id)


def test_a_report_after_the_code_expired_is_told(service: Service, said: Said, at: At) -> None:
    at(NOW - 3600)
    verification_id, _ = service.sent()
    service.receipt([service.report(verification_id)])
    assert "after the code had expired" in said("trace", "--id", verification_id)


def test_a_message_that_the_provider_refused_is_told(service: Service, said: Said) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH")
    service.send()
    (row,) = service.rows("messages")
    text = said("trace", "--id", row["verification_id"])
    assert "dysms answered isv.AMOUNT_NOT_ENOUGH" in text
    assert "=> failed: 余额不足。立即充值" in text
    assert "the balance is used up. Top up" in text
    (told,) = json.loads(said("trace", "--id", row["verification_id"], "--json"))
    assert (told["provider"]["name"], told["provider"]["code"]) == (
        "dysms",
        "isv.AMOUNT_NOT_ENOUGH",
    )
    assert told["provider"]["advice"] == told["advice"]


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        ("error:isp.SYSTEM_ERROR", "isp.SYSTEM_ERROR: 服务内部错误"),
        ("drop_after", "ConnectionError: 连接中断"),
    ],
)
def test_a_message_that_may_have_been_taken_is_told_until_its_report_comes(
    service: Service, said: Said, effect: str, why: str
) -> None:
    service.cloud.fault("dysms", "SendSms", effect)
    verification_id = service.send().json["verification_id"]
    text = said("trace", "--id", verification_id)
    assert why in text
    assert "do not send again by hand" in text
    assert "=> unconfirmed" in text
    service.receipt([service.report(verification_id)])
    text = said("trace", "--id", verification_id)
    assert why not in text
    assert "=> delivered" in text


def test_an_unknown_code_is_told_as_it_is(service: Service, said: Said) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.SOMETHING_NEW")
    verification_id = service.send().json["verification_id"]
    assert "dysms answered isv.SOMETHING_NEW" in said("trace", "--id", verification_id)
    (told,) = json.loads(said("trace", "--id", verification_id, "--json"))
    assert (told["state"], told["provider"]) == ("unconfirmed", None)


def test_a_number_on_the_deny_list_is_told_first(service: Service, said: Said) -> None:
    service.sent()
    reply = {"phone_number": PHONE, "content": "TD", "send_time": "", "dest_code": ""}
    assert service.receipt([reply], kind="sms-up").status == 200
    assert "replied TD" in said("trace", "--phone", PHONE).splitlines()[0]


def test_a_number_without_messages_is_told(
    service: Service, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No message is known for +86138****8000" in said("trace", "--phone", PHONE)
    assert "No message is known" in said("trace", "--id", "A" * 22)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PHONE}\n"))
    assert "+86138****8000" in said("trace", "--phone", "-")


def test_the_newest_attempts_come_first_and_all_on_demand(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="100/1d", LIMIT_IP="100/1d", PHONE_SHARE="1")
    ids = []
    for n in range(7):
        at(NOW + n)
        ids.append(service.sent()[0])
    shown = [
        one["verification_id"] for one in json.loads(said("trace", "--phone", PHONE, "--json"))
    ]
    assert shown == ids[:1:-1]
    every = json.loads(said("trace", "--phone", PHONE, "--json", "--all"))
    assert [one["verification_id"] for one in every] == ids[::-1]
    assert every[0]["state"] == "accepted"


@pytest.mark.parametrize("arguments", [(), ("--phone", PHONE, "--id", "x"), ("--phone", "12")])
def test_a_question_that_makes_no_sense_is_refused_without_its_number(
    service: Service, said: Said, arguments: tuple[str, ...]
) -> None:
    assert PHONE not in said("trace", *arguments, fails=2)


def test_a_day_is_summed_up_by_group(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="100/1d", LIMIT_IP="100/1d", PHONE_SHARE="1")
    at(NOW - 86_400)
    service.sent(OTHER)
    at(NOW)
    sent = [service.sent(PHONE) for _ in range(3)] + [service.sent(OTHER, scene="reset_password")]
    service.receipt([service.report(sent[0][0]), service.report(sent[1][0], sms_size=2)])
    service.receipt([service.report(sent[3][0], OTHER, success=False, err_code="MK:0001")])
    assert service.verify(*sent[0]).status == 200
    found = json.loads(said("stats", "--day", "2026-11-21", "--json"))
    figures = {(one["group"], one["name"]): one for one in found}
    total = figures["total", ""]
    assert total["messages"] == 4
    assert {s: n for s, n in total["states"].items() if n} == {
        "accepted": 1,
        "delivered": 2,
        "failed": 1,
    }
    assert (total["verified"], total["conversion"], total["segments"]) == (1, 0.25, 3)
    assert total["reasons"] == {"MK:0001": 1}
    assert total["latency_seconds"] == {"p50": 2, "p90": 2, "p99": 2}
    assert figures["scene", "reset_password"]["states"]["failed"] == 1
    assert figures["carrier", "mobile"]["messages"] == 3
    assert figures["carrier", "telecom"]["messages"] == 1
    assert figures["provider", "dysms"]["messages"] == figures["template", "SMS_100001"]["messages"]
    text = said("stats", "--day", "2026-11-21")
    assert "25.0%" in text
    assert "MK:0001" in text
    assert PHONE not in text


def test_a_day_without_messages_is_all_zero(service: Service, said: Said) -> None:
    (total,) = json.loads(said("stats", "--json"))
    assert (total["messages"], total["conversion"]) == (0, None)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "21.11.2026"])
def test_a_day_is_written_as_one(service: Service, said: Said, day: str) -> None:
    assert "2026-11-21" in said("stats", "--day", day, fails=2)
