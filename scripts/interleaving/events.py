"""The ledger: what happened that no row and no answer shows. Its events are a set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from scripts.interleaving.requests import ACCEPTED, BROKEN, REFUSED, TIMED_OUT

DIED = "died"


@dataclass(frozen=True, slots=True)
class Called:
    """A provider was asked to send, some time from `start` to `end` (UTC seconds)."""

    caller: str
    ordinal: int
    provider: str
    verification_id: str
    what: str
    start: float
    end: float

    @property
    def maybe_taken(self) -> bool:
        """Say whether the message may be on its way."""
        return self.what in (ACCEPTED, TIMED_OUT, BROKEN, DIED)

    @property
    def reached(self) -> bool:
        """Say whether the provider may have seen it."""
        return self.maybe_taken or self.what == REFUSED


@dataclass(frozen=True, slots=True)
class Compared:
    """The store compared a caller's guess with the digest of a living code."""

    caller: str
    verification_id: str


@dataclass(frozen=True, slots=True)
class PutToProvider:
    """A guess was put to the provider that made the code."""

    caller: str
    ordinal: int
    verification_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A caller's request number `ordinal` was lost, turned away, or its caller died."""

    caller: str
    ordinal: int
    mark: str


Event: TypeAlias = Called | Compared | PutToProvider | Failed
