"""Play one day: the real doors in this process, by a clock of its own, and a log of every line."""

from __future__ import annotations

import heapq
import json
import logging
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from typing import Any

from functions import maintain, receipts, send_code, verify_code
from scripts.local_cloud.events import EVENTS, Incoming, context, timer_event
from scripts.report.sample.traffic import HASTY, HOUR, Fate, Wish, fate, wishes
from shared import logs, receipt_wiring, wiring
from shared.domain.rates import BEIJING

DAY = 86_400
RECEIPT_SECRET = "receipts-of-the-sample-week-00001"  # noqa: S105 - of loopback
_DOORS = {"send-code": send_code, "verify-code": verify_code, "receipts": receipts}
_PUSHED = 100
"""Reports in one push."""


class MovedLog(logging.Handler):
    """Keeps the doors' lines, at the moments of the clock that they are played by."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        super().__init__()
        self._file = path.open("w", encoding="utf-8")
        self._clock = clock

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        at = datetime.fromtimestamp(self._clock(), timezone.utc).isoformat(timespec="milliseconds")
        line = {**json.loads(record.getMessage()), "time": at}
        self._file.write(json.dumps({"time": line.pop("time"), **line}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


@dataclass
class Player:
    """One day from its midnight on (UTC seconds); `openapi` is where the phones' inbox is read."""

    midnight: float
    day: int
    openapi: str
    chance: Random
    now: float = 0.0
    _queue: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: int = 0
    _reports: list[dict[str, Any]] = field(default_factory=list)

    def play(self, scale: float, log: Path) -> None:
        """Play the whole day in the order of its moments."""
        wiring.clock = receipt_wiring.clock = lambda: self.now
        handler = MovedLog(log, lambda: self.now)
        logger = logging.getLogger(logs.NAME)
        logger.handlers, logger.propagate = [handler], False
        for wish in wishes(self.day, scale, self.chance):
            self._at(wish.at, lambda wish=wish: self._send(wish))  # type: ignore[misc]
        for hour in range(1, 25):
            self._at(hour * HOUR - 1, self._push)
            if hour % 6 in (0, 3):
                self._at(hour * HOUR - 0.5, self._maintain)
        while self._queue:
            at, _, act = heapq.heappop(self._queue)
            self.now = self.midnight + at
            act()
        logger.handlers = []
        handler.close()

    def _at(self, at: float, act: Callable[[], None]) -> None:
        if at < DAY:
            self._order += 1
            heapq.heappush(self._queue, (at, self._order, act))

    def _send(self, wish: Wish, replaces: str | None = None) -> None:
        body = {"phone": wish.phone, "scene": wish.scene}
        if wish.captcha:
            body["captcha"] = f"token-{self.chance.getrandbits(128):032x}"
        if replaces is not None:
            body["replaces"] = replaces
        status, answer = self._post("send-code", body, wish.address)
        if status != 200:
            return
        verification_id = answer["verification_id"]
        came = fate(wish, self.day, self.chance)
        if came is not None:
            self._reports.append(self._report(wish, verification_id, came))
        if not wish.honest:
            return
        if replaces is None and self.chance.random() < HASTY:
            hasty = replace(wish, at=wish.at + 12)
            self._at(hasty.at, lambda: self._send(hasty, verification_id))
        if came is not None and came.arrived:
            if self.chance.random() < 0.93:
                at = wish.at + came.seconds + self.chance.uniform(8, 45)
                self._at(at, lambda: self._verify(wish, verification_id))
        elif replaces is None and self.chance.random() < 0.5:
            again = replace(wish, at=wish.at + 80)
            self._at(again.at, lambda: self._send(again, verification_id))

    def _verify(self, wish: Wish, verification_id: str) -> None:
        url = f"{self.openapi}/_local/outbox?phone={wish.phone}"
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
            messages = json.load(answer)
        code = next(m["params"]["code"] for m in messages if m["out_id"] == verification_id)
        body = {"phone": wish.phone, "scene": wish.scene, "verification_id": verification_id}
        if self.chance.random() < 0.06:
            mistyped = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
            self._post("verify-code", {**body, "code": mistyped}, wish.address)
        self._post("verify-code", {**body, "code": code}, wish.address)

    def _report(self, wish: Wish, verification_id: str, came: Fate) -> dict[str, Any]:
        sent = self.now + 1
        return {
            "phone_number": wish.phone,
            "send_time": _beijing(sent),
            "report_time": _beijing(sent + came.seconds),
            "success": came.arrived,
            "err_code": came.code,
            "err_msg": "",
            "sms_size": "1",
            "biz_id": f"{self.chance.randrange(10**18)}^0",
            "out_id": verification_id,
        }

    def _push(self) -> None:
        """Push what the carriers reported, as Aliyun does."""
        for start in range(0, len(self._reports), _PUSHED):
            some = self._reports[start : start + _PUSHED]
            self._post(f"receipts/sms-report/{RECEIPT_SECRET}", some, "203.0.113.1")
        self._reports = []

    def _maintain(self) -> None:
        maintain.handler(timer_event("minutely"), context("maintain", {}))

    def _post(self, path: str, body: object, address: str) -> tuple[int, Any]:
        raw = json.dumps(body).encode()
        headers = [("Content-Type", "application/json")]
        incoming = Incoming("POST", f"/{path}", {}, headers, raw, address, "sample")
        door = path.partition("/")[0]
        about = context(door, {})
        answer = _DOORS[door].handler(EVENTS["http"](incoming, about.request_id), about)
        return answer["statusCode"], json.loads(answer["body"])


def _beijing(at: float) -> str:
    return f"{datetime.fromtimestamp(at, BEIJING):%Y-%m-%d %H:%M:%S}"
