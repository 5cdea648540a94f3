"""What must hold in every world: each yields what is wrong, if anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from scripts.interleaving.invariants.codes import CODES
from scripts.interleaving.invariants.limits import LIMITS
from scripts.interleaving.invariants.messages import MESSAGES
from scripts.interleaving.invariants.reports import REPORTS
from scripts.interleaving.view import View

Invariant: TypeAlias = Callable[[View], Iterator[str]]

ALL: tuple[Invariant, ...] = (*CODES, *LIMITS, *MESSAGES, *REPORTS)


def wrong(view: View) -> list[str]:
    """Return everything that is wrong in a world."""
    return [problem for invariant in ALL for problem in invariant(view)]
