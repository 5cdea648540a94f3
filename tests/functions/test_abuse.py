"""Bombing, pumping and guessing: what a stranger cannot do, through the doors (I2, I4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from shared import wiring
from shared.domain.sequence import CLUSTER
from tests.service import PHONE, Service, at_once, wrong

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
STRANGER, OWNER = "198.51.100.66", "203.0.113.7"


def scattered(count: int) -> list[str]:
    """Return numbers of as many segments."""
    return [f"139{index:04d}{(index * 7919) % 10_000:04d}" for index in range(count)]


def marching(count: int, step: int = 1) -> list[str]:
    return [f"1390013{index * step:04d}" for index in range(count)]


def last_line(capfd: Captured) -> dict[str, object]:
    found: dict[str, object] = json.loads(capfd.readouterr().out.splitlines()[-1])
    return found


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the doors' clock."""
    return lambda now: monkeypatch.setattr(wiring, "clock", lambda: now)


At = Callable[[float], None]
NOON, NEXT_MONTH = 1_795_233_600.0, 1_796_054_400.0  # 21 November and 1 December 2026, Beijing


# One number


def test_one_address_cannot_use_up_a_numbers_limit(
    service: Service, setting: Setting, at: At, capfd: Captured
) -> None:
    setting(LIMIT_PHONE="5/1h")
    for minute in range(4):
        at(NOON + 60 * minute)
        assert service.send(address=STRANGER).status == 200
    at(NOON + 300)
    refused = service.send(address=STRANGER)
    assert refused.code == "rate_limited"
    assert refused.json["retry_after"] == 3600 - 300
    assert last_line(capfd)["reason"] == "limit_phone_share"
    assert service.send(address=OWNER).status == 200
    assert service.send(address="203.0.113.8").code == "rate_limited"


def test_a_window_whose_settling_was_lost_is_rather_too_long(
    service: Service, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="1/60s")
    at(NOON)
    service.cloud.fault("tablestore", "BatchWriteRow", "delay:0")
    service.cloud.fault("tablestore", "BatchWriteRow", "drop", -1)
    assert service.send().json["resend_after"] == 60
    service.cloud.control("faults", {"clear": True})
    at(NOON + 69)
    assert service.send().code == "rate_limited"
    at(NOON + 71)
    assert service.send().status == 200


def test_a_share_holds_under_concurrency(service: Service, setting: Setting) -> None:
    setting(LIMIT_PHONE="10/1h", PHONE_SHARE="0.5", LIMIT_IP="100/1d")
    for _ in range(6):
        at_once([partial(service.send, address=STRANGER)] * 10)
    assert len(service.cloud.outbox()) == 5


@pytest.mark.parametrize("changes", [{"PHONE_SHARE": "1"}, {"ALLOW_NUMBERS": PHONE}])
def test_a_share_can_be_the_whole_and_is_for_allowed_numbers(
    service: Service, setting: Setting, changes: dict[str, str]
) -> None:
    setting(LIMIT_PHONE="5/1h", LIMIT_ALLOWED="5/1h", **changes)
    assert [service.send().status for _ in range(6)] == [200] * 5 + [429]


def test_a_stranger_with_the_number_alone_changes_nothing_for_its_owner(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="5/1h")
    sent = service.sent()
    stranger = Service(service.cloud, address=STRANGER)
    for guess in ("000000", "123456", sent[1]):
        assert stranger.verify("A" * 22, guess).code == "code_rejected"
    stranger.send(replaces="B" * 22)
    assert service.verify(*sent).status == 200


def test_known_and_unknown_numbers_are_answered_alike(service: Service, setting: Setting) -> None:
    setting(LIMIT_PHONE="5/1h")
    service.verify(*service.sent())
    known, unknown = service.send(), service.send("13900139000")
    assert known.status == unknown.status == 200
    assert known.headers == unknown.headers
    personal = {"verification_id": "", "resend_after": 0}  # the second says when it was asked
    assert {**known.json, **personal} == {**unknown.json, **personal}
    assert len(known.json["verification_id"]) == len(unknown.json["verification_id"])


# Many numbers


def test_a_region_has_a_limit_of_its_own(service: Service, setting: Setting) -> None:
    setting(REGIONS="CN,HK,MO", LIMIT_REGION="HK=1/1d;*=2/1d")
    hongkong = [service.send(f"+852 6123 456{digit}").code for digit in (1, 9)]
    macao = [service.send(f"+853 6612 34{digits}").code for digits in (10, 50, 90)]
    assert hongkong == [None, "daily_cap_reached"]
    assert macao == [None, None, "daily_cap_reached"]
    assert service.send().status == 200
    assert service.counted("region") == 3


@pytest.mark.parametrize("limit", ["CN=7/1d", '{"CN": "7/1d"}', "*=1/1d;CN=7/1mo"])
def test_at_a_regions_limit_exactly_that_many_get_through_at_once(
    service: Service, setting: Setting, limit: str
) -> None:
    setting(LIMIT_REGION=limit, LIMIT_IP="100/1d")
    service.cloud.fault("tablestore", "BatchGetRow", "delay_after:300", -1)
    answers = at_once([partial(service.send, phone) for phone in scattered(40)])
    assert sum(answer.status == 200 for answer in answers) == 7
    assert service.counted("region") == service.counted("total") == 7


