"""The parts of a run, in their order: what measures each, and what of it the table shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from scripts.benchmarks import (
    bundle_size,
    cold_part,
    growth,
    growth_lines,
    memory,
    processor,
    store,
    throughput,
)
from scripts.benchmarks.figures import Line
from scripts.benchmarks.workload import Tick
from shared.errors import Bilingual


class Measure(Protocol):
    """Measures a part; returns its raw figures, as JSON has them."""

    def __call__(self, *, quick: bool, tick: Tick) -> dict[str, Any]:
        """Measure, with fewer rounds and smaller tables if it is to be quick."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `usual` and `quick` are roughly its seconds, for the progress."""

    name: str
    title: Bilingual
    does: str
    measure: Measure
    lines: Callable[[dict[str, Any]], Sequence[Line]]
    usual: float
    quick: float


PARTS = (
    Part(
        "cold",
        ("冷启动：与直接导入 SDK 之比", "cold start, as a ratio to the plain imports of the SDKs"),
        "Cold start of each door, from the built bundle.",
        cold_part.measure,
        cold_part.lines,
        100,
        30,
    ),
    Part(
        "store",
        ("Tablestore 请求", "Tablestore requests"),
        "Tablestore requests and capacity units of each operation, beside their budgets.",
        store.measure,
        store.lines,
        6,
        6,
    ),
    Part(
        "processor",
        ("处理器时间：与裸 SDK 调用之比", "processor time, as a ratio to the bare SDK calls"),
        "Processor time of a warm send and guess, beside the bare SDK calls.",
        processor.measure,
        processor.lines,
        45,
        5,
    ),
    Part(
        "throughput",
        ("单核吞吐量", "throughput on one core"),
        "Sends and guesses per second on one core, from 1, 4 and 16 callers.",
        throughput.measure,
        throughput.lines,
        45,
        6,
    ),
    Part(
        "memory",
        ("内存", "resident memory"),
        "Resident memory of each door, and what many sends leave behind.",
        memory.measure,
        memory.lines,
        60,
        30,
    ),
    Part(
        "bundle",
        ("代码包，按 Python 版本", "the bundle, by the version of Python"),
        "How large the bundle is, for each runtime.",
        bundle_size.measure,
        bundle_size.lines,
        25,
        25,
    ),
    Part(
        "growth",
        ("增长", "growth"),
        "How requests, units and times grow with table size, batch size and waiting messages.",
        growth.measure,
        growth_lines.lines,
        150,
        12,
    ),
)


def lines_of(found: dict[str, Any]) -> list[tuple[Part, list[Line]]]:
    """Return the lines of each part that was measured."""
    measured = found["parts"]
    return [
        (part, list(part.lines(measured[part.name]))) for part in PARTS if part.name in measured
    ]


def broken(found: dict[str, Any]) -> list[str]:
    """Return the figures that exceed their budgets."""
    return [
        f"{part.name}: {line.name[1]}"
        for part, lines in lines_of(found)
        for line in lines
        if not line.within
    ]
