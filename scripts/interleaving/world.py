"""The world as a value, and what one step makes of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from scripts.interleaving import pieces
from scripts.interleaving.callers import Caller, Verify, code_of
from scripts.interleaving.case import BEGINS, EARLIER, Case
from scripts.interleaving.comparing import compared
from scripts.interleaving.edges import Edges
from scripts.interleaving.events import DIED, Called, Compared, Event, Failed, PutToProvider
from scripts.interleaving.locals import Local, Locals
from scripts.interleaving.requests import (
    ACCEPTED,
    ANSWERED,
    BROKEN,
    CHECK,
    ELSEWHERE,
    NOT_ASKED,
    PROVIDER,
    REFUSED,
    RIGHT,
    STORE,
    TIMED_OUT,
    WRONG,
    Answer,
    Request,
)
from scripts.interleaving.rows import Rows, Tablestore, error_answer
from scripts.interleaving.schedule import (
    BREAK,
    DIE,
    GO,
    LATER,
    LOSE,
    NOT_REACHED,
    ROW,
    ROW_AWAY,
    ROW_UNCLEAR,
    TURN_AWAY,
    Step,
)

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


class Play:
    """Plays one case: its first world, the steps that are possible, and what they lead to."""

    def __init__(self, case: Case, edges: Edges) -> None:
        self.case = case
        self.store = Tablestore()
        self._locals = Locals(edges, case.setting)
        self._ids = {case.setting.id_of(name): name for name in case.setting.sends}

    def first(self) -> World:
        """Return the world when the case begins: what was before is over, and all went well."""
        earlier = tuple(Seat(caller) for caller in self.case.before)
        world = World({}, earlier, clock=BEGINS - EARLIER)
        for number, caller in enumerate(self.case.before):
            begun = Seat(caller, self._locals.begin(caller, world.clock))
            world = _seated(world, number, begun)
            while not world.seats[number].local.told:  # type: ignore[union-attr]  # it has begun
                world = self.after(world, Step(caller.name))
        seats = tuple(Seat(caller) for caller in self.case.callers)
        world = replace(
            world,
            seats=(*world.seats, *seats),
            clock=BEGINS,
            faults=self.case.faults,
            refusals=self.case.refusals,
        )
        return self._begun(world)

    def steps(self, world: World) -> Iterator[Step]:
        """Yield what may happen next."""
        for seat in world.seats:
            if seat.waits is not None:
                yield from self._steps(world, seat, seat.waits)
        for caller in dict.fromkeys(astray.caller for astray in world.astray):
            yield Step(caller, arrives=True)
            if self.case.by_row and self._rows_left(_oldest(world, caller)) > 1:
                yield Step(caller, ROW, arrives=True)
        if self._later(world) is not None:
            yield Step("", LATER)

    def after(self, world: World, step: Step) -> World:
        """Return the world after a step; raise ValueError for one that is not possible."""
        if step.mark == LATER:
            later = self._later(world)
            if later is None:
                raise ValueError("nobody begins later")
            return self._begun(replace(world, clock=later))
        return self._begun(self._done(world, step))

    def _done(self, world: World, step: Step) -> World:
        if step.arrives:
            return self._arrived(world, _oldest(world, step.caller), by_row=step.mark == ROW)
        number, seat = _seat_of(world, step.caller)
        request = seat.waits
        if request is None:
            raise ValueError(f"{step.caller} asks nothing")
        world = self._spent(world, seat, step)
        if step.mark == DIE:
            return self._died(world, number, seat, request)
        if request.kind == PROVIDER:
            return self._called(world, number, seat, request, step)
        if request.kind == CHECK:
            return self._checked(world, number, seat, request, step)
        return self._stored(world, number, seat, request, step)

    def _steps(self, world: World, seat: Seat, request: Request) -> Iterator[Step]:
        name = seat.caller.name
        yield Step(name)
        if request.kind == PROVIDER and world.refusals:
            yield from (Step(name, TURN_AWAY), Step(name, NOT_REACHED))
        repeats = _repeats_a_failure(seat)
        for mark in self.case.failures:
            if mark in (ROW_AWAY, ROW_UNCLEAR):
                if request.kind == STORE and world.faults and not seat.rows:
                    rows = pieces.count(request.name, request.body)
                    yield from (Step(name, mark, row=row + 1) for row in range(rows) if rows > 1)
            elif _senseless(mark, seat, request):
                continue
            elif world.faults or repeats == mark:
                yield Step(name, mark)
        if self.case.by_row and request.kind == STORE:
            rows = pieces.count(request.name, request.body)
            if rows - len(seat.rows) > 1:
                yield Step(name, ROW)

    def _spent(self, world: World, seat: Seat, step: Step) -> World:
        """Return the world with one thing less that may go wrong; repeated failures are free."""
        request = seat.waits
        if not step.fails or request is None or seat.local is None:
            return world
        if request.kind == PROVIDER and step.mark in (TURN_AWAY, NOT_REACHED):
            return replace(world, refusals=world.refusals - 1)
        failed = Failed(seat.caller.name, len(seat.local.answers) + 1, step.mark)
        free = _repeats_a_failure(seat) == step.mark
        faults = world.faults if free else world.faults - 1
        return replace(world, faults=faults, events=world.events | {failed})

    def _died(self, world: World, number: int, seat: Seat, request: Request) -> World:
        if request.kind == PROVIDER:
            world = _noted(world, self._call(seat, request, DIED, request.at + request.patience))
        if request.kind == CHECK:
            world = _noted(world, self._put(seat, request, DIED))
        world = _seated(world, number, replace(seat, dead=True, rows=()))
        return _gone_astray(world, seat, request)

    def _called(self, world: World, number: int, seat: Seat, request: Request, step: Step) -> World:
        what = {
            GO: ACCEPTED,
            TURN_AWAY: REFUSED,
            NOT_REACHED: ELSEWHERE,
            LOSE: TIMED_OUT,
            BREAK: BROKEN,
        }
        seconds = request.patience if step.mark == LOSE else self.case.provider_seconds
        end = request.at + seconds
        world = _noted(world, self._call(seat, request, what[step.mark], end))
        return self._answered(world, number, seat, Answer(what[step.mark], end))

    def _checked(
        self, world: World, number: int, seat: Seat, request: Request, step: Step
    ) -> World:
        verification_id, code = request.body.decode().split()
        right = code == code_of(self._ids[verification_id])
        what = {
            GO: RIGHT if right else WRONG,
            TURN_AWAY: NOT_ASKED,
            LOSE: TIMED_OUT,
            BREAK: BROKEN,
        }[step.mark]
        end = request.at + (request.patience if step.mark == LOSE else 0)
        if what != NOT_ASKED:
            world = _noted(world, self._put(seat, request, what))
        return self._answered(world, number, seat, Answer(what, end))

    def _stored(self, world: World, number: int, seat: Seat, request: Request, step: Step) -> World:
        now = request.at
        if step.mark in (LOSE, BREAK):
            lost = {LOSE: Answer(TIMED_OUT, now + request.patience), BREAK: Answer(BROKEN, now)}
            world = _gone_astray(world, seat, request)
            return self._answered(world, number, seat, lost[step.mark])
        if step.mark == TURN_AWAY:
            return self._answered(world, number, seat, Answer(ANSWERED, now, *error_answer(BUSY)))
        if step.mark == ROW:
            world, answer = self._applied_row(world, seat.caller, request, len(seat.rows))
            return _seated(world, number, replace(seat, rows=(*seat.rows, answer)))
        world = self._with_compared(world, seat.caller, request.name, request.body)
        status, body = 200, b""
        if seat.rows:
            answers = list(seat.rows)
            while len(answers) < pieces.count(request.name, request.body):
                world, answer = self._applied_row(world, seat.caller, request, len(answers))
                answers.append(answer)
            body = pieces.join(answers)
        else:
            failed = {step.row - 1: BUSY} if step.mark == ROW_AWAY else {}
            status, body, rows = self.store.apply(
                world.rows, request.name, request.body, now=world.clock, failed_rows=failed
            )
            world = replace(world, rows=rows)
        if step.mark == ROW_UNCLEAR:
            body = pieces.with_unclear(body, step.row - 1)
        return self._answered(world, number, seat, Answer(ANSWERED, now, status, body))

    def _applied_row(
        self, world: World, caller: Caller, request: Request, row: int
    ) -> tuple[World, bytes]:
        body = pieces.split(request.body)[row]
        world = self._with_compared(world, caller, request.name, body)
        applied = self.store.apply(world.rows, request.name, body, now=world.clock)
        return replace(world, rows=applied.rows), applied.body

    def _arrived(self, world: World, astray: Astray, *, by_row: bool) -> World:
        request, (_, seat) = astray.request, _seat_of(world, astray.caller)
        rest = tuple(one for one in world.astray if one is not astray)
        if astray.done or by_row:
            rows = range(astray.done, astray.done + (1 if by_row else self._rows_left(astray)))
            for row in rows:
                world, _ = self._applied_row(world, seat.caller, request, row)
            left = replace(astray, done=rows.stop)
            return replace(world, astray=(left, *rest) if self._rows_left(left) else rest)
        world = self._with_compared(world, seat.caller, request.name, request.body)
        applied = self.store.apply(world.rows, request.name, request.body, now=world.clock)
        return replace(world, rows=applied.rows, astray=rest)

    @staticmethod
    def _rows_left(astray: Astray) -> int:
        return pieces.count(astray.request.name, astray.request.body) - astray.done

    def _answered(self, world: World, number: int, seat: Seat, answer: Answer) -> World:
        if seat.local is None:
            raise ValueError(f"{seat.caller.name} has not begun")
        local = self._locals.go_on(seat.caller, seat.local, answer)
        return _seated(world, number, replace(seat, local=local, rows=()))

    def _with_compared(self, world: World, caller: Caller, operation: str, body: bytes) -> World:
        if not isinstance(caller, Verify):
            return world
        ids = compared(self.store, world.rows, operation, body)
        return _noted(world, *(Compared(caller.name, one) for one in ids))

    @staticmethod
    def _call(seat: Seat, request: Request, what: str, end: float) -> Called:
        ordinal = len(seat.local.answers) + 1 if seat.local is not None else 0
        about = request.body.decode()
        return Called(seat.caller.name, ordinal, request.name, about, what, request.at, end)

    @staticmethod
    def _put(seat: Seat, request: Request, what: str) -> PutToProvider:
        ordinal = len(seat.local.answers) + 1 if seat.local is not None else 0
        return PutToProvider(seat.caller.name, ordinal, request.body.decode().split()[0], what)

    def _later(self, world: World) -> float | None:
        """Return when the next caller begins; those before it must be through."""
        if any(seat.waits is not None for seat in world.seats):
            return None
        starts = [BEGINS + seat.caller.starts for seat in world.seats if seat.local is None]
        return min((start for start in starts if start > world.clock), default=None)

    def _begun(self, world: World) -> World:
        for number, seat in enumerate(world.seats):
            if seat.local is not None or BEGINS + seat.caller.starts > world.clock:
                continue
            if seat.caller.needs <= {call.caller for call in _messages(world)}:
                local = self._locals.begin(seat.caller, world.clock)
                world = _seated(world, number, replace(seat, local=local))
        return world


def _messages(world: World) -> Iterator[Called]:
    """Yield the messages that may be on their way."""
    return (one for one in world.events if isinstance(one, Called) and one.maybe_taken)


def _oldest(world: World, caller: str) -> Astray:
    for astray in world.astray:
        if astray.caller == caller:
            return astray
    raise ValueError(f"nothing of {caller}'s is on its way")


def _seat_of(world: World, caller: str) -> tuple[int, Seat]:
    for number, seat in enumerate(world.seats):
        if seat.caller.name == caller:
            return number, seat
    raise ValueError(f"there is no {caller}")


def _seated(world: World, number: int, seat: Seat) -> World:
    return replace(world, seats=(*world.seats[:number], seat, *world.seats[number + 1 :]))


def _noted(world: World, *events: Event) -> World:
    return replace(world, events=world.events.union(events)) if events else world


def _gone_astray(world: World, seat: Seat, request: Request) -> World:
    """Leave a write on its way; what asks a provider has arrived, or never will."""
    if request.kind != STORE or not request.changes:
        return world
    astray = Astray(seat.caller.name, request, len(seat.rows))
    return replace(world, astray=(*world.astray, astray))


def _senseless(mark: str, seat: Seat, request: Request) -> bool:
    """Say whether it would be no failure: a provider's refusal, or of a batch half done."""
    return mark == TURN_AWAY and (request.kind == PROVIDER or bool(seat.rows))


def _repeats_a_failure(seat: Seat) -> str | None:
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
