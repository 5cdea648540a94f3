"""Install the official clients that the contract runs, each apart and at a pinned version."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
INSTALLED = ROOT / ".tablestore-clients"


def install_npm_client(npm: str) -> Path:
    """Return the folder with the packages of package-lock.json; the first time takes a network."""
    folder = INSTALLED / "node"
    pinned = ("package.json", "package-lock.json")
    if _is(folder, HERE / "node", pinned):
        return folder
    with _fresh(folder) as fresh:
        for name in pinned:
            shutil.copy(HERE / "node" / name, fresh)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        _run([npm, "ci", *options], cwd=fresh)
        shutil.copytree(fresh, folder, symlinks=True)
    return folder


def install_python_client(lock: str) -> Path:
    """Return an interpreter that has what a lock file beside this one names, and nothing else."""
    version = ".".join(map(str, sys.version_info[:2]))
    folder = INSTALLED / f"{Path(lock).stem}-python{version}"
    python = folder / "bin" / "python"
    if python.exists() and _is(folder, HERE / "python", (lock,)):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "uv", "venv", "-q", "-p", sys.executable, str(folder)])
    requirements = str(HERE / "python" / lock)
    options = ["--require-hashes", "--no-deps", "-p", str(python), "-r", requirements]
    _run([sys.executable, "-m", "uv", "pip", "install", "-q", *options])
    shutil.copy(requirements, folder)
    return python


def _is(folder: Path, source: Path, names: tuple[str, ...]) -> bool:
    return all(
        (folder / name).exists() and (folder / name).read_bytes() == (source / name).read_bytes()
        for name in names
    )


def _fresh(folder: Path) -> TemporaryDirectory[str]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    return TemporaryDirectory(prefix="node-", dir=folder.parent)


def _run(command: list[str], *, cwd: str | None = None) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=300)
