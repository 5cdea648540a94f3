"""Be the carriers: settle what was sent, and tell the product, as Aliyun would."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence

from scripts.local_cloud.carrier.behaviour import Behaviour
from scripts.local_cloud.carrier.entries import ALONE, QUEUES, REPORTS, delivery, for_queue
from scripts.local_cloud.carrier.push import Pusher
from scripts.local_cloud.carrier.untold import Report, Untold
from scripts.local_cloud.mns.queues import Queues
from scripts.local_cloud.outbox import Message, Outbox

TICK_SECONDS = 0.1
AT_ONCE = 8
"""Pushes under way at the same time."""
SETTLED_AT_ONCE = 2000


class Carrier:
    """The carriers. Without a push URL, and with reports not put into queues, nobody is told."""

    def __init__(
        self,
        outbox: Outbox,
        untold: Untold,
        queues: Queues,
        *,
        pusher: Pusher,
        behaviour: Behaviour,
        clock: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._untold = untold
        self._queues = queues
        self._pusher = pusher
        self._usual = behaviour
        self._clock = clock
        self._numbers = 0
        self._resets = 0
        self.reset()

    def reset(self) -> None:
        """Behave as at the start, and count from nothing, nor what is under way."""
        self._resets += 1
        self.behave(self._usual)
        self.counts = dict.fromkeys(("lost", "acknowledged", "refused_pushes", "given_up"), 0)

    def behave(self, behaviour: Behaviour) -> None:
        """Behave like this from now on."""
        self.behaviour = behaviour
        self._chance = random.Random(behaviour.seed)  # noqa: S311 - a test's chance

    @property
    def usual(self) -> Behaviour:
        """Return the behaviour of the start."""
        return self._usual

    def state(self) -> dict[str, int]:
        """Return how many messages await a report, reports a listener, and what was counted."""
        waiting = len(self._outbox.waiting(float("inf"), -1))
        return {"waiting": waiting, "untold": self._untold.count(), **self.counts}

    def next_number(self) -> int:
        """Return a number for a reply or a review."""
        self._numbers += 1
        return int(self._clock()) * 1000 + self._numbers % 1000

    async def run(self) -> None:
        """Settle and tell until cancelled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if self.behaviour.reports:
                self.settle()
            await self.tell()

    def settle(self) -> None:
        """Decide what became of the messages that were accepted long enough ago."""
        how = self.behaviour
        for message in self._outbox.waiting(self._clock() - how.delay, SETTLED_AT_ONCE):
            failed = self._chance.random() < how.fail
            lost = self._chance.random() < how.lose
            self.report(
                message.biz_id,
                success=not failed,
                err_code=how.err_code if failed else "",
                phone=message.phone,
                lost=lost,
            )

    def report(
        self,
        biz_id: str,
        *,
        success: bool,
        err_code: str = "",
        phone: str | None = None,
        lost: bool = False,
    ) -> list[Message]:
        """Note what became of the messages of an id, and have the product told."""
        messages = self._outbox.report(
            biz_id, success=success, at=self._clock(), err_code=err_code, phone=phone
        )
        if lost:
            self.counts["lost"] += len(messages)
        else:
            for message in messages:
                self.announce(REPORTS[message.provider], delivery(message))
        return messages

    def announce(self, kind: str, entry: dict[str, object]) -> None:
        """Have the product told of something, as often as the behaviour says."""
        times = 1 + self.behaviour.repeat
        if self.behaviour.to != "push":
            for _ in range(times):
                self._queues.send(QUEUES[kind], for_queue(entry))
        if self.behaviour.to != "queue" and self.behaviour.push_url:
            self._untold.add(kind, [entry] * times, due=self._clock())

    async def tell(self) -> None:
        """Push what is due; what is not acknowledged is due again later, some times."""
        how = self.behaviour
        if not how.push_url:
            return
        reports = self._untold.due(self._clock(), how.batch * AT_ONCE)
        if how.reorder:
            self._chance.shuffle(reports)

        async def push(some: Sequence[Report]) -> None:
            entries = [report.entry for report in some]
            kind, milliseconds, resets = some[0].kind, how.timeout_ms, self._resets
            told = await self._pusher.push(how.push_url, kind, entries, timeout_ms=milliseconds)
            if resets != self._resets:
                return
            if told:
                self.counts["acknowledged"] += len(some)
                self._untold.remove(some)
            else:
                self._again(some, how)

        await asyncio.gather(*(push(some) for some in _batches(reports, how.batch)))

    def _again(self, reports: Sequence[Report], how: Behaviour) -> None:
        self.counts["refused_pushes"] += 1
        for report in reports:
            if report.tries < len(how.pauses):
                self._untold.postpone(report, due=self._clock() + how.pauses[report.tries])
            else:
                self.counts["given_up"] += 1
                self._untold.remove([report])


def _batches(reports: Sequence[Report], size: int) -> Iterator[list[Report]]:
    """Yield batches of one kind each, in order."""
    kinds: dict[str, list[Report]] = {}
    for report in reports:
        batch = kinds.setdefault(report.kind, [])
        batch.append(report)
        if len(batch) == (1 if report.kind in ALONE else size):
            yield kinds.pop(report.kind)
    yield from kinds.values()
