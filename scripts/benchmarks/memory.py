"""Resident memory of a door's process: after its first answer, many sends, and many at once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from scripts.benchmarks.cold import DOORS, ColdStarts, WrongAnswer
from scripts.benchmarks.figures import Line
from scripts.benchmarks.prepared import cold_starts
from scripts.benchmarks.workload import Tick
from scripts.costing.bench import far_apart

PROGRAM = Path(__file__).with_name("answer_many.py")
VERSION = "3.10"
SENDS, QUICK = 1_000, 100
CALLERS = 16
ROUNDS = 3
"""How often so many sends come from many callers at once; growth is taken over all but the first,
in which each thread gets connections and buffers of its own."""

MEGABYTE = 1_000_000
UNIT = ("MB", "MB")


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return megabytes: of each door after its first answer, and of a send's process after more."""
    sends = QUICK if quick else SENDS
    tick(0.0, "building the bundle")
    with cold_starts(VERSION) as starts:
        phones = (f"138{suffix}" for suffix in far_apart())
        first, own = next(phones), {}
        for place, door in enumerate(DOORS):
            tick(0.3 * place / len(DOORS), f"first answer of {door.name}")
            with _started(starts, door.name) as process:
                own[door.name] = _answered(process, [starts.event(door.name, first)])
        return {
            "sends": sends,
            "callers": CALLERS,
            "first_answer": own,
            **_grown(starts, phones, sends, tick),
        }


def _grown(starts: ColdStarts, phones: Iterator[str], sends: int, tick: Tick) -> dict[str, Any]:
    """Send one after the other, then several at once, often enough to see what stays."""

    def events() -> list[dict[str, Any]]:
        return [starts.event("send_code", phone) for phone in islice(phones, sends)]

    with _started(starts, "send_code") as process:
        tick(0.3, f"{sends} sends")
        after = _answered(process, events())
        at_once = []
        for number in range(ROUNDS):
            tick(0.5 + 0.5 * number / ROUNDS, f"{sends} sends, {CALLERS} at a time")
            at_once.append(_answered(process, events(), callers=CALLERS))
    grown = (at_once[-1] - at_once[0]) / ((ROUNDS - 1) * sends) * 1000
    return {
        "after_sends": after,
        "at_once": at_once,
        "grown_per_1000": round(grown, 3),
    }


@contextmanager
def _started(starts: ColdStarts, door: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [str(starts.python), "-S", str(PROGRAM), f"{door}.handler"],
        env=starts.environment([starts.code, starts.code / "python"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield process


def _answered(
    process: subprocess.Popen[str], events: Sequence[dict[str, Any]], *, callers: int = 1
) -> float:
    """Have a process answer some events; return its megabytes afterwards."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipe")
    wish = {"callers": callers, "events": [json.dumps(event) for event in events]}
    process.stdin.write(json.dumps(wish) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith("RESIDENT "):
            found = json.loads(line.removeprefix("RESIDENT "))
            if set(found["seen"]) - {"200", "ok"}:
                raise WrongAnswer(f"answers were {found['seen']}")
            kilobytes: int = found["kilobytes"]
            return round(kilobytes * 1024 / MEGABYTE, 1)
    raise WrongAnswer("a door's process ended")


def lines(found: dict[str, Any]) -> list[Line]:
    """Return them, and what a thousand sends leave behind."""
    sends, callers = found["sends"], found["callers"]
    last = found["at_once"][-1]
    shown = [
        Line(
            (f"{door}，首个应答之后", f"{door}, after the first answer"),
            own,
            UNIT,
            full=last,
            minor=door not in ("send_code", "receipts"),
        )
        for door, own in found["first_answer"].items()
    ]
    return [
        *shown,
        Line(
            (f"发送 {sends:,} 次之后", f"after {sends:,} sends"),
            found["after_sends"],
            UNIT,
            full=last,
        ),
        Line(
            (f"再发送 {sends * ROUNDS:,} 次，{callers} 个并发", f"and {sends * ROUNDS:,} more"),
            last,
            UNIT,
            note=(
                f"其间每 1,000 次增加 {found['grown_per_1000']:.2f} MB",
                f"{callers} at a time; it grew by {found['grown_per_1000']:.2f} MB in 1,000",
            ),
            full=last,
        ),
    ]
