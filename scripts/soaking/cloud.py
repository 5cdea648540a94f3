"""The local cloud's process: faults on demand, outages of single stand-ins, and kill -9."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from scripts.soaking.account import Outage
from scripts.soaking.instances import HOST, ROOT, free_port, wait_for

STAND_INS = ("tablestore", "openapi", "mns", "dypns")
CONTROL_SECONDS = 5.0
HIDDEN_SECONDS = 4.0
"""How long a report that was received, and not deleted, hides in its queue."""


class Cloud:
    """The process, on the same ports and with the same files whenever it is started."""

    def __init__(self, data: Path, *, push_url: str) -> None:
        self.data = data
        self._push_url = push_url
        self._ports = {name: free_port() for name in STAND_INS}
        self._process: subprocess.Popen[bytes] | None = None
        self._behaviour: dict[str, object] = {}
        self.struck: Counter[str] = Counter()
        """Failures that struck, as "service kind"."""
        self._counted: Counter[str] = Counter()
        self._counting = threading.Lock()
        self.restarts: Counter[str] = Counter()
        self.outages: list[Outage] = []

    def url(self, name: str) -> str:
        """Return where a stand-in answers."""
        return f"http://{HOST}:{self._ports[name]}"

    @property
    def environment(self) -> dict[str, str]:
        """Return what doors need to find it."""
        return {
            "DYSMS_ENDPOINT": self.url("openapi"),
            "PNVS_ENDPOINT": self.url("dypns"),
            "ALIYUN_CAPTCHA_ENDPOINT": self.url("openapi"),
            "STS_ENDPOINT": self.url("openapi"),
            "DYBASE_ENDPOINT": self.url("openapi"),
            "MNS_ENDPOINT": self.url("mns"),
            "TABLESTORE_ENDPOINT": self.url("tablestore"),
            "TABLESTORE_INSTANCE": "local",
        }

    def start(self) -> None:
        """Start it, with the state that its files hold."""
        command = [sys.executable, "-m", "scripts.local_cloud", "--until-stdin-closes"]
        command += ["--data", str(self.data), "--push-url", self._push_url]
        command += ["--sms-flow-limits", "60:1000"]
        for name, port in self._ports.items():
            command += [f"--{name}-port", str(port)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._counted = Counter()
        for port in self._ports.values():
            wait_for(port, process=self._process)
        self.control("queues", {"visibility": HIDDEN_SECONDS})
        if self._behaviour:
            self.behave()

    def kill(self) -> None:
        """Kill it, whatever it is at."""
        self.count()
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process = None

    def crash(self, seconds: float) -> None:
        """Kill it, and start it again after some seconds."""
        self.kill()
        began = time.time()
        time.sleep(seconds)
        self.outages.append(Outage("tablestore", began, time.time()))
        self.start()
        self.restarts["all of them (kill -9)"] += 1

    def restart(self, name: str, seconds: float) -> None:
        """Have one stand-in go away for some seconds."""
        asked = time.time()
        self.control("restart", {"stand_in": name, "seconds": seconds})
        told = time.time()
        time.sleep(seconds + 0.3)
        self.restarts[name] += 1
        if name == "tablestore":  # from when it was certainly away until it cannot be back yet
            self.outages.append(Outage(name, min(told + 0.3, asked + seconds), asked + seconds))

    def behave(self, **wish: object) -> None:
        """Have the carriers behave so, also after the next start."""
        self._behaviour |= wish
        self.control("carrier", self._behaviour)

    def fault(self, service: str, operation: str, effect: str, count: int) -> None:
        """Ask for a failure."""
        wish = {"service": service, "operation": operation, "effect": effect, "count": count}
        self.control("faults", wish)

    def count(self) -> None:
        """Take over how often failures have struck."""
        with self._counting:
            try:
                told = self.control("struck", seconds=1.0)
            except OSError:
                return
            now: Counter[str] = Counter()
            for service, kinds in told.items():
                now.update({f"{service} {kind}": number for kind, number in kinds.items()})
            self.struck.update(now - self._counted)
            self._counted = now

    def control(
        self, path: str, body: dict[str, Any] | None = None, *, seconds: float = CONTROL_SECONDS
    ) -> Any:
        """Ask one of the endpoints under /_local/, again while nobody listens there."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url('openapi')}/_local/{path}", data)  # noqa: S310
        until = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310
                    return json.load(answer)
            except urllib.error.HTTPError as error:  # noqa: PERF203 - it is asked again
                error.close()
                raise
            except (OSError, http.client.HTTPException) as error:  # killed, maybe while it answered
                if time.monotonic() > until:
                    raise ConnectionError(f"/_local/{path} does not answer") from error
                time.sleep(0.1)
