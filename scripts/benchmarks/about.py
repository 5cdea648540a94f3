"""At which commit, on which machine and when was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from scripts.deployment import ROOT


def about(*, quick: bool) -> dict[str, Any]:
    """Return it for now and here."""
    return {
        "commit": _git("rev-parse", "--short=10", "HEAD"),
        "dirty": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "quick": quick,
    }


def _git(*arguments: str) -> str:
    """Ask git; an archive of the code knows no commit."""
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the one on the path
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip()


def _processor() -> str:
    """Return the processor's name, where the system tells."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", told.read_text()) if told.is_file() else None
    return found[1].strip() if found else platform.processor()
