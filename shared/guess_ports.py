"""What verifying needs of the world, apart from ports.py, which that door does not load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from shared.domain.deadline import Deadline
from shared.domain.limits import Counter
from shared.domain.phone_number import PhoneNumber


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess at a code; `digests` are the guess under every secret in force."""

    verification_id: str
    phone: str
    scene: str
    digests: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting a guess showed: `counted` against a living code, or beyond a limit."""

    counted: bool
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

    def count_managed(
        self, guess: Guess, counters: Sequence[Counter], *, now: float, deadline: Deadline
    ) -> Counted:
        """Count a guess at a living code that its provider checks, in one request."""
        ...

    def recount_managed(self, guess: Guess, *, deadline: Deadline) -> None:
        """Take back a count: the provider certainly was not asked. Never raises."""
        ...

    def is_ours(self, guess: Guess, *, deadline: Deadline) -> bool:
        """Say whether there is such a message, with a code that was made here."""
        ...

    def redeem_managed(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        """Spend a living code that its provider found right; False if there is none (any more)."""
        ...

    def forgive(self, counters: Sequence[Counter], *, deadline: Deadline) -> None:
        """Take a guess that was right off its counters, as far as that works. Never raises."""
        ...

    def why_dead(self, guess: Guess, *, now: float, deadline: Deadline) -> str:
        """Say for the log why the guess met no living code."""
        ...


class Checked(Enum):
    """What a provider says of a guess at a code that it made; the values go into logs."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_ASKED = "not_asked"
    """The guess certainly was not compared."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """A provider's answer to a guess, with its own code for the log."""

    checked: Checked
    code: str = ""


class CodeChecker(Protocol):
    """Checks guesses at the codes that it made."""

    def check(
        self, number: PhoneNumber, verification_id: str, code: str, *, deadline: Deadline
    ) -> CheckAnswer:
        """Put one guess to the provider, once; never raises for what a provider does."""
        ...
