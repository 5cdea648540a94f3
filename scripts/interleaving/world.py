"""The world as a value: where everybody stands, what is stored, and what is on its way."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from scripts.interleaving import pieces
from scripts.interleaving.callers import Caller
from scripts.interleaving.case import BEGINS
from scripts.interleaving.events import Called, Event
from scripts.interleaving.locals import Local
from scripts.interleaving.requests import BROKEN, STORE, TIMED_OUT, Request
from scripts.interleaving.rows import Rows, error_answer
from scripts.interleaving.schedule import BREAK, LOSE, TURN_AWAY

BUSY = "OTSServerBusy"


@dataclass(frozen=True, slots=True)
class Astray:
    """A request on its way whose answer nobody awaits; `done` of its rows have arrived."""

    caller: str
    request: Request
    done: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """One caller in the world: where it stands, and the answers of its batch's rows so far."""

    caller: Caller
    local: Local | None = None
    dead: bool = False
    rows: tuple[bytes, ...] = ()

    @property
    def waits(self) -> Request | None:
        """Return the request whose answer it awaits, if it lives and awaits one."""
        return self.local.request if self.local is not None and not self.dead else None

    @property
    def key(self) -> Hashable:
        """Return what tells equal seats from others."""
        return (self.local.number if self.local is not None else -1, self.dead, self.rows)


@dataclass(frozen=True, slots=True)
class World:
    """Everything: rows, callers, requests that went astray, ledger, and what may still go wrong.

    `clock` (UTC seconds) is when callers begin; from there on each has its own, which goes on while
    it waits. So clocks differ as those of instances may.
    """

    rows: Rows
    seats: tuple[Seat, ...]
    astray: tuple[Astray, ...] = ()
    events: frozenset[Event] = frozenset()
    clock: float = BEGINS
    faults: int = 0
    refusals: int = 0

    @property
    def key(self) -> Hashable:
        """Return what tells this world from others: equal ones have equal futures."""
        return (
            frozenset((key, kept.content) for key, kept in self.rows.items()),
            tuple(seat.key for seat in self.seats),
            self.astray,
            self.events,
            self.clock,
            self.faults,
            self.refusals,
        )

    @property
    def over(self) -> bool:
        """Say whether nobody asks, and nobody begins later; requests may be on their way."""
        return all(
            seat.waits is None
            and (seat.local is not None or BEGINS + seat.caller.starts <= self.clock)
            for seat in self.seats
        )


def messages(world: World) -> Iterator[Called]:
    """Yield the messages that may be on their way."""
    return (one for one in world.events if isinstance(one, Called) and one.maybe_taken)


def oldest(world: World, caller: str) -> Astray:
    """Return the oldest of a caller's requests that are on their way."""
    for astray in world.astray:
        if astray.caller == caller:
            return astray
    raise ValueError(f"nothing of {caller}'s is on its way")


def seat_of(world: World, caller: str) -> tuple[int, Seat]:
    """Return a caller's number and seat."""
    for number, seat in enumerate(world.seats):
        if seat.caller.name == caller:
            return number, seat
    raise ValueError(f"there is no {caller}")


def seated(world: World, number: int, seat: Seat) -> World:
    """Return the world with another seat in a place."""
    return replace(world, seats=(*world.seats[:number], seat, *world.seats[number + 1 :]))


def noted(world: World, *events: Event) -> World:
    """Return the world with more events in its ledger."""
    return replace(world, events=world.events.union(events)) if events else world


def gone_astray(world: World, seat: Seat, request: Request) -> World:
    """Leave a write on its way; what asks a provider has arrived, or never will."""
    if request.kind != STORE or not request.changes:
        return world
    astray = Astray(seat.caller.name, request, len(seat.rows))
    return replace(world, astray=(*world.astray, astray))


def repeats_a_failure(seat: Seat) -> str | None:
    """Return how its last request failed, if it now asks the same again."""
    local = seat.local
    if local is None or local.request is None or local.last is None:
        return None
    request, answer = local.last
    if request.kind != STORE or not local.request.repeats(request):
        return None
    if answer.what in (TIMED_OUT, BROKEN):
        return LOSE if answer.what == TIMED_OUT else BREAK
    return TURN_AWAY if answer.status == error_answer(BUSY)[0] else None


def rows_left(astray: Astray) -> int:
    """Return how many rows of a request have not arrived yet."""
    return pieces.count(astray.request.name, astray.request.body) - astray.done


def later(world: World) -> float | None:
    """Return when the next caller begins; those before it must be through."""
    if any(seat.waits is not None for seat in world.seats):
        return None
    starts = [BEGINS + seat.caller.starts for seat in world.seats if seat.local is None]
    return min((start for start in starts if start > world.clock), default=None)
