"""How well providers' messages arrive: a pure sum over facts, whatever their order."""

from __future__ import annotations

import random

import pytest

from shared.domain.delivery import Report
from shared.domain.health import (
    MOST_MINUTES,
    OF_THE_NUMBER,
    SKEW_SECONDS,
    UNREACHABLE,
    Fact,
    Health,
    fact_of,
    health_of,
    minutes_until,
)
from shared.domain.receipt_codes import ALIASES, CODES

NOW = 1_795_287_864
MINE = "A" * 22


def report(code: str = "DELIVERED", *, ago: int = 5, took: int | None = 4) -> Report:
    sent_at = None if took is None else NOW - ago - took
    return Report(code == "DELIVERED", code, sent_at=sent_at, reported_at=NOW - ago)


def fact(message: int, end: str = "delivered", seconds: int | None = None) -> Fact:
    return Fact(f"{message:016x}", end, seconds)


def test_the_share_is_of_the_messages_that_could_be_delivered() -> None:
    ends = ["delivered"] * 6 + ["failed", "expired"] + [UNREACHABLE] * 5
    found = health_of(fact(number, end) for number, end in enumerate(ends))
    assert (found.delivered, found.failed, found.unreachable) == (6, 2, 5)
    assert found.share == 0.75


@pytest.mark.parametrize("ends", [[], [UNREACHABLE]])
def test_without_a_report_on_the_provider_there_is_no_share(ends: list[str]) -> None:
    found = health_of(fact(number, end) for number, end in enumerate(ends))
    assert found.share is None
    assert found.latency(50) is None


def test_latencies_are_those_of_delivered_messages() -> None:
    facts = [fact(number, "delivered", number) for number in range(1, 101)]
    facts += [fact(number, "failed", 9_999) for number in range(101, 150)]
    facts += [fact(200, "delivered")]
    found = health_of(facts)
    assert [found.latency(percent) for percent in (50, 90, 99, 100)] == [50, 90, 99, 100]


def test_order_and_repetition_do_not_matter() -> None:
    chance = random.Random(5)
    ends = ["delivered", "failed", "expired", UNREACHABLE]
    facts = [
        fact(chance.randrange(30), chance.choice(ends), chance.choice([None, 1, 2, 30]))
        for _ in range(200)
    ]
    found = health_of(facts)
    assert found.delivered + found.failed + found.unreachable <= 30
    for _ in range(50):
        again = facts + chance.choices(facts, k=100)
        chance.shuffle(again)
        assert health_of(again) == found


def test_a_message_counts_once_with_the_end_that_says_most() -> None:
    ends = ["expired", "failed", UNREACHABLE, "delivered"]
    for count in range(1, 5):
        found = health_of(fact(1, end) for end in ends[:count])
        assert found.delivered + found.failed + found.unreachable == 1
    assert found == Health(delivered=1)


@pytest.mark.parametrize("end", ["delivered", "failed", "expired", UNREACHABLE])
@pytest.mark.parametrize("seconds", [None, 0, 7, 999_999])
def test_a_fact_can_be_read_from_its_name(end: str, seconds: int | None) -> None:
    assert Fact.from_name(fact(7, end, seconds).name) == fact(7, end, seconds)


@pytest.mark.parametrize("name", ["", "probe", "0000000000000007_x_1", "0" * 16 + "_d_1\n"])
def test_a_name_that_tells_no_fact_is_passed_over(name: str) -> None:
    assert Fact.from_name(name) is None


def test_a_fact_tells_neither_the_message_nor_the_number() -> None:
    found = fact_of(MINE, [report()], now=NOW)
    assert found is not None
    assert MINE not in found[1].name


def test_the_minute_is_the_reports_own_so_that_a_repetition_is_the_same_fact() -> None:
    first = fact_of(MINE, [report(ago=30)], now=NOW)
    again = fact_of(MINE, [report(ago=30)], now=NOW + 300)
    assert first == again == ((NOW - 30) // 60, Fact(first[1].message, "delivered", 4))


@pytest.mark.parametrize("ago", [MOST_MINUTES * 60, 86_400, -SKEW_SECONDS - 1, -86_400])
def test_a_report_of_another_time_says_nothing_of_now(ago: int) -> None:
    assert fact_of(MINE, [report(ago=ago)], now=NOW) is None


def test_a_report_without_a_time_or_an_end_says_nothing_of_now() -> None:
    timeless = Report(success=True, code="DELIVERED")
    assert fact_of(MINE, [timeless, report("REQUEST_SUCCESS")], now=NOW) is None


def test_of_several_reports_the_one_that_says_most_counts() -> None:
    some = [report("EXPIRED"), report(ago=3), report("SP_UNKNOWN_ERROR", ago=1)]
    found = fact_of(MINE, some, now=NOW)
    assert found is not None
    assert found == fact_of(MINE, some[::-1], now=NOW)
    assert found[1].end == "delivered"


@pytest.mark.parametrize("code", sorted(OF_THE_NUMBER))
def test_what_lies_with_a_number_is_not_the_providers_fault(code: str) -> None:
    assert code in CODES or code in ALIASES
    found = fact_of(MINE, [report(code)], now=NOW)
    assert found is not None
    assert found[1].end == UNREACHABLE


@pytest.mark.parametrize("code", ["NO_ROUTE", "SP_UNKNOWN_ERROR", "IS_CLOSE", "anything else"])
def test_any_other_failure_counts_against_the_provider(code: str) -> None:
    found = fact_of(MINE, [report(code)], now=NOW)
    assert found is not None
    assert found[1].end == "failed"


def test_times_that_contradict_each_other_make_no_negative_latency() -> None:
    found = fact_of(MINE, [report(took=-3)], now=NOW)
    assert found is not None
    assert found[1].seconds == 0
    assert fact_of(MINE, [report(took=None)], now=NOW) == (
        found[0],
        Fact(found[1].message, "delivered"),
    )


def test_a_window_ends_with_the_present_minute() -> None:
    assert list(minutes_until(125.0, 2)) == [1, 2]
    for minutes in (0, MOST_MINUTES + 1):
        with pytest.raises(ValueError, match="minutes"):
            minutes_until(125.0, minutes)
