"""Counters: a row per limit and window, counted under a condition."""

from __future__ import annotations

from shared.domain.limits import Counter
from shared.storage import batch
from shared.storage.conditions import above, any_row, below, existing


def counter_key(counter: Counter) -> batch.Key:
    """Return the key of a counter's row."""
    return [("counter", counter.key)]


def count(table: str, counter: Counter) -> batch.Write:
    """Count one more, only while the counter is below its limit (I4)."""
    room = any_row(below("n", counter.limit, or_missing=True))
    return batch.increment(table, counter_key(counter), "n", 1, room)


def release(table: str, counter: Counter) -> batch.Write:
    """Count one less."""
    return batch.increment(table, counter_key(counter), "n", -1, existing(above("n", 0)))
