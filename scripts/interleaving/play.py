"""What one step makes of a world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scripts.interleaving import pieces
from scripts.interleaving.callers import Caller, Verify
from scripts.interleaving.case import BEGINS, EARLIER, Case
from scripts.interleaving.comparing import compared
from scripts.interleaving.edges import Edges
from scripts.interleaving.events import DIED, Called, Compared, Failed, PutToProvider
from scripts.interleaving.locals import Locals
from scripts.interleaving.possible import steps
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
    TIMED_OUT,
    WRONG,
    Answer,
    Request,
)
from scripts.interleaving.rows import Tablestore, error_answer
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
from scripts.interleaving.setting import made_code
from scripts.interleaving.world import (
    BUSY,
    Astray,
    Seat,
    World,
    gone_astray,
    later,
    messages,
    noted,
    oldest,
    repeats_a_failure,
    rows_left,
    seat_of,
    seated,
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
            world = seated(world, number, begun)
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
        return steps(self.case, world)

    def after(self, world: World, step: Step) -> World:
        """Return the world after a step; raise ValueError for one that is not possible."""
        if step.mark == LATER:
            moment = later(world)
            if moment is None:
                raise ValueError("nobody begins later")
            return self._begun(replace(world, clock=moment))
        return self._begun(self._done(world, step))

    def _done(self, world: World, step: Step) -> World:
        if step.arrives:
            return self._arrived(world, oldest(world, step.caller), by_row=step.mark == ROW)
        number, seat = seat_of(world, step.caller)
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

    def _spent(self, world: World, seat: Seat, step: Step) -> World:
        """Return the world with one thing less that may go wrong; repeated failures are free."""
        request = seat.waits
        if not step.fails or request is None or seat.local is None:
            return world
        if request.kind == PROVIDER and step.mark in (TURN_AWAY, NOT_REACHED):
            return replace(world, refusals=world.refusals - 1)
        failed = Failed(seat.caller.name, len(seat.local.answers) + 1, step.mark)
        free = repeats_a_failure(seat) == step.mark
        faults = world.faults if free else world.faults - 1
        return replace(world, faults=faults, events=world.events | {failed})

    def _died(self, world: World, number: int, seat: Seat, request: Request) -> World:
        if request.kind == PROVIDER:
            world = noted(world, self._call(seat, request, DIED, request.at + request.patience))
        if request.kind == CHECK:
            world = noted(world, self._put(seat, request, DIED))
        world = seated(world, number, replace(seat, dead=True, rows=()))
        return gone_astray(world, seat, request)

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
        world = noted(world, self._call(seat, request, what[step.mark], end))
        return self._answered(world, number, seat, Answer(what[step.mark], end))

    def _checked(
        self, world: World, number: int, seat: Seat, request: Request, step: Step
    ) -> World:
        verification_id, code = request.body.decode().split()
        right = code == made_code(self._ids[verification_id])
        what = {
            GO: RIGHT if right else WRONG,
            TURN_AWAY: NOT_ASKED,
            LOSE: TIMED_OUT,
            BREAK: BROKEN,
        }[step.mark]
        end = request.at + (request.patience if step.mark == LOSE else 0)
        if what != NOT_ASKED:
            world = noted(world, self._put(seat, request, what))
        return self._answered(world, number, seat, Answer(what, end))

    def _stored(self, world: World, number: int, seat: Seat, request: Request, step: Step) -> World:
        now = request.at
        if step.mark in (LOSE, BREAK):
            lost = {LOSE: Answer(TIMED_OUT, now + request.patience), BREAK: Answer(BROKEN, now)}
            world = gone_astray(world, seat, request)
            return self._answered(world, number, seat, lost[step.mark])
        if step.mark == TURN_AWAY:
            return self._answered(world, number, seat, Answer(ANSWERED, now, *error_answer(BUSY)))
        if step.mark == ROW:
            world, answer = self._applied_row(world, seat.caller, request, len(seat.rows))
            return seated(world, number, replace(seat, rows=(*seat.rows, answer)))
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
        request, (_, seat) = astray.request, seat_of(world, astray.caller)
        rest = tuple(one for one in world.astray if one is not astray)
        if astray.done or by_row:
            rows = range(astray.done, astray.done + (1 if by_row else rows_left(astray)))
            for row in rows:
                world, _ = self._applied_row(world, seat.caller, request, row)
            left = replace(astray, done=rows.stop)
            return replace(world, astray=(left, *rest) if rows_left(left) else rest)
        world = self._with_compared(world, seat.caller, request.name, request.body)
        applied = self.store.apply(world.rows, request.name, request.body, now=world.clock)
        return replace(world, rows=applied.rows, astray=rest)

    def _answered(self, world: World, number: int, seat: Seat, answer: Answer) -> World:
        if seat.local is None:
            raise ValueError(f"{seat.caller.name} has not begun")
        local = self._locals.go_on(seat.caller, seat.local, answer)
        return seated(world, number, replace(seat, local=local, rows=()))

    def _with_compared(self, world: World, caller: Caller, operation: str, body: bytes) -> World:
        if not isinstance(caller, Verify):
            return world
        ids = compared(self.store, world.rows, operation, body)
        return noted(world, *(Compared(caller.name, one) for one in ids))

    @staticmethod
    def _call(seat: Seat, request: Request, what: str, end: float) -> Called:
        ordinal = len(seat.local.answers) + 1 if seat.local is not None else 0
        about = request.body.decode()
        return Called(seat.caller.name, ordinal, request.name, about, what, request.at, end)

    @staticmethod
    def _put(seat: Seat, request: Request, what: str) -> PutToProvider:
        ordinal = len(seat.local.answers) + 1 if seat.local is not None else 0
        return PutToProvider(seat.caller.name, ordinal, request.body.decode().split()[0], what)

    def _begun(self, world: World) -> World:
        for number, seat in enumerate(world.seats):
            if seat.local is not None or BEGINS + seat.caller.starts > world.clock:
                continue
            if seat.caller.needs <= {call.caller for call in messages(world)}:
                local = self._locals.begin(seat.caller, world.clock)
                world = seated(world, number, replace(seat, local=local))
        return world
