"""Start the service of scripts/serve, with limits out of the way, and read its log."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.local_cloud.local_settings import LOCAL_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("send_code", "verify_code", "messages", "receipts")

WIDE = {
    "LIMIT_PHONE": "100000/60s",
    "LIMIT_ALLOWED": "100000/60s",
    "LIMIT_IP": "1000000/1d",
    "LIMIT_DEVICE": "1000000/1d",
    "LIMIT_GUESS": "1000000/1d",
    "LIMIT_TOTAL": "1000000/1d",
    "SEQUENCE_GUARD": "off",
}
"""Or nearly every answer would be 429."""


@dataclass
class Served:
    """A service that runs, where it answers, and what its doors have answered so far."""

    address: str
    secret: str
    outcomes: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    """How often a door answered with a status and an outcome."""
    unread: list[str] = field(default_factory=list)
    """Lines that are no log lines: a traceback, for example."""

    @property
    def broken(self) -> bool:
        """Say whether a door failed, whoever looked at the answer."""
        return bool(self.unread) or any(status >= 500 for _, status, _ in self.outcomes)

    def note(self, line: str) -> None:
        """Count a line of the log."""
        try:
            entry = json.loads(line)
        except ValueError:
            if self.outcomes:  # what comes before is the welcome
                self.unread.append(line.rstrip())
            return
        if isinstance(entry, dict) and entry.get("event") in DOORS and "status" in entry:
            status, outcome = entry["status"], entry["outcome"]
            if status == 429 or status >= 500:  # not expected here, so worth its reason
                outcome += f" {entry.get('reason', '')}"
            self.outcomes[entry["event"], status, outcome.strip()] += 1


@contextmanager
def served(gateway: str, environment: Mapping[str, str] = os.environ) -> Iterator[Served]:
    """Serve on a free port of this machine, with state of its own, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        port = _free_port()
        command = [sys.executable, "-m", "scripts.local_cloud.serve", "--port", str(port)]
        command += ["--data", str(Path(folder)), "--gateway", gateway, "--no-reports"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**WIDE, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        found = Served(f"http://127.0.0.1:{port}", _secret(environment))
        reader = threading.Thread(target=_read, args=(process, found), daemon=True)
        try:
            _wait(process)
            reader.start()
            yield found
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=15)
            if reader.ident is not None:
                reader.join(timeout=15)
            if process.stdout is not None:
                process.stdout.close()


def _wait(process: subprocess.Popen[str]) -> None:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("Ready"):
            return
    raise RuntimeError("".join(said) or "the service did not start")


def _read(process: subprocess.Popen[str], found: Served) -> None:
    for line in process.stdout or ():
        found.note(line)


def _secret(environment: Mapping[str, str]) -> str:
    given = environment.get("RECEIPT_SECRETS") or LOCAL_SETTINGS["RECEIPT_SECRETS"]
    return given.split(",")[0].strip()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
