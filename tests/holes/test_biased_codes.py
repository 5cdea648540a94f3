"""Codes that a guesser could prefer, from the product's own generator (hole: biased codes)."""

from __future__ import annotations

import random
import time
from functools import partial
from itertools import pairwise

import pytest

from shared import wiring
from shared.domain.codes import new_code
from tests.holes.chi_square import CODES, DIGITS, score, views

FAR = 6.5
"""Standard deviations: a fair generator is that far off in one of fifteen views once in 10^9 runs.

What is seen: a digit that is 2.5 % too frequent at its place, or a hundredth of the codes that is
never drawn. Less helps nobody who has 30 guesses a day.
"""


def drawn(count: int) -> list[str]:
    below = wiring.randomness().below
    return [new_code(DIGITS, randbelow=below) for _ in range(count)]


def test_a_million_codes_are_spread_as_chance_spreads_them() -> None:
    codes = drawn(CODES)
    assert {len(code) for code in codes} == {DIGITS}
    counts, follows = [0] * CODES, [0] * 100
    for code in codes:
        counts[int(code)] += 1
    for before, after in pairwise(codes):
        follows[int(before[0] + after[0])] += 1
    far = {name: round(score(bins), 1) for name, bins in views(counts) if abs(score(bins)) > FAR}
    assert far == {}
    assert abs(score(follows)) < FAR, "the first digits of codes that follow each other"


def test_neither_a_seed_nor_the_time_foretells_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    for clock in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"):
        monkeypatch.setattr(time, clock, partial(int, getattr(time, clock)()))
    state = random.getstate()
    random.seed(7)
    first = drawn(5)
    random.seed(7)
    assert drawn(5) != first  # by chance alone once in 10^30 runs
    random.setstate(state)
