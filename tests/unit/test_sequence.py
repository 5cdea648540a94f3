"""Numbers that march, as figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.phone_number import PhoneNumber
from shared.domain.sequence import (
    CLUSTER,
    MOST_NUMBERS,
    NUMBERS,
    SPAN,
    WINDOW,
    March,
    Step,
    measure,
)

NOW = 1_795_250_000.0


def step(number: str = "+8613900130007", source: str | None = "a", now: float = NOW) -> Step:
    return Step.of(PhoneNumber(number, "CN", 86), source, secret="n" * 16, now=now)


def test_a_segment_is_the_first_seven_digits_of_a_mainland_number() -> None:
    assert step().windows == step("+8613900139999").windows
    assert step().windows != step("+8613900140007").windows
    assert step().suffix == 7
    assert "1390013" not in str(step())


def test_a_window_looks_back_into_the_one_before() -> None:
    assert step(now=NOW + WINDOW).windows[1] == step().windows[0]


def test_the_first_send_of_a_segment_is_no_march() -> None:
    assert measure({}, step()) == March(1, 1, 1, walks_along=False)


@pytest.mark.parametrize(
    ("seen", "figures"),
    [
        ([6, 8, 9], (4, 4, 1)),
        ([7], (1, 1, 1)),
        ([7 + SPAN - 1], (2, 2, 1)),
        ([7 + SPAN], (2, 1, 1)),
        ([2000, 2001, 2002, 9999], (5, 3, 1)),
    ],
)
def test_figures(seen: list[int], figures: tuple[int, int, int]) -> None:
    march = measure(dict.fromkeys(seen, "a"), step())
    assert (march.numbers, march.cluster, march.addresses) == figures


@pytest.mark.parametrize(
    ("march", "suspicious"),
    [
        (March(CLUSTER - 1, CLUSTER - 1, 1), False),
        (March(CLUSTER, CLUSTER, CLUSTER), True),
        (March(NUMBERS - 1, 1, 1), False),
        (March(NUMBERS, 1, NUMBERS // 2), True),
        (March(NUMBERS, 1, NUMBERS // 2 + 1), False),
        (March(MOST_NUMBERS - 1, 1, MOST_NUMBERS - 1), False),
        (March(MOST_NUMBERS, 1, MOST_NUMBERS), True),
    ],
)
def test_what_is_suspicious(march: March, suspicious: bool) -> None:
    assert march.suspicious is suspicious


@given(st.dictionaries(st.integers(0, 9999), st.sampled_from("abc")))
def test_a_cluster_is_what_a_slow_count_says(seen: dict[int, str]) -> None:
    march = measure(seen, step())
    numbers = {*seen, 7}
    slow = max(sum(first <= other < first + SPAN for other in numbers) for first in numbers)
    assert march.cluster == slow
    assert march.numbers == len(numbers)
