"""Lay the bundle out: doors at its root, `shared/` beside them, packages in `python/`."""

from __future__ import annotations

import fnmatch
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts.bundle.packages import Package
from scripts.bundle.target import Target

LEFT_OUT = (
    "*.dist-info/*",
    "*/tests/*",
    "*.c",
    "*.h",
    "*.md",
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.typed",
    "*darwin*.so",
    "bin/*",
    "pydantic/mypy.py",  # a plug-in of the type checker
    "pydantic/v1/*",  # the old API, for those who still use it
    "tablestore/ots_sdk/*.so",  # a second codec, for 3.12 only: twice the bundle, a later start
)
"""Files that nothing imports or reads while the functions run."""


def lay_out(
    packages: Iterable[Package],
    installed: Path,
    product: Path,
    into: Path,
    *,
    target: Target,
) -> None:
    """Copy what runs into an empty folder; doors stay source, all else is compiled later."""
    for door in sorted((product / "functions").glob("*.py")):
        if door.name != "__init__.py":
            _copy(door, into / door.name)
    for source in sorted((product / "shared").rglob("*.py")):
        _copy(source, into / source.relative_to(product))
    for package in packages:
        for file in package.files:
            if _runs(file):
                _copy(installed / file, into / "python" / file)
    contents = {
        "python": target.version,
        "packages": {package.name: package.version for package in packages},
    }
    text = json.dumps(contents, indent=1, sort_keys=True)
    (into / "python" / "bundle.json").write_text(text + "\n", "utf-8")


def _runs(file: Path) -> bool:
    name = file.as_posix()
    if file.is_absolute() or ".." in file.parts or "__pycache__" in file.parts:
        return False
    return not any(fnmatch.fnmatchcase(name, pattern) for pattern in LEFT_OUT)


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)


def sizes(folder: Path, of: Callable[[Path], str]) -> dict[str, int]:
    """Return the bytes of a folder's files, summed up by what `of` calls each."""
    found: dict[str, int] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = of(file.relative_to(folder))
            found[name] = found.get(name, 0) + file.stat().st_size
    return found
