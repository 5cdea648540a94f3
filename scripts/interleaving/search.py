"""Explore every schedule of a case, shortest first; equal worlds are gone on from once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scripts.interleaving.case import Case
from scripts.interleaving.edges import Edges
from scripts.interleaving.invariants import wrong
from scripts.interleaving.play import Play
from scripts.interleaving.schedule import Step, shown
from scripts.interleaving.view import View
from scripts.interleaving.world import World


@dataclass(frozen=True, slots=True)
class Broken:
    """A schedule that ends in a world where something is wrong."""

    schedule: str
    problems: tuple[str, ...]


@dataclass(slots=True)
class Explored:
    """What an exploration came to.

    `schedules` counts the ways through the case: each is an order of steps that ends when nobody
    asks any more. `worlds` are the different worlds on these ways, `steps` those between them.
    """

    case: str
    schedules: int = 0
    worlds: int = 0
    steps: int = 0
    longest: int = 0
    seconds: float = 0.0
    broken: list[Broken] = field(default_factory=list)


@dataclass(slots=True)
class _Node:
    """A world, one of the ways to it, and how many there are. Ways are shared backwards."""

    world: World
    ways: int
    before: _Node | None = None
    step: Step | None = None

    @property
    def schedule(self) -> str:
        return shown(reversed(list(self._steps())))

    def _steps(self) -> Iterator[Step]:
        node: _Node | None = self
        while node is not None and node.step is not None:
            yield node.step
            node = node.before


def explore(
    case: Case,
    edges: Edges,
    *,
    most_broken: int = 1,
    progress: Callable[[Explored], None] = lambda _: None,
) -> Explored:
    """Take every step from every world; stop after `most_broken` schedules that break something.

    As the shortest schedules come first, the first that breaks something is a shortest one.
    """
    play, found, began = Play(case, edges), Explored(case.name), time.perf_counter()
    level = [_Node(play.first(), 1)]
    while level and len(found.broken) < most_broken:
        found.worlds += len(level)
        following: dict[object, _Node] = {}
        for node in level:
            _check(case, play, node, found)
            if len(found.broken) >= most_broken:
                break
            if node.world.over:
                found.schedules += node.ways
            for step in play.steps(node.world):
                found.steps += 1
                world = play.after(node.world, step)
                same = following.setdefault(world.key, _Node(world, 0, node, step))
                same.ways += node.ways
        found.longest += 1
        found.seconds = time.perf_counter() - began
        progress(found)
        level = list(following.values())
    found.longest -= 1
    return found


def _check(case: Case, play: Play, node: _Node, found: Explored) -> None:
    view = View(case, node.world, play.store.contents(node.world.rows))
    problems = wrong(view)
    if problems:
        found.broken.append(Broken(node.schedule, tuple(problems)))
