"""The ruler that codes are held to: it looks at every place, and its scores are those of tables."""

from __future__ import annotations

from math import sqrt

import pytest

from tests.holes.chi_square import DIGITS, score, views


def test_every_place_and_every_pair_of_neighbours_is_looked_at() -> None:
    counts = [1]
    for place in range(DIGITS):  # codes whose digit at a place is never that place's own
        counts = [n if digit != place else 0 for n in counts for digit in range(10)]
    found = dict(views(counts))
    assert len(found) == 14
    for place in range(DIGITS):
        assert [d for d, n in enumerate(found[f"digit {place + 1}"]) if n == 0] == [place]
    for place in range(DIGITS - 1):
        pairs = found[f"digits {place + 1} and {place + 2}"]
        never = {pair for pair, n in enumerate(pairs) if n == 0}
        assert never == {p for p in range(100) if p // 10 == place or p % 10 == place + 1}
    assert all(sum(bins) == 9**DIGITS for bins in found.values())


@pytest.mark.parametrize(("pearson", "tail"), [(27.877, 3.090), (21.666, 2.326), (14.684, 1.282)])
def test_a_score_is_what_tables_of_chi_square_say(pearson: float, tail: float) -> None:
    """Of nine degrees of freedom: what chance exceeds once in 1,000, 100 and 10 times."""
    off = sqrt(pearson * 10**9 / 2)
    counts = [10**9 + round(off), 10**9 - round(off), *[10**9] * 8]
    assert score(counts) == pytest.approx(tail, abs=0.03)
