"""scripts/ops limits: what is used of each window, held against what the doors make of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from scripts.ops_cli.__main__ import main
from shared import wiring
from shared.domain.access import key_digest
from shared.domain.rates import BEIJING
from tests.service import ADDRESS, PHONE, Service

Setting = Callable[..., None]
At = Callable[[float], None]
Captured = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 21, 16, 59, 58, tzinfo=BEIJING).timestamp()


@pytest.fixture
def said(said: Callable[..., str]) -> Callable[..., str]:
    return partial(said, "limits")


Said = Callable[..., str]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    return lambda now: monkeypatch.setattr(wiring, "clock", lambda: now)


def windows(said: Said, *arguments: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = json.loads(said(*arguments, "--json"))["limits"]
    return {(one["limit"], one["rate"]): one for one in found}


def test_a_numbers_rolling_windows_are_shown_as_the_door_counts_them(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="1/60s,3/1h", PHONE_SHARE="1")
    at(NOW - 600)
    service.sent()
    at(NOW)
    service.sent()
    found = windows(said, "--phone", "+86 138-0013-8000")
    minute, hour = found["phone", "1/1m"], found["phone", "3/1h"]
    assert (minute["used"], minute["left"], minute["rolling"]) == (1, 0, True)
    assert minute["frees_at"] == "2026-11-21T17:00:58+08:00"
    assert (hour["used"], hour["left"]) == (2, 1)
    assert hour["frees_at"] == "2026-11-21T17:49:58+08:00"
    text = said("--phone", PHONE)
    assert "1/1" in text
    assert "from 2026-11-21 17:00:58 on, in 60 s" in text
    assert PHONE not in text
    answer = service.send()
    assert (answer.status, answer.json["retry_after"]) == (429, 60)
    at(NOW + 60)
    assert "allowed now" in said("--phone", PHONE)
    assert service.send().status == 200


def test_the_share_of_one_address_is_that_of_the_busiest(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="5/1h", PHONE_SHARE="0.6", LIMIT_IP="100/1d")
    at(NOW)
    service.sent(address="198.51.100.9")
    for _ in range(2):
        service.sent()
    share = windows(said, "--phone", PHONE)["phone share", "3/1h"]
    assert (share["used"], share["left"]) == (2, 1)


def test_fixed_windows_are_shown_with_their_end(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    keys = json.dumps({"shop": {"sha256": key_digest("k" * 43), "limit": "7/1d"}})
    setting(ACCESS="api_key", API_KEYS=keys, LIMIT_DEVICE="4/1h", LIMIT_TOTAL="9/1d")
    at(NOW)
    headers = {"Authorization": f"Bearer {'k' * 43}"}
    answer = service.send(headers=headers, client_ip=ADDRESS, device_id="tablet-1")
    assert answer.status == 200, answer.text
    assert service.verify(answer.json["verification_id"], "000000").status == 400
    asked = ("--ip", ADDRESS, "--device", "tablet-1", "--caller", "shop", "--total")
    found = windows(said, *asked)
    midnight, hour = "2026-11-22T00:00:00+08:00", "2026-11-21T17:00:00+08:00"
    for key, left, end in (
        (("ip", "10/1d"), 9, midnight),
        (("device", "4/1h"), 3, hour),
        (("caller", "7/1d"), 6, midnight),
        (("total", "9/1d"), 8, midnight),
        (("guess", "5000/1d"), 4999, midnight),
    ):
        assert (found[key]["used"], found[key]["left"]) == (1, left), key
        assert (found[key]["frees_at"], found[key]["rolling"]) == (end, False)
    assert "tablet-1" not in said(*asked)


def test_what_is_full_together_decides_when_a_send_is_allowed(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="1/10s", LIMIT_IP="1/1h")
    at(NOW - 30)
    service.sent()
    at(NOW)
    assert "allowed now" in said("--phone", PHONE)
    assert "on, in 2 s" in said("--phone", PHONE, "--ip", ADDRESS)
    answer = service.send()
    assert (answer.status, answer.json["retry_after"]) == (429, 2)


def test_a_denied_number_is_not_said_to_be_allowed(service: Service, said: Said) -> None:
    assert main(["lists", "add", "deny", "138*", "--reason", "testing"]) == 0
    text = said("--phone", PHONE)
    assert "The lists deny a send" in text
    assert "+86138*" in text
    found = json.loads(said("--phone", PHONE, "--json"))
    assert (found["denied"], found["allowed_now"], found["allowed_at"]) == (True, False, None)


def test_an_allowed_number_has_its_wider_limit_and_no_addresss(
    service: Service, said: Said, setting: Setting
) -> None:
    setting(ALLOW_NUMBERS=PHONE, LIMIT_IP="1/1d")
    service.sent()
    found = windows(said, "--phone", PHONE, "--ip", ADDRESS)
    assert found["phone", "100/1d"]["used"] == 1
    assert ("ip", "1/1d") not in found


def test_a_test_number_is_told(said: Said, setting: Setting) -> None:
    setting(TEST_NUMBERS=f"{PHONE}=123456@2099-01-01")
    text = said("--phone", PHONE)
    assert "test number" in text
    assert "123456" not in text


def test_looking_changes_nothing_and_is_one_request(service: Service, said: Said) -> None:
    service.sent()
    before = (service.rows("phones"), service.rows("counters"))
    calls = sum(service.cloud.calls("tablestore").values())
    said("--phone", PHONE, "--ip", ADDRESS, "--total")
    after = sum(service.cloud.calls("tablestore").values())
    assert after == calls + 1
    assert (service.rows("phones"), service.rows("counters")) == before


@pytest.mark.parametrize(
    "arguments",
    [(), ("--ip", "nowhere"), ("--phone", "12"), ("--caller", "nobody"), ("--phone", "+1 650")],
)
def test_a_question_that_makes_no_sense_is_refused(said: Said, arguments: tuple[str, ...]) -> None:
    said(*arguments, fails=2)
