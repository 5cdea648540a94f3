"""Where each caller stands, as a value: all that it asked and was answered so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.interleaving.callers import told
from scripts.interleaving.edges import Edges, Paused, Run
from scripts.interleaving.requests import Answer, Request, Told

if TYPE_CHECKING:
    from scripts.interleaving.callers import Caller
    from scripts.interleaving.setting import Setting


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A caller at one point of its run. Equal points are the same object.

    Either `request` awaits an answer, or `told` is what the caller was told. `now` is its clock.
    """

    number: int
    start: float
    asked: tuple[Request, ...]
    answers: tuple[Answer, ...]
    request: Request | None
    told: Told | None
    now: float

    @property
    def last(self) -> tuple[Request, Answer] | None:
        """Return what was answered last."""
        return (self.asked[-1], self.answers[-1]) if self.answers else None


class Locals:
    """Runs callers, each stretch of each of them once."""

    def __init__(self, edges: Edges, setting: Setting) -> None:
        self._edges = edges
        self._setting = setting
        self._known: dict[tuple[object, ...], Local] = {}
        self.runs = 0

    def begin(self, caller: Caller, start: float) -> Local:
        """Return the caller before its first request is answered."""
        return self._find((caller.name, start), caller, start, (), ())

    def go_on(self, caller: Caller, local: Local, answer: Answer) -> Local:
        """Return the caller after an answer."""
        if local.request is None:
            raise ValueError(f"{caller.name} asks nothing")
        asked = (*local.asked, local.request)
        key = (local.number, answer)
        return self._find(key, caller, local.start, asked, (*local.answers, answer))

    def _find(
        self,
        key: tuple[object, ...],
        caller: Caller,
        start: float,
        asked: tuple[Request, ...],
        answers: tuple[Answer, ...],
    ) -> Local:
        if key not in self._known:
            self.runs += 1
            run = Run(caller.name, start, asked, answers)
            request, end = None, None
            with self._edges.of(run):
                try:
                    end = told(caller, self._edges, self._setting)
                except Paused as paused:
                    request = paused.request
            number = len(self._known)
            self._known[key] = Local(number, start, asked, answers, request, end, run.now)
        return self._known[key]
