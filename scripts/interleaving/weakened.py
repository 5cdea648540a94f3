"""Take each guard out of a copy of the code, and look for the shortest schedule that shows it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.interleaving.weakenings import Weakening

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("shared", "scripts/interleaving", "scripts/local_cloud")


@dataclass(frozen=True, slots=True)
class Shown:
    """What an exploration of a weakened copy found; no schedule where it found nothing."""

    weakening: Weakening
    schedule: str
    problems: tuple[str, ...]
    schedules: int
    worlds: int
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Say whether the invariant is broken that the guard keeps."""
        return any(problem.startswith(self.weakening.invariant) for problem in self.problems)


class Moved(Exception):
    """A guard's text does not stand in its file, or more than once."""


def show(weakenings: Iterable[Weakening]) -> Iterator[Shown]:
    """Explore each weakened copy in a process of its own."""
    for weakening in weakenings:
        with tempfile.TemporaryDirectory() as folder:
            _weaken(Path(folder), weakening)
            yield _explored(Path(folder), weakening)


def _weaken(folder: Path, weakening: Weakening) -> None:
    for part in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "scripts" / "__init__.py", folder / "scripts")
    file = folder / weakening.file
    text = file.read_text("utf-8")
    if text.count(weakening.text) != 1:
        raise Moved(f"{weakening.file}: {weakening.text!r}")
    file.write_text(text.replace(weakening.text, weakening.instead), "utf-8")


def _explored(folder: Path, weakening: Weakening) -> Shown:
    command = [
        sys.executable,
        "-m",
        "scripts.interleaving",
        "--case",
        weakening.case,
        "--json",
        "-",
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{weakening.name}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)["cases"][0]
    first = found["broken"][:1]
    return Shown(
        weakening,
        "".join(broken["schedule"] for broken in first),
        tuple(problem for broken in first for problem in broken["problems"]),
        found["schedules"],
        found["worlds"],
        found["seconds"],
    )
