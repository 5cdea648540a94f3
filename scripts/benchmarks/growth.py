"""How what operations spend grows: with rows in the tables, reports in a push, messages waiting."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from scripts.benchmarks.figures import Line
from scripts.benchmarks.filling import Filling, Sample
from scripts.benchmarks.workload import SETTINGS, Tick, kept
from scripts.costing.bench import Bench, Spent, bench
from scripts.local_cloud.cloud import FILES
from scripts.local_cloud.tablestore.store import Store
from shared.rules import rules_of
from shared.storage import tables

SIZES, FEW_SIZES = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
BATCHES, FEW_BATCHES = (1, 10, 50, 100, 200, 1_000), (1, 10, 50)
WAITING, LITTLE_WAITING = (0, 100, 1_000, 10_000), (0, 100)
ROUNDS, QUICK = 40, 8
OPERATIONS = {
    "send": ("发送", "send"),
    "verify": ("校验", "verify"),
    "report": ("回执", "receipt"),
    "maintain": ("定时任务", "the timer"),
}


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return for each size what each operation spends."""
    sizes, batches, waiting = (
        (FEW_SIZES, FEW_BATCHES, LITTLE_WAITING) if quick else (SIZES, BATCHES, WAITING)
    )
    rounds = QUICK if quick else ROUNDS
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        bench(SETTINGS, data=Path(folder)) as at,
    ):
        filling = _filling(at, Path(folder))
        by_rows, start = {}, 0
        for size in sizes:

            def tell(share: float, start: int = start, size: int = size) -> None:
                tick(0.7 * (start + share * (size - start)) / sizes[-1], f"{size:,} rows a table")

            filling.users(start, size, tell)
            by_rows[str(size)] = _operations(at, rounds)
            start = size
        by_batch = {}
        for place, size in enumerate(batches):
            tick(0.7 + 0.2 * place / len(batches), f"{size} reports in a push")
            by_batch[str(size)] = _reported(at, size)
        by_waiting = {}
        for place, size in enumerate(waiting):
            tick(0.9 + 0.1 * place / len(waiting), f"the timer, {size:,} messages wait")
            filling.pending(size, now=time.time())
            by_waiting[str(size)] = _median([_timed(at, at.maintain) for _ in range(3)])
    return {"rounds": rounds, "rows": by_rows, "batch": by_batch, "waiting": by_waiting}


def _filling(at: Bench, data: Path) -> Filling:
    """Have the product write what is then copied: one user from the send to the report."""
    at.send()  # leaves a message that awaits its report
    sent = at.send()
    at.ask("/verify-code", sent)
    at.report([sent])
    rules = rules_of(os.environ)
    prefix = rules.settings.table_prefix
    phone = rules.numbers.read(sent["phone"]).key(rules.policy.number_secret)
    with closing(Store(data / FILES[0])) as store:
        messages = store.existing(tables.MESSAGES.name(prefix))
        counters = store.existing(tables.COUNTERS.name(prefix))
        row = next(
            row
            for row in store.scan(messages, b"\x00", b"\xff", backward=False, now=0)
            if row.key[0][1] == sent["verification_id"]
        )
        keys = [
            str(each.key[0][1])
            for each in store.scan(counters, b"\x00", b"\xff", backward=False, now=0)
        ]
    digest = str(row.columns["digest"][0][1])
    address = next(key.split("/")[1] for key in keys if key.startswith("ip/"))
    return Filling(data, prefix, Sample(phone, sent["verification_id"], digest, address))


def _operations(at: Bench, rounds: int) -> dict[str, dict[str, float]]:
    """Return what each operation spends, one after the other so often."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in OPERATIONS}
    for _ in range(rounds):
        body = {"phone": at.phone(), "scene": "sign_in"}
        answers: list[Any] = []
        asking = at.asking("/send-code", body)
        seen["send"].append(_timed(at, partial(kept, answers, asking)))
        sent = at.with_code(body, answers[0])
        seen["verify"].append(_timed(at, at.asking("/verify-code", sent)))
        seen["report"].append(_timed(at, at.reporting([sent])))
    seen["maintain"] = [_timed(at, at.maintain) for _ in range(max(3, rounds // 4))]
    return {name: _median(some) for name, some in seen.items()}


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


def lines(found: dict[str, Any]) -> list[Line]:
    """Return how much more the largest takes than the smallest."""
    return [*_by_rows(found["rows"]), *_by_batch(found["batch"]), *_by_waiting(found["waiting"])]


def _by_rows(rows: dict[str, Any]) -> Iterator[Line]:
    (few, least), *_, (many, most) = rows.items()
    for name, said in OPERATIONS.items():
        before, after = least[name], most[name]
        cpu, wall = (after[key] / before[key] for key in ("processor_milliseconds", "milliseconds"))
        yield Line(
            (f"{said[0]}，{int(many):,} 行", f"{said[1]}, {int(many):,} rows"),
            cpu,
            ("倍处理器时间", "x processor"),
            digits=2,
            note=(
                f"与 {int(few):,} 行相比；总时间 {wall:.2f} 倍；请求 {before['requests']:.0f} → "
                f"{after['requests']:.0f}",
                f"of that at {int(few):,}; {wall:.2f} x the time; requests "
                f"{before['requests']:.0f} → {after['requests']:.0f}",
            ),
            full=2.0,
        )


def _by_batch(batch: dict[str, Any]) -> Iterator[Line]:
    alone = batch["1"]["processor_milliseconds"]
    for size, spent in batch.items():
        if size in ("200", "1000") or len(batch) < len(BATCHES):
            each = spent["processor_milliseconds"] / int(size)
            yield Line(
                (f"回执，每次 {int(size):,} 条", f"receipts, {int(size):,} in a push"),
                each,
                ("ms/条", "ms each"),
                digits=2,
                note=(
                    f"请求 {spent['requests']:.0f}，共 {spent['milliseconds']:.0f} ms",
                    f"{spent['requests']:.0f} requests, {spent['milliseconds']:.0f} ms in all",
                ),
                full=alone,
            )


def _by_waiting(waiting: dict[str, Any]) -> Iterator[Line]:
    size, spent = list(waiting.items())[-1]
    yield Line(
        (f"定时任务，{int(size):,} 条待回执", f"the timer, {int(size):,} wait for reports"),
        spent["milliseconds"],
        ("ms", "ms"),
        note=(f"请求 {spent['requests']:.0f}", f"{spent['requests']:.0f} requests"),
        full=spent["milliseconds"],
    )
