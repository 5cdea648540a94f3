"""What a set of reports means: the same whatever their order and repetition (I6)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain import delivery, receipt_codes
from shared.domain.delivery import Delivery, Report, delivery_of, reports_in

DAY = 86_400
reports = some.builds(
    Report,
    success=some.booleans(),
    code=some.sampled_from(["DELIVERED", "EXPIRED", "REQUEST_SUCCESS", "MK:0001", "USER_REJECT"]),
    text=some.sampled_from(["", "text"]),
    biz_id=some.sampled_from(["", "1^0"]),
    segments=some.sampled_from([None, 1, 2]),
    sent_at=some.sampled_from([None, 100]),
    reported_at=some.one_of(some.none(), some.integers(1, 5)),
)
outcomes = some.sampled_from([None, "accepted", "unconfirmed", "blocked", "misconfigured"])


def of(*found: Report, outcome: str | None = "accepted", now: float = 10.0) -> Delivery:
    return delivery_of(found, outcome=outcome, provider_code="OK", issued_at=0.0, now=now)


def delivered(at: int | None = 3, code: str = "DELIVERED") -> Report:
    return Report(success=True, code=code, reported_at=at)


def failed(code: str = "USER_REJECT", at: int | None = 3) -> Report:
    return Report(success=False, code=code, reported_at=at)


@given(some.lists(reports, max_size=5), some.randoms(use_true_random=False), outcomes)
def test_order_and_repetition_of_reports_do_not_matter(
    found: list[Report], chance: object, outcome: str | None
) -> None:
    again = [*found, *found[:2]]
    chance.shuffle(again)  # type: ignore[attr-defined]  # hypothesis's Random
    assert of(*again, outcome=outcome) == of(*found, outcome=outcome)


@given(some.lists(reports, max_size=4), reports, outcomes, some.sampled_from([10.0, 9.0 * DAY]))
def test_another_report_never_takes_a_state_back(
    found: list[Report], more: Report, outcome: str | None, now: float
) -> None:
    before = of(*found, outcome=outcome, now=now).state
    after = of(*found, more, outcome=outcome, now=now).state
    assert delivery.STATES.index(after) >= delivery.STATES.index(before)


@given(some.lists(reports, max_size=4), outcomes, some.integers(0, 9 * DAY))
def test_time_never_takes_a_state_back(found: list[Report], outcome: str | None, now: int) -> None:
    before = of(*found, outcome=outcome, now=now).state
    after = of(*found, outcome=outcome, now=now + DAY).state
    assert delivery.STATES.index(after) >= delivery.STATES.index(before)


@given(reports)
def test_a_report_rests_in_a_column_of_its_own_and_comes_back(report: Report) -> None:
    row = {"outcome": "accepted", report.column: report.to_json()}
    assert reports_in(row) == [report]


def test_a_report_of_a_newer_version_is_read() -> None:
    text = delivered().to_json().replace("{", '{"more": 1, ', 1)
    assert reports_in({"report_x": text}) == [delivered()]


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (delivered(), "delivered"),
        (delivered(code="0"), "delivered"),
        (failed(), "failed"),
        (failed("EXPIRED"), "expired"),
        (failed(""), "failed"),
        (failed("REQUEST_SUCCESS"), "accepted"),
        (delivered(code="REQUEST_SUCCESS"), "accepted"),
    ],
)
def test_one_report_decides(report: Report, state: str) -> None:
    assert of(report).state == state


def test_a_delivery_outweighs_every_failure_and_the_first_one_counts() -> None:
    found = [failed(at=9), delivered(7), delivered(4), failed("EXPIRED", 8), delivered(None)]
    for order in itertools.permutations(found):
        assert of(*order) == Delivery("delivered", "DELIVERED", reported_at=4, reports=5)


def test_a_reason_outweighs_running_out_of_time_and_the_last_one_counts() -> None:
    found = [failed("EXPIRED", 9), failed("MK:0001", 5), failed("MK:0012", 6), failed("X", None)]
    for order in itertools.permutations(found):
        assert of(*order) == Delivery("failed", "MK:0012", reported_at=6, reports=4)


def test_between_reports_that_are_otherwise_equal_their_texts_decide() -> None:
    for n in range(20):  # so that chance cannot get it right
        one, other = (Report(success=False, code="X", text=f"{letter}{n}") for letter in "ab")
        assert of(one, other).text == of(other, one).text == f"b{n}"


def test_a_report_counts_more_than_what_the_provider_said() -> None:
    assert of(delivered(), outcome="blocked").state == "delivered"
    assert of(delivered(), outcome=None).state == "delivered"


def test_without_a_report_the_provider_decides_and_then_time() -> None:
    assert of().state == "accepted"
    assert of(outcome="unconfirmed").state == "unconfirmed"
    assert of(outcome=None).state == "unconfirmed"
    assert of(outcome="blocked") == Delivery("failed", "OK")
    for outcome in ("accepted", "unconfirmed", None):
        assert of(outcome=outcome, now=3 * DAY).state != "unknown"
        assert of(outcome=outcome, now=3 * DAY + 1).state == "unknown"
    assert of(delivered(), now=9 * DAY).state == "delivered"


def test_segments_are_known_if_any_report_knows_them() -> None:
    counted = Report(success=False, code="X", segments=2, reported_at=1)
    assert of(delivered(), counted).segments == 2


@pytest.mark.parametrize("state", delivery.STATES)
def test_every_state_has_a_reason_and_an_advice_in_both_languages(state: str) -> None:
    for code in ("", "NEVER_SEEN", *receipt_codes.CODES):
        found = receipt_codes.explain(state, code)
        for chinese, english in (found.reason, found.advice):
            assert not chinese.isascii()
            assert english.isascii()


def test_an_unknown_code_is_shown_as_it_is_and_an_old_spelling_is_known() -> None:
    assert "MK:0099" in receipt_codes.explain("failed", "MK:0099").reason[1]
    old, new = (
        receipt_codes.explain("failed", code)
        for code in ("MOBLLE_TERMINAL_ERROR", "MOBILE_TERMINAL_ERROR")
    )
    assert old == new
