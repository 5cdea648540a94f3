"""The bundle that parts measure, built once in a run, and plain packages beside it."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from scripts.bundle.__main__ import build
from scripts.bundle.packages import install
from scripts.bundle.target import ROOT, TARGETS, BuildError, interpreter
from scripts.ops_cli.complaints import Complaint

OUT = ROOT / ".build" / "bench"


@lru_cache
def built(version: str) -> Path:
    """Build the bundle for a version of Python anew; return the folder with code/ and code.zip."""
    out = OUT / version
    try:
        build(TARGETS[version], out)
    except BuildError as error:
        raise Complaint(error.chinese, error.english) from None
    return out


def python(version: str) -> Path:
    """Return the interpreter that a bundle is for."""
    return interpreter(TARGETS[version])


@lru_cache
def plain(version: str) -> Path:
    """Return a folder with all that the lock file names, with byte code, as pip leaves it."""
    target = TARGETS[version]
    lock, folder = ROOT / "requirements.lock", OUT / f"plain-{version}"
    stamp = folder / "requirements.lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    try:
        install(lock, target, folder)
    except BuildError as error:
        raise Complaint(error.chinese, error.english) from None
    subprocess.run(
        [str(interpreter(target)), "-m", "compileall", "-q", str(folder)],
        check=False,  # packages carry samples that are not meant for every version
        capture_output=True,
    )
    shutil.copyfile(lock, stamp)
    return folder
