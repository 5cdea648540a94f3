"""What may happen next in a world: who goes on, what arrives, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.interleaving import pieces
from scripts.interleaving.case import Case
from scripts.interleaving.requests import PROVIDER, STORE, Request
from scripts.interleaving.schedule import (
    LATER,
    NOT_REACHED,
    ROW,
    ROW_AWAY,
    ROW_UNCLEAR,
    TURN_AWAY,
    Step,
)
from scripts.interleaving.world import Seat, World, later, oldest, repeats_a_failure, rows_left


def steps(case: Case, world: World) -> Iterator[Step]:
    """Yield what may happen next."""
    for seat in world.seats:
        if seat.waits is not None:
            yield from _steps(case, world, seat, seat.waits)
    for caller in dict.fromkeys(astray.caller for astray in world.astray):
        yield Step(caller, arrives=True)
        if case.by_row and rows_left(oldest(world, caller)) > 1:
            yield Step(caller, ROW, arrives=True)
    if later(world) is not None:
        yield Step("", LATER)


def _steps(case: Case, world: World, seat: Seat, request: Request) -> Iterator[Step]:
    name = seat.caller.name
    yield Step(name)
    if request.kind == PROVIDER and world.refusals:
        yield from (Step(name, TURN_AWAY), Step(name, NOT_REACHED))
    repeats = repeats_a_failure(seat)
    for mark in case.failures:
        if mark in (ROW_AWAY, ROW_UNCLEAR):
            if request.kind == STORE and world.faults and not seat.rows:
                rows = pieces.count(request.name, request.body)
                yield from (Step(name, mark, row=row + 1) for row in range(rows) if rows > 1)
        elif _senseless(mark, seat, request):
            continue
        elif world.faults or repeats == mark:
            yield Step(name, mark)
    if case.by_row and request.kind == STORE:
        rows = pieces.count(request.name, request.body)
        if rows - len(seat.rows) > 1:
            yield Step(name, ROW)


def _senseless(mark: str, seat: Seat, request: Request) -> bool:
    """Say whether it would be no failure: a provider's refusal, or of a batch half done."""
    return mark == TURN_AWAY and (request.kind == PROVIDER or bool(seat.rows))
