"""A case: who asks at the same time, under which settings, and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.interleaving.callers import Caller, sends_of
from scripts.interleaving.schedule import BREAK, DIE, LOSE, ROW_AWAY, ROW_UNCLEAR, TURN_AWAY
from scripts.interleaving.setting import Setting

BEGINS = 1_795_250_000.0
"""When a case begins, in UTC seconds."""

EARLIER = 120.0
"""Seconds by which what happened before a case lies back: the minute's window is over."""

FAILURES = (LOSE, BREAK, DIE, TURN_AWAY)
ROW_FAILURES = (ROW_AWAY, ROW_UNCLEAR)


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `before` are callers that were through, one after the other, before it begins.

    At most `faults` things go wrong in one schedule, of the kinds `failures`, and at most
    `refusals` messages are refused by a provider. With `by_row`, others come in between the rows
    of a batch. `provider_seconds` is what a provider takes to answer.
    """

    name: str
    about: str
    callers: tuple[Caller, ...]
    before: tuple[Caller, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    faults: int = 1
    refusals: int = 0
    failures: tuple[str, ...] = FAILURES
    by_row: bool = False
    provider_seconds: float = 0.0

    @property
    def everybody(self) -> tuple[Caller, ...]:
        """Return all callers, those before first."""
        return (*self.before, *self.callers)

    @property
    def setting(self) -> Setting:
        """Return what its callers share."""
        return Setting(self.environment, sends_of(self.everybody))
