"""What rates allow within a window that is not their own."""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain.rates import Rate


def most_within(rates: Iterable[Rate], seconds: int) -> int | None:
    """Return how often something can happen in a stretch of seconds under rolling rates, or None.

    A longer window than the stretch may be used up within it. None where there are no rates.
    """
    return min((rate.count * -(-seconds // rate.window) for rate in rates), default=None)
