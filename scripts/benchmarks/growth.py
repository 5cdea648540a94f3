"""How what operations spend grows: with rows in the tables, reports in a push, messages waiting."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from scripts.benchmarks.cores import apart
from scripts.benchmarks.filling import Filling, Sample
from scripts.benchmarks.growth_lines import OPERATIONS
from scripts.benchmarks.workload import SETTINGS, Tick, kept
from scripts.costing.bench import Bench, Spent, bench, far_apart
from shared import wiring
from shared.rules import rules_of
from shared.storage import tables
from shared.storage.calls import columns

SIZES, FEW_SIZES = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
BATCHES, FEW_BATCHES = (1, 10, 50, 100, 200, 1_000), (1, 10, 50)
WAITING, LITTLE_WAITING = (0, 100, 1_000, 10_000), (0, 100)
ROUNDS, QUICK, WARM_UP = 40, 6, 2


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return for each size what each operation spends.

    Beside each larger cloud the smallest one runs, and they take turns: what counts is the ratio.
    """
    sizes, batches, waiting = (
        (FEW_SIZES, FEW_BATCHES, LITTLE_WAITING) if quick else (SIZES, BATCHES, WAITING)
    )
    rounds = QUICK if quick else ROUNDS
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        numbers = far_apart()  # for both clouds, or a number would be sent to again
        prefix, sample = seed(small, numbers)
        shutil.copytree(small, large)
        fixed = Filling(small, prefix, sample)
        fixed.users(0, sizes[0], lambda _: None)
        growing = Filling(large, prefix, sample)
        with _opened(small, numbers) as at:
            few = Side(at)
            found: dict[str, Any] = {"rounds": rounds, "rows": {}, "batch": {}, "waiting": {}}
            start = 0
            for size in sizes[1:]:

                def tell(share: float, start: int = start, size: int = size) -> None:
                    done = (start + share * (size - start)) / sizes[-1]
                    tick(0.6 * done, f"filling tables up to {size:,} rows")

                growing.users(start, size, tell)
                with _opened(large, numbers) as other:
                    many = Side(other)
                    with apart(at.cloud.process.pid, other.cloud.process.pid):
                        found["rows"][str(size)] = _in_turns(few, many, rounds)
                start = size
            few.use()
            for place, size in enumerate(batches):
                tick(0.7 + 0.2 * place / len(batches), f"{size} reports in a push")
                found["batch"][str(size)] = _reported(at, size)
            for place, size in enumerate(waiting):
                tick(0.9 + 0.1 * place / len(waiting), f"the timer, {size:,} messages wait")
                fixed.pending(size, now=time.time())
                found["waiting"][str(size)] = _median([_timed(at, at.maintain) for _ in range(3)])
    return {"smallest": sizes[0], **found}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two clouds, with the environment in which the doors reach it."""

    at: Bench
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def use(self) -> None:
        """Have the doors reach this one."""
        os.environ.clear()
        os.environ.update(self.environment)


@contextmanager
def _opened(data: Path, numbers: Iterator[int]) -> Iterator[Bench]:
    """Start a cloud on a folder."""
    with bench(SETTINGS, data=data) as at:
        at.numbers = numbers
        yield at


def seed(data: Path, numbers: Iterator[int]) -> tuple[str, Sample]:
    """Have the product write what is then copied: one user from the send to the report."""
    data.mkdir()
    with _opened(data, numbers) as at:
        at.send()  # leaves a message that awaits its report
        sent = at.send()
        at.ask("/verify-code", sent)
        at.report([sent])
        rules = rules_of(os.environ)
        phone = rules.numbers.read(sent["phone"]).key(rules.policy.number_secret)
        client, prefix = wiring.store_client()
        key = [("verification_id", sent["verification_id"])]
        _, row, _ = client.get_row(tables.MESSAGES.name(prefix), key, ["digest"], max_version=1)
        return prefix, Sample(phone, sent["verification_id"], columns(row)["digest"])


def _in_turns(few: Side, many: Side, rounds: int) -> dict[str, dict[str, dict[str, float]]]:
    """Return what each operation spends on either side, which take turns."""
    seen: list[dict[str, list[dict[str, float]]]] = [{}, {}]
    for number in range(-WARM_UP, rounds):
        turns = list(zip(seen, (few, many), strict=True))
        for spent, side in turns[:: 1 if number % 2 else -1]:
            if number == 0:
                spent.clear()
            side.use()
            _once(side.at, spent)
    return {
        name: {
            "smallest": _median(seen[0][name]),
            "this": _median(seen[1][name]),
        }
        for name in OPERATIONS
    }


def _once(at: Bench, spent: dict[str, list[dict[str, float]]]) -> None:
    """Run each operation once."""
    body = {"phone": at.phone(), "scene": "sign_in"}
    answers: list[Any] = []

    def note(name: str, action: Callable[[], object]) -> None:
        spent.setdefault(name, []).append(_timed(at, action))

    note("send", partial(kept, answers, at.asking("/send-code", body)))
    sent = at.with_code(body, answers[0])
    note("verify", at.asking("/verify-code", sent))
    note("report", at.reporting([sent]))
    note("maintain", at.maintain)


def _reported(at: Bench, size: int) -> dict[str, float]:
    """Return what a push of so many reports spends, the middle of three."""
    some = []
    for _ in range(3 if size <= 200 else 1):
        sent = [at.send() for _ in range(size)]
        some.append(_timed(at, at.reporting(sent)))
    return _median(some)


def _timed(at: Bench, action: Callable[[], object]) -> dict[str, float]:
    started = time.perf_counter()
    spent: Spent = at.spent(action)
    return {
        "requests": spent.requests,
        "read_units": spent.units.read,
        "write_units": spent.units.write,
        "answered_bytes": spent.answered_bytes,
        "processor_milliseconds": spent.cpu_milliseconds,
        "milliseconds": (time.perf_counter() - started) * 1000,
    }


def _median(some: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(median(one[name] for one in some), 3) for name in some[0]}
