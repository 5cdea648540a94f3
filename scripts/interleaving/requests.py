"""What callers ask of the world, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass

STORE, PROVIDER, CHECK = "store", "provider", "check"
WRITES = frozenset({"PutRow", "UpdateRow", "DeleteRow", "BatchWriteRow"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request: of the store its operation and body, of a provider its name and the message.

    `at` is when it was sent, by the caller's clock; `patience` how many seconds its answer is
    waited for.
    """

    kind: str
    name: str
    body: bytes
    at: float
    patience: float

    @property
    def changes(self) -> bool:
        """Say whether it can change what is stored."""
        return self.name in WRITES

    def repeats(self, other: Request) -> bool:
        """Say whether it is the other one once more."""
        return (self.kind, self.name, self.body) == (other.kind, other.name, other.body)


ANSWERED, TIMED_OUT, BROKEN = "answered", "timed_out", "broken"
ACCEPTED, REFUSED, ELSEWHERE = "accepted", "refused", "elsewhere"
RIGHT, WRONG, NOT_ASKED = "right", "wrong", "not_asked"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and the moment (UTC seconds) at which the caller goes on with it."""

    what: str
    at: float
    status: int = 0
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller was told in the end.

    `how` is "ok", "refused", or the name of an error; `code` a public code or an exception's
    name. `verification_id` and `delivery` are those of an answer to a send.
    """

    how: str
    code: str = ""
    verification_id: str = ""
    delivery: str = ""

    @property
    def ok(self) -> bool:
        """Say whether the caller got what it wanted."""
        return self.how == "ok"
