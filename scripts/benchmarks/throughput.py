"""Sends and guesses per second on one core, from some concurrent callers, and how long each waits.

The callers are threads that call the real handlers, as one instance of Function Compute has them.
This process is kept on one core and the local cloud on another, so that the cloud's own time is
not taken from the service; how busy both were says which of them was waited for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles
from threading import Thread
from typing import Any

from scripts.benchmarks.cores import apart
from scripts.benchmarks.figures import Line
from scripts.benchmarks.workload import SETTINGS, Tick
from scripts.costing.bench import Bench, WrongAnswer, bench

CALLERS = (1, 4, 16)
CALLS, QUICK = 1_200, 96
WARM_UP = 8
DOORS = {"send": ("发送", "send"), "verify": ("校验", "verify")}
PER_SECOND = ("次/秒", "/s")


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return for each door and number of callers: rate, latencies, and who was how busy."""
    count = QUICK if quick else CALLS
    found: dict[str, Any] = {"calls": count, "send": {}, "verify": {}}
    with bench(SETTINGS) as at:
        os.environ["TABLESTORE_ENDPOINT"] = at.cloud.tablestore  # the relay runs in this process
        for _ in range(WARM_UP):
            at.ask("/verify-code", at.send())
        with apart(at.cloud.process.pid) as pinned:
            found["pinned"] = pinned
            for place, callers in enumerate(CALLERS):
                tick(place / len(CALLERS), f"sends, {callers} at a time")
                bodies = [{"phone": at.phone(), "scene": "sign_in"} for _ in range(count)]
                sends = [at.asking("/send-code", body) for body in bodies]
                answers, found["send"][str(callers)] = _run(at, sends, callers)
                tick((place + 0.5) / len(CALLERS), f"guesses, {callers} at a time")
                codes = {m["out_id"]: m["params"]["code"] for m in at.cloud.control("outbox")}
                guesses = [
                    at.asking("/verify-code", _guess(body, answer["verification_id"], codes))
                    for body, answer in zip(bodies, answers, strict=True)
                ]
                _, found["verify"][str(callers)] = _run(at, guesses, callers)
    return found


def _guess(body: dict[str, str], verification_id: str, codes: dict[str, str]) -> dict[str, str]:
    return {**body, "verification_id": verification_id, "code": codes[verification_id]}


def _run(
    at: Bench, calls: Sequence[Callable[[], Any]], callers: int
) -> tuple[list[Any], dict[str, float]]:
    """Run the calls from so many threads; return their answers and figures."""
    answers: list[Any] = [None] * len(calls)
    waits = [0.0] * len(calls)

    def caller(first: int) -> None:
        for place in range(first, len(calls), callers):
            started = time.perf_counter()
            answers[place] = calls[place]()
            waits[place] = time.perf_counter() - started

    threads = [Thread(target=caller, args=(first,)) for first in range(callers)]
    others, own = _spent(at.cloud.process.pid), time.process_time()
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    own, others = time.process_time() - own, _spent(at.cloud.process.pid) - others
    if not all(waits):
        raise WrongAnswer("a call of several at once failed")
    cuts = quantiles(waits, n=100)
    return answers, {
        "per_second": round(len(calls) / seconds, 1),
        "p50_milliseconds": round(cuts[49] * 1000, 2),
        "p95_milliseconds": round(cuts[94] * 1000, 2),
        "own_milliseconds": round(own / len(calls) * 1000, 3),
        "own_busy": round(own / seconds, 3),
        "cloud_busy": round(others / seconds, 3),
        "per_own_second": round(len(calls) / own, 1),
    }


def _spent(process: int) -> float:
    """Return the processor seconds of another process; 0 where the system does not tell."""
    told = Path(f"/proc/{process}/stat")
    if not told.is_file():
        return 0.0
    user, system = told.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def lines(found: dict[str, Any]) -> list[Line]:
    """Return rates, with latencies and who was busy."""
    full = max(one["per_second"] for door in DOORS for one in found[door].values())
    return [
        Line(
            (f"{name[0]}，{callers} 个并发", f"{name[1]}, {callers} at a time"),
            one["per_second"],
            PER_SECOND,
            note=(
                f"p50 {one['p50_milliseconds']:.1f} ms，p95 {one['p95_milliseconds']:.1f} ms；"
                f"处理器：服务 {one['own_busy']:.0%}，替身 {one['cloud_busy']:.0%}",
                f"p50 {one['p50_milliseconds']:.1f} ms, p95 {one['p95_milliseconds']:.1f} ms; "
                f"busy: service {one['own_busy']:.0%}, stand-in {one['cloud_busy']:.0%}",
            ),
            full=full,
            minor=callers not in (str(CALLERS[0]), str(CALLERS[-1])),
        )
        for door, name in DOORS.items()
        for callers, one in found[door].items()
    ]
