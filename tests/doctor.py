"""Run scripts/doctor in this process on a local cloud with a console of many states."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.doctor_checks.__main__ import main
from scripts.local_cloud.openapi.sts import ROLE
from tests.service import Cloud

Captured = pytest.CaptureFixture[str]
CODE_SECRET = "pZ3vYqT1mKc7RxW9dLs0HbNf4JgAe6Uo"
NUMBER_SECRET = "Xk2QwB8tVn5MzD1yGr7CjP4hSa9FeL6u"
NOBODY = "http://127.0.0.1:9"
ID, SECRET, TOKEN = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
BOTH = "验证码${code}，${min}分钟内有效"
SIGNS: list[Any] = [
    "通过",
    {"name": "审核中", "state": "reviewing"},
    {"name": "被驳回", "state": "rejected", "reason": "与资质不符"},
    {"name": "已取消", "state": "cancelled"},
    {"name": "未报备", "carriers": {"mobile": 3, "unicom": -1, "telecom": 0}},
]
TEMPLATES: dict[str, Any] = {
    "SMS_1": BOTH,
    "SMS_2": "验证码${code}",
    "SMS_3": "${name}，验证码${code}，${min}分钟内有效",
    "SMS_4": "订单${min}",
    "SMS_5": {"text": BOTH, "state": "reviewing"},
    "SMS_6": {"text": BOTH, "state": "rejected", "reason": "变量属性不符"},
    "SMS_7": {"text": BOTH, "state": "cancelled"},
    "SMS_8": {"text": BOTH, "type": 1},
    "SMS_9": {"text": BOTH, "type": 3},
    "SMS_10": {"text": BOTH, "rules": {"code": "numberCaptcha"}},
}


def environment_of(cloud: Cloud) -> dict[str, str]:
    return {
        **cloud.environment,
        "CODE_SECRETS": CODE_SECRET,
        "NUMBER_SECRET": NUMBER_SECRET,
        "DYSMS_SIGN_NAME": "通过",
        "DYSMS_TEMPLATES": "SMS_1",
        "TABLE_PREFIX": "doctor_",
        "FUNCTION_ROLE": ROLE,
        "STS_ENDPOINT": cloud.openapi,
    }


class Doctor:
    """scripts/doctor, run in this process; `said` is everything that it ever wrote."""

    def __init__(self, cloud: Cloud, folder: Path, capsys: Captured) -> None:
        self.cloud = cloud
        self._file = folder / "some.env"
        self._capsys = capsys
        self.said = ""

    def write(self, **changes: str | None) -> Path:
        """Write the file that is looked at; None leaves a value out."""
        values = {**environment_of(self.cloud), **changes}
        lines = (f"{name}={text}\n" for name, text in values.items() if text is not None)
        self._file.write_text("".join(lines), "utf-8")
        return self._file

    def __call__(self, *options: str, code: int = 0, **changes: str | None) -> str:
        self._capsys.readouterr()
        ended = main(["--env-file", str(self.write(**changes)), *options])
        written = self._capsys.readouterr()
        self.said += written.out + written.err
        assert ended == code, written.out + written.err
        return written.out

    def check(self, name: str, *options: str, **changes: str | None) -> tuple[str, str]:
        """Return the status of one check, and its texts."""
        self._capsys.readouterr()
        main(["--env-file", str(self.write(**changes)), "--json", *options])
        written = self._capsys.readouterr()
        self.said += written.out + written.err
        (found,) = (one for one in json.loads(written.out)["checks"] if one["id"] == name)
        return found["status"], json.dumps(found["findings"], ensure_ascii=False)


@contextmanager
def server(
    *,
    ahead: float = 0,
    body: Any = None,
    status: int = 200,
    delays: Sequence[float] = (),
    known: str = "",
    seen: list[str] | None = None,
) -> Iterator[str]:
    """Serve one answer to every path that ends as `known`, with a clock of its own.

    The first answers take as long as `delays` say; `seen` gets the paths that were asked for.
    """
    waits = iter(delays)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = json.dumps(body).encode()
            if seen is not None:
                seen.append(self.path)
            time.sleep(next(waits, 0))
            self.send_response_only(status if self.path.endswith(known) else 404)
            self.send_header("Date", formatdate(time.time() + ahead, usegmt=True))
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()
