"""What the use cases need of the world: a number plan, a store, a provider, a log."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.domain.claim import Claim
from shared.domain.deadline import Deadline
from shared.domain.history import History
from shared.domain.limits import Counter
from shared.domain.phone_number import PhoneNumber


class NumberPlan(Protocol):
    """Knows how numbers are spelt."""

    def read(self, spelling: str) -> PhoneNumber:
        """Return the number, or raise Refused (invalid_phone, unsupported_region)."""
        ...


class Log(Protocol):
    """Collects the facts of one request; they are written as one line when it ends."""

    def __call__(self, **facts: object) -> None:
        """Add facts; personal data must come masked."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one read shows before a send."""

    history: History
    counts: Mapping[Counter, int]


class Taken(enum.Enum):
    """What became of one row of a take."""

    YES = "yes"
    NO = "no"
    """Its condition did not hold: somebody else was faster, or a limit is reached."""
    FAILED = "failed"
    """The store certainly did not apply it."""
    UNCLEAR = "unclear"
    """The store may have applied it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a claim got, row by row."""

    slot: Taken
    code: Taken
    counters: Mapping[Counter, Taken] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Say whether everything was taken, for certain."""
        parts = (self.slot, self.code, *self.counters.values())
        return all(part is Taken.YES for part in parts)


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess at a code; `digests` are the guess under every secret in force."""

    verification_id: str
    phone: str
    scene: str
    digests: Sequence[str]


class SendStore(Protocol):
    """Keeps numbers' histories, counters and codes."""

    def look(self, phone: str, counters: Sequence[Counter], *, deadline: Deadline) -> Snapshot:
        """Read a number's history and some counters, in one request, or raise StoreError."""
        ...

    def take(self, claim: Claim, *, deadline: Deadline) -> Grant:
        """Take the number's slot, one of each counter and the code's row, in one request.

        Never raises: what was not taken is in the grant.
        """
        ...

    def give_back(self, claim: Claim, grant: Grant, *, deadline: Deadline) -> None:
        """Undo a take that led to no provider call. Never raises.

        What cannot be given back stays taken, on the side of fewer messages.
        """
        ...

    def settle(
        self,
        claim: Claim,
        outcome: Outcome,
        *,
        replaces: str | None,
        handed_over_at: float,
        deadline: Deadline,
    ) -> None:
        """Note what the provider said and when, or raise StoreError; the replaced code dies.

        A refusal kills the new code instead and gives the counters back. The number's slot
        stays taken if the provider was reached.
        """
        ...


class GuessStore(Protocol):
    """Compares and counts guesses. Every method may raise StoreError."""

    def count_if_wrong(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        """Count a wrong guess at a living code; False if the guess is right or nothing lives."""
        ...

    def redeem(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        """Spend the living code that the guess matches; False if there is none."""
        ...

    def why_dead(self, guess: Guess, *, now: float, deadline: Deadline) -> str:
        """Say for the log why the guess met no living code."""
        ...


class Verdict(enum.Enum):
    """What a provider's answer means for the message; the values go into logs and rows."""

    ACCEPTED = "accepted"
    UNCONFIRMED = "unconfirmed"
    BAD_NUMBER = "bad_number"
    BLOCKED = "blocked"
    WAIT = "wait"
    CAPPED = "capped"
    MISCONFIGURED = "misconfigured"
    TRY_LATER = "try_later"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a hand-over; `reached` is False where no provider saw the request."""

    verdict: Verdict
    provider: str
    code: str = ""
    biz_id: str = ""
    retry_after: int | None = None
    reached: bool = True

    @property
    def accepted(self) -> bool:
        """Say whether the provider certainly took the message."""
        return self.verdict is Verdict.ACCEPTED

    @property
    def refused(self) -> bool:
        """Say whether the provider certainly did not take the message."""
        return self.verdict not in (Verdict.ACCEPTED, Verdict.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """A code on its way to a carrier. It holds what no log may hold."""

    number: PhoneNumber
    scene: str
    code: str = field(repr=False)
    minutes: int
    verification_id: str


class SmsProvider(Protocol):
    """Hands messages to a carrier."""

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        """Hand one message over, at most once; never raises for what a provider does."""
        ...
