"""Cold start of each door, from the built bundle, beside the plain imports of its SDKs."""

from __future__ import annotations

import os
from typing import Any

from scripts.benchmarks.bundles import built, plain, python
from scripts.benchmarks.cold import RECEIPT_SECRET, ColdStarts, figures
from scripts.benchmarks.figures import Line
from scripts.benchmarks.workload import SETTINGS, Tick, environment_kept
from scripts.local_cloud.apart import CloudApart
from shared import wiring
from shared.storage.bootstrap import bootstrap

VERSION = "3.10"
ROUNDS, QUICK = 15, 3
RATIO = ("倍", "x")


def measure(
    *, quick: bool, tick: Tick, version: str = VERSION, rounds: int | None = None
) -> dict[str, Any]:
    """Return each door's medians and their ratios."""
    rounds = rounds or (QUICK if quick else ROUNDS)
    tick(0.0, "building the bundle")
    code, packages = built(version) / "code", plain(version)
    cloud = CloudApart.start("--no-reports")
    try:
        with environment_kept():
            os.environ.update(cloud.environment)
            client, prefix = wiring.store_client()
            bootstrap(client, prefix, say=lambda _: None)
        settings = {**SETTINGS, "RECEIPT_SECRETS": RECEIPT_SECRET}
        starts = ColdStarts(python(version), code, packages, cloud, settings)
        for number in range(rounds):
            tick(number / rounds, f"round {number + 1} of {rounds}")
            starts.round(number)
    finally:
        cloud.stop()
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
