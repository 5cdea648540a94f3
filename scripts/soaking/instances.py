"""The functions' processes: started, killed in the middle of requests, and started again."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_SECONDS = 60.0
TIMER_SECONDS = 2.0
PORTS = range(20_000, 32_000)
"""Below those that systems give to whoever names none."""


@dataclass
class Instance:
    """One process of a deployment; whoever kills it starts it again."""

    name: str
    gateway: str
    """Whether it has events as of an HTTP trigger, or of API Gateway."""
    environment: Mapping[str, str]
    control: str
    folder: Path
    port: int = 0
    up: bool = False
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "scripts.soaking.instance", "--port", str(self.port)]
        command += ["--gateway", self.gateway, "--control", self.control]
        command += ["--timer-seconds", str(TIMER_SECONDS)]
        with (
            (self.folder / f"{self.name}.out").open("ab") as out,
            (self.folder / f"{self.name}.err").open("ab") as err,
        ):
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**_inherited(), **self.environment, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        wait_for(self.port, process=self._process)
        self.up = True

    def kill(self) -> None:
        """Kill it, with whatever it is at."""
        self.up = False
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process = None


def _inherited() -> dict[str, str]:
    """Return what a process needs of this one's environment, and no settings."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")
    return {name: os.environ[name] for name in names if name in os.environ}


@dataclass
class Fleet:
    """The instances; a request goes to any that is up."""

    instances: list[Instance] = field(default_factory=list)

    def start(self) -> None:
        """Start them all, beside each other."""
        threads = [threading.Thread(target=one.start) for one in self.instances]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not all(one.up for one in self.instances):
            raise RuntimeError("an instance did not start")

    def stop(self) -> None:
        """End them all."""
        for one in self.instances:
            one.kill()

    def any(self, chance: random.Random, deployment: str = "") -> Instance | None:
        """Return one that is up, of a deployment or of any."""
        up = [one for one in self.instances if one.up and one.name.startswith(deployment)]
        return chance.choice(up) if up else None


def free_port() -> int:
    """Return a port that is free now, and that the system gives nobody while its owner is away."""
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        try:
            socket.create_server((HOST, port)).close()
        except OSError:
            continue
        return port
    raise RuntimeError("no port is free")


def wait_for(port: int, *, process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """Wait until somebody listens there."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:  # noqa: PERF203 - it is asked again
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("a process did not start")
