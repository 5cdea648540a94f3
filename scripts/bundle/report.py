"""What is in the bundle, and what takes the room."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scripts.bundle.layout import sizes
from scripts.bundle.packages import Package

MEGABYTE = 1_000_000
UNPACKED, ZIPPED = 45 * MEGABYTE, 14 * MEGABYTE
"""Budgets (bytes): a smaller bundle is fetched and unpacked sooner at a cold start."""

BAR = 30
SMALLEST = 100_000


def table(code: Path, archive: Path, packages: Iterable[Package]) -> str:
    """Return what takes the room, largest first, as text with bars."""
    owner = {
        Path("python", file): f"{package.name} {package.version}"
        for package in packages
        for file in package.files
    }

    def owner_of(file: Path) -> str:
        if file.parts[0] != "python":
            return "shared and the doors"
        return owner.get(file) or owner.get(file.with_suffix(".py")) or "bundle.json"

    found = sorted(sizes(code, owner_of).items(), key=lambda item: -item[1])
    largest = found[0][1]
    lines = [
        f"{_megabytes(size)}  {'█' * max(1, round(size / largest * BAR)):<{BAR}}  {name}"
        for name, size in found
        if size >= SMALLEST
    ]
    rest = [size for _, size in found if size < SMALLEST]
    if rest:
        lines.append(f"{_megabytes(sum(rest))}  {'▏':<{BAR}}  {len(rest)} more")
    total, packed = sum(size for _, size in found), archive.stat().st_size
    return "\n".join(
        [
            *lines,
            f"{_megabytes(total)}  unpacked, of {UNPACKED // MEGABYTE} MB at most",
            f"{_megabytes(packed)}  zipped, of {ZIPPED // MEGABYTE} MB at most",
        ]
    )


def over_budget(code: Path, archive: Path) -> bool:
    """Tell whether the bundle is larger than it may be."""
    return sum(sizes(code, str).values()) > UNPACKED or archive.stat().st_size > ZIPPED


def shown(file: Path) -> str:
    """Return a path as people know it."""
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:6.2f} MB"
