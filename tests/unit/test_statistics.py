"""Percentiles and carriers, by hand."""

from __future__ import annotations

import pytest

from shared.domain.carriers import carrier_of
from shared.domain.statistics import percentile


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([], 50, None),
        ([7], 99, 7),
        ([1, 2, 3, 4], 50, 2),
        ([4, 3, 2, 1], 90, 4),
        (list(range(1, 101)), 99, 99),
        (list(range(1, 101)), 1, 1),
    ],
)
def test_a_percentile_is_a_value_that_occurred(
    values: list[int], percent: int, found: int | None
) -> None:
    assert percentile(values, percent) == found


@pytest.mark.parametrize(
    ("masked", "carrier"),
    [
        ("+86138****8000", "mobile"),
        ("+86198****8000", "mobile"),
        ("+86186****8000", "unicom"),
        ("+86199****8000", "telecom"),
        ("+86192****8000", "broadcast"),
        ("+86170****8000", "other"),
        ("+85251****67", "other"),
        ("", "other"),
    ],
)
def test_a_carrier_is_told_by_a_numbers_beginning(masked: str, carrier: str) -> None:
    assert carrier_of(masked) == carrier
