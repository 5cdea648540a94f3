"""How long a cold start takes: from the interpreter's start to a door's first answer.

Each run is a fresh process. As machines are noisy, every round runs all cases one after the other,
and what counts is the ratio of medians to the plain imports of the SDKs which that door uses.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from scripts.deployment import FIXED
from scripts.local_cloud.apart import CloudApart

PROGRAM = Path(__file__).with_name("first_answer.py")

MODEL, STORE = "from pydantic import BaseModel", "import tablestore"
RECEIPT_SECRET = "a-receipt-secret-for-the-benchmark"  # noqa: S105 - opens a local service only
SMS = "from alibabacloud_dysmsapi20170525.client import Client"


@dataclass(frozen=True, slots=True)
class Door:
    """A door, the imports that it is compared with, and the ratio it may cost at most."""

    name: str
    imports: tuple[str, ...]
    target: float | None


DOORS = (
    Door("send_code", (MODEL, STORE, SMS), 0.75),
    Door("verify_code", (MODEL, STORE), 0.70),
    Door("messages", (MODEL, STORE), None),
    Door("receipts", (STORE,), 0.60),
    Door("maintain", (MODEL, STORE), None),
)


class WrongAnswer(Exception):
    """A door did not do what is measured."""


@dataclass
class Times:
    """What runs took: seconds of the clock and of the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass
class ColdStarts:
    """Runs doors from a bundle, and imports from a folder with all packages."""

    python: Path
    code: Path
    plain: Path
    cloud: CloudApart
    settings: Mapping[str, str] = field(default_factory=dict)
    runs: dict[str, Times] = field(default_factory=dict)

    def round(self, number: int) -> None:
        """Run each case once; a door's request depends on the one before."""
        for door in DOORS:
            imports = "\n".join([*door.imports, "print('ANSWER', flush=True)"])
            self._measure(f"{door.name} imports", ["-c", imports], [self.plain])
            event = json.dumps(self.event(door.name, f"138{number:08d}"))
            arguments = [str(PROGRAM), f"{door.name}.handler", event]
            path = [self.code, self.code / "python"]
            self._check(door, self._measure(door.name, arguments, path))

    def _measure(self, name: str, arguments: list[str], path: list[Path]) -> str:
        """Run a process to its first line; -S, as this machine's packages are not FC's."""
        before, started = os.times(), time.perf_counter()
        with subprocess.Popen(
            [str(self.python), "-S", *arguments],
            env=self.environment(path),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            said = ""
            for line in process.stdout or ():
                if line.startswith("ANSWER"):
                    said = line
                    break
            wall = time.perf_counter() - started
        if process.returncode != 0:
            raise WrongAnswer(f"{name} ended with {process.returncode}")
        after = os.times()
        spent = after.children_user + after.children_system
        times = self.runs.setdefault(name, Times())
        times.wall.append(wall)
        times.cpu.append(spent - before.children_user - before.children_system)
        return said

    def environment(self, path: list[Path]) -> dict[str, str]:
        """Return what a process that imports from a path has around it."""
        return {
            **self.cloud.environment,
            **FIXED,
            **self.settings,
            "PYTHONPATH": os.pathsep.join(map(str, path)),
        }

    def event(self, door: str, phone: str) -> dict[str, Any]:
        """Return what a door is asked about a number; all but a send are about its message."""
        if door == "maintain":
            return {"triggerName": "every-minute", "triggerTime": "2026-01-01T00:00:00Z"}
        body: Any = {"phone": phone, "scene": "sign_in"}
        method, path = "POST", "/"
        if door != "send_code":
            message = self.cloud.control(f"outbox?phone=%2B86{phone}")[0]
        if door == "verify_code":
            body |= {"verification_id": message["out_id"], "code": message["params"]["code"]}
        elif door == "messages":
            method, path, body = "GET", f"/messages/{message['out_id']}", None
        elif door == "receipts":
            path, body = f"/receipts/sms-report/{RECEIPT_SECRET}", [_report(message)]
        http = {"method": method, "path": path, "sourceIp": "203.0.113.7"}
        return {
            "version": "v1",
            "rawPath": path,
            "body": json.dumps(body),
            "isBase64Encoded": False,
            "headers": {"Content-Type": "application/json"},
            "requestContext": {"requestId": "bench", "http": http},
        }

    @staticmethod
    def _check(door: Door, said: str) -> None:
        """Hold the door to what it was asked: a message sent, a code accepted, a run done."""
        answer = json.loads(said.rpartition("ANSWER ")[2])
        if answer.get("statusCode", 200) != 200 or answer.get("outcome", "ok") != "ok":
            raise WrongAnswer(f"{door.name}: {answer}")


def _report(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report that a carrier would make."""
    return {
        "phone_number": message["phone"].removeprefix("+86"),
        "send_time": "2026-01-01 00:00:00",
        "report_time": "2026-01-01 00:00:01",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "",
        "sms_size": "1",
        "biz_id": message["biz_id"],
        "out_id": message["out_id"],
    }


def figures(runs: Mapping[str, Times]) -> list[dict[str, Any]]:
    """Return a line for each door: medians in milliseconds, and their ratios."""
    lines = []
    for door in DOORS:
        own, imports = runs[door.name], runs[f"{door.name} imports"]
        lines.append(
            {
                "door": door.name,
                "milliseconds": round(median(own.wall) * 1000),
                "imports_milliseconds": round(median(imports.wall) * 1000),
                "ratio": round(median(own.wall) / median(imports.wall), 3),
                "cpu_ratio": round(median(own.cpu) / median(imports.cpu), 3),
                "target": door.target,
            }
        )
    return lines
