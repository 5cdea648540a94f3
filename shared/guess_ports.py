"""What verifying needs of the world, apart from ports.py, which that door does not load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.domain.deadline import Deadline
from shared.domain.limits import Counter


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess at a code; `digests` are the guess under every secret in force."""

    verification_id: str
    phone: str
    scene: str
    digests: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting a guess showed: `wrong` of a living code, or beyond a limit."""

    wrong: bool
    full: Counter | None = None


class GuessStore(Protocol):
    """Compares and counts guesses. Every method may raise StoreError."""

    def count_if_wrong(
        self, guess: Guess, counters: Sequence[Counter], *, now: float, deadline: Deadline
    ) -> Counted:
        """Count a guess, and compare it with a living code as it is counted, in one request."""
        ...

    def redeem(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        """Spend the living code that the guess matches; False if there is none."""
        ...

    def forgive(self, counters: Sequence[Counter], *, deadline: Deadline) -> None:
        """Take a guess that was right off its counters, as far as that works. Never raises."""
        ...

    def why_dead(self, guess: Guess, *, now: float, deadline: Deadline) -> str:
        """Say for the log why the guess met no living code."""
        ...
