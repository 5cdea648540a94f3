"""What the use cases need of the world: a number plan, a store, a provider, a log."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.domain.claim import Claim
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.history import History
from shared.domain.limits import Counter
from shared.domain.lists import Listed
from shared.domain.phone_number import PhoneNumber
from shared.domain.sequence import Step
from shared.domain.standing import Standing

NOTHING_LISTED = Listed()


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
class Inquiry:
    """What has to be known before a send; `token` and `phone` are keyed hashes.

    `providers` are those to choose between.
    """

    phone: str
    counters: Sequence[Counter] = ()
    address: str | None = None
    token: str | None = None
    step: Step | None = None
    providers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one read shows before a send; `seen` are the segment's numbers, suffix -> source."""

    history: History
    counts: Mapping[Counter, int]
    listed: Listed = NOTHING_LISTED
    token_used: bool = False
    seen: Mapping[int, str] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)


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
    token: Taken = Taken.YES

    @property
    def complete(self) -> bool:
        """Say whether everything was taken, for certain."""
        parts = (self.slot, self.code, self.token, *self.counters.values())
        return all(part is Taken.YES for part in parts)


class SendStore(Protocol):
    """Keeps numbers' histories, counters, lists and codes."""

    def look(self, inquiry: Inquiry, *, deadline: Deadline) -> Snapshot:
        """Read everything that can refuse a send, in one request, or raise StoreError."""
        ...

    def take(self, claim: Claim, *, deadline: Deadline) -> Grant:
        """Take slot, counters, captcha token and the code's row, and note the step; one request.

        Never raises: what was not taken is in the grant.
        """
        ...

    def give_back(self, claim: Claim, grant: Grant, *, deadline: Deadline) -> None:
        """Undo a take that led to no provider call, but for its captcha token. Never raises.

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
        standings: Mapping[str, Standing],
        deadline: Deadline,
    ) -> None:
        """Note what the provider said and when, or raise StoreError; the replaced code dies.

        A refusal kills the new code instead and gives the counters back. The number's slot
        stays taken if the provider was reached. `standings` are those that changed; they are
        notes, which may get lost.
        """
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
    """What became of a hand-over; `reached` is False where no provider saw the request.

    `elsewhere` says that another provider may be asked: this one certainly did not take it, for a
    reason that lies with it and not with the number; `one_off`, that it lies with this message's
    template or parameters, and says nothing of others. `text` is what the service said of a code
    that is not known here, with numbers hidden. `managed` says that the provider made the code.
    """

    verdict: Verdict
    provider: str
    code: str = ""
    biz_id: str = ""
    retry_after: int | None = None
    reached: bool = True
    template: str = ""
    elsewhere: bool = False
    one_off: bool = False
    text: str = ""
    managed: bool = False

    @property
    def failed(self) -> bool:
        """Say whether it speaks against the provider: what lies with number or message does not.

        Nor does a code that is not known here, which may be about anything.
        """
        if self.verdict is Verdict.UNCONFIRMED:
            return not self.text
        return self.elsewhere and not self.one_off

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
    policy: CodePolicy
    verification_id: str

    @property
    def minutes(self) -> int:
        """Return the minutes that the message may promise."""
        return self.policy.minutes


class SmsProvider(Protocol):
    """Hands messages to a carrier."""

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        """Hand one message over, at most once; never raises for what a provider does."""
        ...


class SmsProviders(Protocol):
    """Knows the providers by name; one is made, and its SDK loaded, when it is asked for."""

    def __call__(self, name: str) -> SmsProvider:
        """Return a provider."""
        ...


class Humanity(enum.Enum):
    """What a captcha service says of a token."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The service failed, and did not say."""
    MISCONFIGURED = "misconfigured"
    """The service refuses our own keys or permissions."""


@dataclass(frozen=True, slots=True)
class CaptchaAnswer:
    """A captcha service's answer, with its own code for the log."""

    humanity: Humanity
    code: str = ""


class Captcha(Protocol):
    """Tells people from programs."""

    def check(
        self, token: str, *, scene: str, address: str | None, deadline: Deadline
    ) -> CaptchaAnswer:
        """Ask the service about a token, once; never raises for what the service does.

        `token` is passed on unmodified; `address` is the user's, where it is known.
        """
        ...
