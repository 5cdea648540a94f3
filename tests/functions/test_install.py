"""scripts/install, with stand-ins for Python and pip that take their time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service import ROOT

PYTHON = f"""#!/bin/sh
case "$1" in
    -m) mkdir -p "$3/bin" && cp "$HERE/pip" "$3/bin/python" ;;
    *) exec '{sys.executable}' "$@" ;;
esac
"""
PIP = """#!/bin/sh
echo began >> "$HERE/log"
for _ in $(seq "${TENTHS:-5}"); do sleep 0.1; done
echo ended >> "$HERE/log"
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name, text in (("python", PYTHON), ("pip", PIP)):
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def start(here: Path, **environment: str) -> subprocess.Popen[str]:
    own = {"HERE": str(here), "PYTHON": str(here / "python"), "VENV": str(here / "venv")}
    return subprocess.Popen(
        [ROOT / "scripts" / "install"],
        env={**os.environ, **own, **environment},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def log(here: Path) -> list[str]:
    return (here / "log").read_text().split() if (here / "log").exists() else []


def test_two_at_once_install_once(here: Path) -> None:
    both = [start(here) for _ in range(2)]
    said = "".join(process.communicate(timeout=30)[1] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert log(here) == ["began", "ended"]
    assert said.count("waiting for it") == 1
    assert (here / "venv" / ".installed").exists()


def test_one_that_was_killed_is_not_waited_for(here: Path) -> None:
    killed = start(here, TENTHS="600")
    until = time.monotonic() + 20
    while not log(here) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    again = start(here)
    again.communicate(timeout=30)
    assert again.returncode == 0
    assert log(here) == ["began", "began", "ended"]
