"""What a guard is: a line of ours, what stands in its place, and the test that must then fail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """A guard: where it stands, its text, what replaces it, and the test that must then fail."""

    invariant: str
    file: str
    text: str
    instead: str
    test: str
