"""Cold start of each door, from the built bundle, beside the plain imports of its SDKs."""

from __future__ import annotations

from typing import Any

from scripts.benchmarks.cold import figures
from scripts.benchmarks.figures import Line
from scripts.benchmarks.prepared import cold_starts
from scripts.benchmarks.workload import Tick

VERSION = "3.10"
ROUNDS, QUICK = 15, 3
RATIO = ("倍", "x")


def measure(
    *, quick: bool, tick: Tick, version: str = VERSION, rounds: int | None = None
) -> dict[str, Any]:
    """Return each door's medians and their ratios."""
    rounds = rounds or (QUICK if quick else ROUNDS)
    tick(0.0, "building the bundle")
    with cold_starts(version) as starts:
        for number in range(rounds):
            tick(number / rounds, f"round {number + 1} of {rounds}")
            starts.round(number)
    return {"python": version, "rounds": rounds, "doors": figures(starts.runs)}


def lines(found: dict[str, Any]) -> list[Line]:
    """Return the ratios; milliseconds are this machine's."""
    return [
        Line(
            (door["door"], door["door"]),
            door["ratio"],
            RATIO,
            limit=door["target"],
            minor=door["target"] is None,
            digits=3,  # 0.604 is over 0.60
            note=(
                f"{door['milliseconds']} ms，SDK 导入 {door['imports_milliseconds']} ms",
                f"{door['milliseconds']} ms; the imports {door['imports_milliseconds']} ms",
            ),
        )
        for door in found["doors"]
    ]
