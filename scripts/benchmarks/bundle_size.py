"""How large the bundle is, for each runtime."""

from __future__ import annotations

from typing import Any

from scripts.benchmarks.bundles import built
from scripts.benchmarks.figures import Line
from scripts.benchmarks.workload import Tick
from scripts.bundle.layout import sizes
from scripts.bundle.report import MEGABYTE, UNPACKED, ZIPPED
from scripts.bundle.target import TARGETS
from shared.errors import Bilingual

_SIZES: tuple[tuple[str, Bilingual, int], ...] = (
    ("unpacked", ("解压后", "unpacked"), UNPACKED),
    ("zipped", ("压缩后", "zipped"), ZIPPED),
)


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return bytes."""
    del quick  # a bundle is as large as it is
    found = {}
    for place, version in enumerate(TARGETS):
        tick(place / len(TARGETS), f"building for Python {version}")
        out = built(version)
        found[version] = {
            "unpacked": sum(sizes(out / "code", str).values()),
            "zipped": (out / "code.zip").stat().st_size,
        }
    return {"versions": found}


def lines(found: dict[str, Any]) -> list[Line]:
    """Return them beside what they may be."""
    return [
        Line(
            (f"{version}，{name[0]}", f"{version}, {name[1]}"),
            own[key] / MEGABYTE,
            ("MB", "MB"),
            limit=limit / MEGABYTE,
            digits=1,
        )
        for version, own in found["versions"].items()
        for key, name, limit in _SIZES
    ]
