"""Play one schedule again, and tell step by step what happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scripts.interleaving.case import Case
from scripts.interleaving.edges import Edges
from scripts.interleaving.invariants import wrong
from scripts.interleaving.play import Play
from scripts.interleaving.schedule import Step
from scripts.interleaving.view import View
from scripts.interleaving.world import Seat, World


class Impossible(Exception):
    """A schedule does not fit its case: a step in it cannot happen then."""


def replay(
    case: Case, steps: Iterable[Step], edges: Edges
) -> Iterator[tuple[Step, str, list[str]]]:
    """Yield each step, what happens in it, and what is wrong after it; raise Impossible."""
    play = Play(case, edges)
    world = play.first()
    for step in steps:
        before = world
        try:
            world = play.after(world, step)
        except (ValueError, LookupError) as error:
            raise Impossible(f"{step}: {error}") from None
        view = View(case, world, play.store.contents(world.rows))
        yield step, _happens(before, world, step), wrong(view)


def _happens(before: World, after: World, step: Step) -> str:
    if not step.caller:
        return "time goes on"
    seat = _seat(before, step.caller)
    if step.arrives:
        (astray, *_) = [one for one in before.astray if one.caller == step.caller]
        return f"{astray.request.name} arrives after all"
    request = seat.waits
    name = request.name if request is not None else "nothing"
    told = _seat(after, step.caller).local
    end = told.told if told is not None else None
    heard = f"; is told {end.how} {end.code or end.delivery}".rstrip() if end is not None else ""
    return f"{name}{heard}"


def _seat(world: World, name: str) -> Seat:
    for seat in world.seats:
        if seat.caller.name == name:
            return seat
    raise LookupError(f"there is no {name}")
