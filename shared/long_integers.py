"""Integers of endless digits in the JSON of strangers, which Python refuses to read."""

from __future__ import annotations

INT_DIGITS = 30


def short_int(digits: str) -> int | str:
    """Read an integer; one of endless digits stays text, so that the rest can be read."""
    return int(digits) if len(digits) <= INT_DIGITS else digits
