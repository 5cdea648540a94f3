"""How far counts are from what chance makes of them: Pearson's chi-square, as a normal score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

DIGITS = 6
CODES = 10**DIGITS


def score(counts: Sequence[int]) -> float:
    """Return how many standard deviations equally likely bins are from equal (Wilson-Hilferty).

    At a score of 6.5 the approximation says 4 in 10^11; for nine degrees of freedom, its worst
    here, the true figure is 7 in 10^12: it errs on the side of silence.
    """
    freedom = len(counts) - 1
    expected = sum(counts) / len(counts)
    pearson = sum((count - expected) ** 2 for count in counts) / expected
    spread = 2 / (9 * freedom)
    return float(((pearson / freedom) ** (1 / 3) - (1 - spread)) / sqrt(spread))


def views(counts: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """Yield the bins that `counts`, by code from 000000 to 999999, are looked at in."""
    yield "whole codes", list(counts)
    first = [sum(counts[start : start + 1000]) for start in range(0, CODES, 1000)]
    last = [sum(counts[rest::1000]) for rest in range(1000)]
    yield "the first three digits", first
    yield "the last three digits", last
    for half, bins in enumerate((first, last)):
        yield f"digit {3 * half + 1}", [sum(bins[d * 100 : d * 100 + 100]) for d in range(10)]
        yield f"digit {3 * half + 3}", [sum(bins[d::10]) for d in range(10)]
        pairs = [sum(bins[pair * 10 : pair * 10 + 10]) for pair in range(100)]
        yield f"digits {3 * half + 1} and {3 * half + 2}", pairs
        yield f"digit {3 * half + 2}", [sum(pairs[d::10]) for d in range(10)]
        yield f"digits {3 * half + 2} and {3 * half + 3}", [sum(bins[r::100]) for r in range(100)]
    middle = [0] * 100
    for start in range(0, CODES, 100):
        middle[start // 100 % 100] += sum(counts[start : start + 100])
    yield "digits 3 and 4", middle
