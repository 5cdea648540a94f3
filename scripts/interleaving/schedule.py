"""Schedules as short texts: who goes on next, and what becomes of its request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

GO, LATER = "", "+"
LOSE, BREAK, DIE, TURN_AWAY, NOT_REACHED = "?", "*", "!", "-", "~"
ROW, ROW_AWAY, ROW_UNCLEAR = ".", "%", "^"
_TOKEN = re.compile(r"([A-Z])([?*!~.-]?|[%^]\d+)|([a-z])(\.?)|(\+)")

ALPHABET = """\
A    what A asked is done, and A gets its answer (a provider takes the message, a right guess is
     called right)
A?   A waits in vain: its request is still on its way (a provider may have taken the message)
A*   the same, but A hears at once that its connection broke
A!   A dies, like a frozen instance: its request is still on its way
a    A's oldest request that is still on its way arrives after all
A-   the store turns the request away, and A repeats it or gives up; the provider refuses the
     message, or is not asked about a guess
A~   the provider is not reached
A%2  row 2 of a batch is turned away, the others are done
A^2  row 2 of a batch is done, but its answer leaves that open
A.   one more row of a batch is done, and others may come in between; a. of one that is on its way
+    time goes on to when the next caller begins"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `caller` is a capital letter, or empty where time goes on."""

    caller: str
    mark: str = GO
    arrives: bool = False
    row: int = 0

    def __str__(self) -> str:
        """Show the step as it is written."""
        name = self.caller.lower() if self.arrives else self.caller
        number = str(self.row) if self.mark in (ROW_AWAY, ROW_UNCLEAR) else ""
        return f"{name}{self.mark}{number}"

    @property
    def fails(self) -> bool:
        """Say whether something goes wrong in it."""
        return self.mark not in (GO, LATER, ROW)


def parse(text: str) -> list[Step]:
    """Read a schedule; raise ValueError with the first step that is none."""
    steps = []
    for token in text.split():
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise ValueError(token)
        caller, mark, arriving, row, later = match.groups()
        if later:
            steps.append(Step("", LATER))
        elif arriving:
            steps.append(Step(arriving.upper(), row, arrives=True))
        else:
            steps.append(Step(caller, mark[:1], row=int(mark[1:] or 0)))
    return steps


def shown(steps: Iterable[Step]) -> str:
    """Write a schedule."""
    return " ".join(map(str, steps))
