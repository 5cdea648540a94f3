"""Processor time of one warm send and one warm guess, beside the bare SDK calls that it makes.

Door and bare calls take turns in one run, so what counts is their ratio. Only the time of the
thread that runs them is counted: neither waiting nor the local cloud's own work.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from scripts.benchmarks.bare import Bare
from scripts.benchmarks.bare_rows import Message
from scripts.benchmarks.figures import Line
from scripts.benchmarks.sampled import Sampled
from scripts.benchmarks.workload import SETTINGS, Tick, kept
from scripts.costing.bench import Bench, WrongAnswer, bench
from shared.errors import Bilingual

ROUNDS, QUICK = 600, 60
WARM_UP = 10
NAMES = {"send": ("发送", "send"), "verify": ("校验", "verify")}
RATIO = ("倍", "x")
LEAST_SHOWN = 0.02
ALIKE = 0.03
"""By what share the bytes of the bare requests may differ from those of the door's."""


@dataclass
class Sizes:
    """Counts the bytes that go through the store's client."""

    inner: Any
    sent: int = 0
    requests: int = 0

    def send_receive(self, path: str, headers: Any, body: bytes) -> Any:
        """Post one request."""
        self.sent += len(body)
        self.requests += 1
        return self.inner.send_receive(path, headers, body)


@dataclass
class Taken:
    """What runs of one kind took."""

    seconds: list[float] = field(default_factory=list)
    sent: int = 0
    requests: int = 0

    def run(self, action: Callable[[], object], sizes: Sizes) -> None:
        """Run it and add it up."""
        sent, requests = sizes.sent, sizes.requests
        started = time.thread_time()
        action()
        self.seconds.append(time.thread_time() - started)
        self.sent += sizes.sent - sent
        self.requests += sizes.requests - requests


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return medians in milliseconds, of the door and bare, and how the door's time splits."""
    rounds = QUICK if quick else ROUNDS
    with (
        bench(SETTINGS) as at,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
    ):
        os.environ["TABLESTORE_ENDPOINT"] = at.cloud.tablestore  # the relay runs in this process
        bare = Bare()
        taken = _turns(at, bare, rounds, tick)
        split = _splits(at, rounds * 2, tick)
    return {
        "rounds": rounds,
        "send": figures(taken["send"], taken["bare send"], split["send"]),
        "verify": figures(taken["verify"], taken["bare verify"], split["verify"]),
    }


def _turns(at: Bench, bare: Bare, rounds: int, tick: Tick) -> dict[str, Taken]:
    """Run door and bare calls in turns."""
    sizes = Sizes(bare.store.connection)
    taken: dict[str, Taken] = {}
    bare.store.connection = sizes

    def turn(actions: list[tuple[str, Callable[[], object]]], *, first: int) -> None:
        for name, action in actions[:: 1 if first else -1]:
            taken.setdefault(name, Taken()).run(action, sizes)

    try:
        for number in range(-WARM_UP, rounds):
            if number == 0:
                taken.clear()
            to = Message(at.phone(), f"198.18.{number // 250 % 250}.{number % 250 + 1}")
            body = {"phone": at.phone(), "scene": "sign_in"}
            sending = at.asking("/send-code", body)
            found: list[Any] = []

            sends = partial(kept, found, sending)
            turn([("send", sends), ("bare send", partial(bare.send, to))], first=number % 2)
            verifying = at.asking("/verify-code", at.with_code(body, found[0]))
            turn(
                [("verify", verifying), ("bare verify", partial(bare.verify, to))], first=number % 2
            )
            tick(0.6 * max(0, number) / rounds, "door and bare calls in turns")
    finally:
        bare.store.connection = sizes.inner
    return taken


def _splits(at: Bench, rounds: int, tick: Tick) -> dict[str, dict[str, float]]:
    """Return the door's shares by where they are spent, seen by sampling it."""
    sampled = Sampled()
    with closing(sampled):
        for number in range(rounds):
            body = {"phone": at.phone(), "scene": "sign_in"}
            sending = at.asking("/send-code", body)
            with sampled.of("send"):
                answer = sending()
            verifying = at.asking("/verify-code", at.with_code(body, answer))
            with sampled.of("verify"):
                verifying()
            tick(0.6 + 0.4 * number / rounds, "where it goes")
    return {"send": sampled.shares("send"), "verify": sampled.shares("verify")}


def figures(door: Taken, bare: Taken, split: dict[str, float]) -> dict[str, Any]:
    """Return both times; raise WrongAnswer where the bare calls are not those of the door."""
    if door.requests != bare.requests or abs(bare.sent / door.sent - 1) > ALIKE:
        raise WrongAnswer(
            f"bare calls differ: {bare.requests} requests of {bare.sent} bytes, the door's "
            f"{door.requests} of {door.sent}"
        )
    own, floor = median(door.seconds) * 1000, median(bare.seconds) * 1000
    return {
        "milliseconds": round(own, 3),
        "bare_milliseconds": round(floor, 3),
        "beyond_milliseconds": round(own - floor, 3),
        "ratio": round(own / floor, 3),
        "request_bytes": round(door.sent / len(door.seconds)),
        "bare_request_bytes": round(bare.sent / len(bare.seconds)),
        "split_milliseconds": {name: round(part * own, 3) for name, part in split.items()},
    }


def lines(found: dict[str, Any]) -> list[Line]:
    """Return each door's time beside the bare calls', and where it goes."""
    return [line for key, name in NAMES.items() for line in _of_door(found[key], name)]


def _of_door(own: dict[str, Any], name: Bilingual) -> Iterator[Line]:
    milliseconds, bare = own["milliseconds"], own["bare_milliseconds"]
    yield Line(
        name,
        own["ratio"],
        RATIO,
        digits=2,
        note=(
            f"{milliseconds:.2f} ms，SDK 调用本身 {bare:.2f} ms",
            f"{milliseconds:.2f} ms; the bare SDK calls {bare:.2f} ms",
        ),
        full=2.0,
    )
    for place, part in own["split_milliseconds"].items():
        if part >= LEAST_SHOWN:
            shown = (f"{name[0]}：{place}", f"  {name[1]}: {place}")
            yield Line(shown, part, ("ms", "ms"), digits=2, full=milliseconds, minor=True)
