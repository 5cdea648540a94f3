"""The last second of a code, and instances whose clocks differ (hole: expiry at its edge)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import Service, wrong

Setting = Callable[..., None]
At = Callable[[float], None]
TTL = 300


def left(service: Service) -> int:
    (row,) = service.rows("messages")
    return int(row["left"])


@pytest.mark.parametrize("sent_at", [0, 0.5, 0.999])
def test_a_code_dies_on_its_second_and_not_a_guess_later(
    service: Service, at: At, sent_at: float
) -> None:
    at(sent_at)
    sent = service.sent()
    for seconds in (TTL, TTL + 0.001, TTL + 1, TTL + 30, 10 * TTL):
        at(seconds)
        assert service.verify(*sent).code == "code_rejected"
    at(TTL - 0.001)
    assert service.verify(*sent).status == 200


@pytest.mark.parametrize("seconds", [TTL, TTL + 1, TTL + 3600])
def test_no_guess_at_a_code_that_expired_is_compared_or_counted(
    service: Service, at: At, seconds: float
) -> None:
    at(0)
    verification_id, code = service.sent()
    at(seconds)
    answers = [service.verify(verification_id, guess) for guess in (wrong(code), code) * 4]
    assert len({(answer.status, answer.code, len(answer.text)) for answer in answers}) == 1
    assert left(service) == 3


@pytest.mark.parametrize("skew", [-120, -30, -1, 0, 1, 30, 120])
def test_a_skewed_clock_moves_the_edge_by_its_skew_and_no_more(
    service: Service, setting: Setting, at: At, skew: int
) -> None:
    """Only the doors' clocks are asked: that of the store goes by another day."""
    setting(LIMIT_PHONE="10/60s")
    at(0)
    sent = service.sent()
    at(TTL + skew)
    assert (service.verify(*sent).status == 200) is (skew < 0)
    at(skew)
    skewed = service.sent()
    at(TTL + skew)
    assert service.verify(*skewed).code == "code_rejected"
    at(TTL + skew - 1)
    assert service.verify(*skewed).status == 200


def test_between_two_clocks_on_both_sides_of_the_edge_no_guess_is_free(
    service: Service, at: At
) -> None:
    at(0)
    verification_id, code = service.sent()
    for guess in range(3):
        at(TTL + 1)
        assert service.verify(verification_id, wrong(code)).code == "code_rejected"
        assert left(service) == 3 - guess
        at(TTL - 1)
        assert service.verify(verification_id, wrong(code)).code == "code_rejected"
        assert left(service) == 2 - guess
    for seconds in (TTL + 1, TTL - 1, 1):
        at(seconds)
        assert service.verify(verification_id, code).code == "code_rejected"


def test_a_clock_that_is_behind_opens_no_window_early(
    service: Service, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="1/60s", PHONE_SHARE="1")
    at(90)
    service.sent()
    for seconds in (0, 30, 91, 149):
        at(seconds)
        assert service.send().code == "rate_limited"
    at(151)
    assert service.send().status == 200
