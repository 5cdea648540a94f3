"""Call a door, and check what every answer must be, whatever was asked."""

from __future__ import annotations

import io
import json
import re
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from functions import maintain, messages, receipts, receipts_mns, send_code, verify_code
from shared.problems import PROBLEMS
from tests.fuzz.events import SECRETS

HTTP_DOORS = {
    "send_code": send_code.handler,
    "verify_code": verify_code.handler,
    "messages": messages.handler,
    "receipts": receipts.handler,
}
TIMERS = {"receipts_mns": receipts_mns.handler, "maintain": maintain.handler}
SECONDS = 1.0
"""Of processor time, for the largest requests too."""

_FIELD_VALUE = re.compile(r"[\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True)
class Called:
    """What came of a call: the answer, what was logged, processor seconds."""

    answer: Any
    logged: str
    seconds: float


def called(door: Any, event: Any, context: Any) -> Called:
    """Call a door with a standard output like that of Function Compute: UTF-8, strictly."""
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    started = time.process_time()
    with redirect_stdout(text):
        answer = door(event, context)
    return Called(answer, raw.getvalue().decode(), time.process_time() - started)


def check_http(found: Called) -> str:
    """Expect a well-formed HTTP answer without a secret in it; return its code, or "ok"."""
    answer = found.answer
    assert set(answer) == {"statusCode", "headers", "isBase64Encoded", "body"}
    assert answer["isBase64Encoded"] is False
    json.dumps(answer, ensure_ascii=False).encode()  # Function Compute hands it on as UTF-8
    for name, value in answer["headers"].items():
        assert re.fullmatch(r"[A-Za-z-]+", name), name
        assert _FIELD_VALUE.fullmatch(value), f"{name}: {value!r}"
    check_log(found)
    status, kind = answer["statusCode"], answer["headers"].get("Content-Type", "")
    if status == 204:
        assert answer["body"] == ""
        return "ok"
    body = json.loads(answer["body"])
    if status == 200:
        assert kind == "application/json; charset=utf-8"
        return "ok"
    assert kind == "application/problem+json; charset=utf-8"
    assert {"status", "title", "detail", "code", "request_id"} <= set(body)
    assert status == body["status"] == PROBLEMS[body["code"]].status
    assert status < 500, found.logged
    assert not [secret for secret in SECRETS if secret in answer["body"]]
    return str(body["code"])


def check_log(found: Called) -> None:
    """Expect lines of JSON, no secret among them, and little time."""
    for line in found.logged.rstrip("\n").split("\n"):
        assert isinstance(json.loads(line), dict)
    assert "Traceback" not in found.logged
    assert not [secret for secret in SECRETS if secret in found.logged]
    assert found.seconds < SECONDS
