"""Long random schedules of many callers; a seed decides the case and every step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.interleaving.callers import (
    DELIVERED,
    NOTHING_YET,
    OTHER_PHONE,
    PHONE,
    UNREACHABLE,
    Caller,
    Report,
    Send,
    Verify,
)
from scripts.interleaving.case import FAILURES, ROW_FAILURES, Case
from scripts.interleaving.cases import KEY, MANAGED, TWO_PROVIDERS
from scripts.interleaving.edges import Edges
from scripts.interleaving.invariants import wrong
from scripts.interleaving.play import Play
from scripts.interleaving.schedule import Step, shown
from scripts.interleaving.search import Broken
from scripts.interleaving.view import View

FEWEST, MOST = 4, 9
"""Callers of one case."""

LONGEST = 200
"""Steps; none needs as many."""

LETTERS = "ABCDEFGHI"


@dataclass(frozen=True, slots=True)
class Walk:
    """One random schedule: its case, its length, and what it broke."""

    case: str
    steps: int
    broken: Broken | None


def case_of(seed: int) -> Case:
    """Return the case that a seed stands for."""
    chance = _chance("case", seed)
    before = (Send("S"), Send("T", OTHER_PHONE))
    callers: list[Caller] = []
    for letter in LETTERS[: chance.randint(FEWEST, MOST)]:
        callers.append(_caller(letter, callers, chance))
    providers = chance.choice([{}, {}, TWO_PROVIDERS, MANAGED])
    return Case(
        f"random:{seed}",
        "callers at random",
        tuple(callers),
        before=before,
        environment={
            **providers,
            "MAX_ATTEMPTS": str(chance.randint(1, 3)),
            "LIMIT_TOTAL": f"{chance.randint(3, 6)}/1d",
        },
        faults=chance.randint(0, 4),
        refusals=chance.randint(0, 2),
        failures=(*FAILURES, *ROW_FAILURES),
        by_row=chance.random() < 0.5,
        provider_seconds=chance.choice([0.0, 4.0]),
    )


def walks(seed: int, count: int, edges: Edges) -> Iterator[Walk]:
    """Yield what each seed's schedule comes to."""
    for number in range(seed, seed + count):
        yield walk(number, edges)


def walk(seed: int, edges: Edges) -> Walk:
    """Take steps at random until none is left, or something is wrong."""
    case, chance = case_of(seed), _chance("steps", seed)
    play = Play(case, edges)
    world, taken = play.first(), list[Step]()
    while len(taken) < LONGEST:
        steps = list(play.steps(world))
        if not steps:
            break
        weights = [1.0 if not step.fails else 0.1 for step in steps]
        (step,) = chance.choices(steps, weights)
        world = play.after(world, step)
        taken.append(step)
        problems = wrong(View(case, world, play.store.contents(world.rows)))
        if problems:
            return Walk(case.name, len(taken), Broken(shown(taken), tuple(problems)))
    return Walk(case.name, len(taken), None)


def _chance(what: str, seed: int) -> random.Random:
    return random.Random(f"{what} {seed}")  # noqa: S311 - it has to be the same each time


def _caller(letter: str, earlier: list[Caller], chance: random.Random) -> Caller:
    sends = ["S", "T", *(one.name for one in earlier if isinstance(one, Send))]
    kind = chance.random()
    if kind < 0.4:
        phone = chance.choice([PHONE, PHONE, OTHER_PHONE])
        starts = chance.choice([0.0, 0.0, 0.0, 60.0, 75.0, 150.0])
        replaces = chance.choice([None, None, *sends])
        key = chance.choice([None, None, None, f"{KEY}{phone}{replaces}"])
        return Send(letter, phone, replaces=replaces, key=key, starts=starts)
    if kind < 0.8:
        starts = chance.choice([0.0, 0.0, 60.0])
        return Verify(letter, chance.choice(sends), right=chance.random() < 0.5, starts=starts)
    codes = chance.sample([DELIVERED, UNREACHABLE, NOTHING_YET], k=chance.randint(1, 2))
    return Report(letter, tuple((chance.choice(sends), code) for code in codes))