def test_a_month_is_a_calendar_month_of_beijing(service: Service, setting: Setting, at: At) -> None:
    setting(LIMIT_TOTAL="2/1mo,1000/1d", REGIONS="CN")
    phones = scattered(5)
    at(NEXT_MONTH - 7 * 86_400)
    assert service.send(phones[0]).status == 200
    at(NEXT_MONTH - 1)
    assert service.send(phones[1]).status == 200
    refused = service.send(phones[2])
    assert (refused.code, refused.json["retry_after"]) == ("daily_cap_reached", 1)
    at(NEXT_MONTH)
    assert service.send(phones[2]).status == 200


def test_numbers_that_march_are_observed_and_logged_with_their_figures(
    service: Service, capfd: Captured
) -> None:
    for index, phone in enumerate(marching(CLUSTER)):
        assert service.send(phone, address=f"198.51.100.{index}").status == 200
    line = last_line(capfd)
    assert line["sequence"] == "observed"
    figures = ("sequence_numbers", "sequence_cluster", "sequence_addresses")
    assert [line[name] for name in figures] == [CLUSTER, CLUSTER, CLUSTER]


def test_the_guard_can_stop_numbers_that_march(
    service: Service, setting: Setting, at: At, capfd: Captured
) -> None:
    setting(SEQUENCE_GUARD="enforce")
    at(NOON)
    answers = [service.send(p, address=f"198.51.100.{i}") for i, p in enumerate(marching(8))]
    assert [answer.status for answer in answers] == [200] * (CLUSTER - 1) + [429] * 4
    assert answers[-1].code == "rate_limited"
    assert last_line(capfd)["reason"] == "sequence"
    assert service.send("13800138000").status == 200
    at(NOON + 700)
    assert service.send(marching(9)[-1]).status == 200


def test_a_march_of_one_address_shuts_nobody_else_out(service: Service, setting: Setting) -> None:
    setting(SEQUENCE_GUARD="enforce", LIMIT_IP="100/1d")
    around = [f"13900130{number:03d}" for number in (98, 99, 101, 102)]
    assert {service.send(phone, address=STRANGER).status for phone in around} == {200}
    assert service.send("13900130103", address=STRANGER).code == "rate_limited"
    assert service.send("13900130100", address=OWNER).status == 200


def test_a_march_in_larger_steps_from_few_addresses_is_seen_too(
    service: Service, setting: Setting
) -> None:
    setting(SEQUENCE_GUARD="enforce", LIMIT_IP="100/1d")
    answers = [service.send(phone) for phone in marching(25, step=97)]
    assert [answer.status for answer in answers] == [200] * 19 + [429] * 6


@pytest.mark.parametrize("guard", ["off", "enforce"])
def test_people_of_many_segments_are_no_march(
    service: Service, setting: Setting, guard: str
) -> None:
    setting(SEQUENCE_GUARD=guard, LIMIT_IP="100/1d")
    assert {service.send(phone).status for phone in scattered(30)} == {200}


def test_of_numbers_that_march_all_at_once_none_is_overlooked(service: Service, at: At) -> None:
    at(NOON)
    at_once([partial(service.send, p, address=f"198.51.100.{p[-1]}") for p in marching(30)])
    (segment,) = service.rows("segments")
    assert len(segment) == 30 + 1  # and its key


# Guesses


def test_wrong_guesses_are_limited_per_address(service: Service, setting: Setting) -> None:
    setting(LIMIT_GUESS="5/1d", LIMIT_IP="100/1d")
    codes = [service.sent(phone) for phone in scattered(4)]
    answers = [service.verify("A" * 22, "000000").code for _ in range(2)]
    for (verification_id, code), phone in zip(codes[:3], scattered(4), strict=False):
        answers.append(service.verify(verification_id, wrong(code), phone).code)
    assert answers == ["code_rejected"] * 5
    phone = scattered(4)[3]
    assert service.verify(*codes[3], phone).code == "rate_limited"
    other = Service(service.cloud, address=STRANGER)
    assert other.verify(*codes[3], phone).status == 200


def test_beyond_the_limit_right_and_wrong_look_the_same(
    service: Service, setting: Setting, at: At
) -> None:
    setting(LIMIT_GUESS="1/1d")
    at(NOON)
    verification_id, code = service.sent()
    service.verify("A" * 22, "000000")
    right, other = (service.verify(verification_id, guess) for guess in (code, wrong(code)))
    for answer in (right, other):
        assert (answer.status, answer.code) == (429, "rate_limited")
    assert {**right.json, "request_id": ""} == {**other.json, "request_id": ""}


def test_right_guesses_are_not_held_against_an_address(service: Service, setting: Setting) -> None:
    setting(LIMIT_GUESS="2/1d", LIMIT_IP="100/1d")
    for phone in scattered(5):
        assert service.verify(*service.sent(phone), phone).status == 200


def test_of_simultaneous_guesses_no_more_than_the_limit_are_answered(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_GUESS="7/1d")
    answers = at_once([partial(service.verify, "A" * 22, "000000")] * 40)
    assert sum(answer.code == "code_rejected" for answer in answers) == 7


def test_an_unknown_address_has_no_limit_of_guesses(service: Service, setting: Setting) -> None:
    setting(LIMIT_GUESS="1/1d")
    service.gateway = "apigw"
    answers = {service.verify("A" * 22, "000000").code for _ in range(3)}
    assert answers == {"code_rejected"}
