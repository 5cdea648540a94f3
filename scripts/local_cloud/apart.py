"""A local cloud in a process of its own, so that what it costs is not what is measured."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]

Self = TypeVar("Self", bound="CloudApart")


@dataclass
class CloudApart:
    """The process and where it answers."""

    process: subprocess.Popen[str]
    tablestore: str
    openapi: str
    mns: str
    dypns: str

    @classmethod
    def start(cls: type[Self], *arguments: str) -> Self:
        """Start one on free ports; it ends with this process at the latest."""
        command = [sys.executable, "-m", "scripts.local_cloud", "--until-stdin-closes", *arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if process.stdout is None:
            raise RuntimeError("no pipe")
        found = dict(process.stdout.readline().split() for _ in range(4))
        return cls(process, **found)

    def stop(self) -> None:
        """End it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask one of the endpoints under /_local/."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.openapi}/_local/{path}", data
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    @property
    def environment(self) -> dict[str, str]:
        """Return what doors need to use it."""
        return {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "local",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "local-secret",
            "ALIBABA_CLOUD_SECURITY_TOKEN": "local-token",
            "ACCESS": "gateway",
            "CODE_SECRETS": "c" * 32,
            "NUMBER_SECRET": "n" * 32,
            "DYSMS_SIGN_NAME": "本地测试",
            "DYSMS_TEMPLATES": "SMS_100001",
            "DYSMS_ENDPOINT": self.openapi,
            "PNVS_ENDPOINT": self.dypns,
            "TABLESTORE_ENDPOINT": self.tablestore,
            "TABLESTORE_INSTANCE": "local",
        }
