"""What a hole is: a weakness of services like this one, and the copies that it was put into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weakness:
    """One way to have the hole, in both languages, and the guards' names that put it into a copy.

    The tests are those of the guards: each is seen to fail on its copy (scripts/test -m guards).
    """

    english: str
    chinese: str
    guards: tuple[str, ...]


@dataclass(frozen=True)
class Hole:
    """A hole of this class, in both languages, and the ways to have it."""

    english: str
    chinese: str
    weaknesses: tuple[Weakness, ...]
