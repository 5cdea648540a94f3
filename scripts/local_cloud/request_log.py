"""The last requests to the doors, what was answered and what was logged: shown to people.

Kept in memory, and without codes, whole numbers, captcha tokens, keys and the receipts' secret:
of a request, an answer and a report only what is listed here is taken.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from scripts.local_cloud.events import Incoming
from shared import logs

KEPT = 500
LONGEST_READ = 256 * 1024
"""Bytes; a larger body is counted, and not looked into."""

NOT_KEPT = "/messages/{verification_id}"
"""The page itself asks this door again and again: it is counted only."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ASKED = ("scene", "verification_id", "replaces")
_ANSWERED = (
    *("verification_id", "expires_in", "resend_after", "delivery", "verified"),
    *("code", "title", "detail", "retry_after"),
)
_REPORTED = ("out_id", "biz_id", "success", "err_code")
_ABOUT_THE_LINE = ("time", "level", "event", "request_id", "status", "milliseconds")


class RequestLog:
    """The requests of this run: the last of them, and all of them counted."""

    def __init__(self) -> None:
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lines: dict[str, dict[str, Any]] = {}
        self.clear()

    def clear(self) -> None:
        """Forget them, and count from nothing again."""
        self._run = str(uuid.uuid4())
        self._number = 0
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._kept.clear()

    def listen(self) -> None:
        """Read the product's log lines along, from now on."""
        logging.getLogger(logs.NAME).addFilter(self._overhear)

    def stop(self) -> None:
        """Read no more of them."""
        logging.getLogger(logs.NAME).removeFilter(self._overhear)

    def expect(self, request_id: str) -> None:
        """Keep what is logged of a request that begins."""
        self._lines[request_id] = {}

    def _overhear(self, record: logging.LogRecord) -> bool:
        """Take a log line; it is written all the same."""
        line = json.loads(record.getMessage())
        request_id = line.get("request_id")
        if request_id in self._lines:
            facts = {name: fact for name, fact in line.items() if name not in _ABOUT_THE_LINE}
            self._lines[request_id] = facts
        return True

    def ended(
        self, request_id: str, door: str, incoming: Incoming, *, at: float, status: int, body: bytes
    ) -> None:
        """Keep a request that was answered; `at` is when it began, in UTC seconds."""
        line, answer = self._lines.pop(request_id, {}), _json(body)
        answer = answer if isinstance(answer, dict) else {}
        outcome = "ok" if status < 400 else str(answer.get("code") or status)
        self._counts[door][outcome] += 1
        if outcome != "ok" and line.get("reason"):
            self._reasons[door][str(line["reason"])] += 1
        if door == NOT_KEPT:
            return
        self._number += 1
        given = _json(incoming.body)
        self._kept.append(
            {
                "number": self._number,
                "request_id": request_id,
                "at": at,
                "milliseconds": round((time.time() - at) * 1000),
                "door": door,
                "method": incoming.method,
                "status": status,
                "asked": _asked(given),
                "answer": {name: answer[name] for name in _ANSWERED if name in answer},
                "log": line,
                "reports": _reports(given) if door.startswith("/receipts/") else [],
            }
        )

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /_local/requests[?run=...&after=N]: what came after the N-th of that run."""
        after = request.query.get("after", "")
        known = request.query.get("run") == self._run and after.isdecimal()
        start = int(after) if known else 0
        return web.json_response(
            {
                "run": self._run,
                "last": self._number,
                "counts": self._counts,
                "reasons": self._reasons,
                "requests": [kept for kept in self._kept if kept["number"] > start],
            },
            dumps=lambda value: json.dumps(value, ensure_ascii=False),
        )


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if len(raw) <= LONGEST_READ else None
    except (ValueError, RecursionError):
        return None


def _asked(given: Any) -> dict[str, str]:
    """Return what a request asked for, of what may be shown; other texts may be anything."""
    if not isinstance(given, Mapping):
        return {}
    texts = {name: given.get(name) for name in _ASKED}
    return {
        name: text for name, text in texts.items() if isinstance(text, str) and _ID.fullmatch(text)
    }


def _reports(given: Any) -> list[dict[str, Any]]:
    entries = given if isinstance(given, list) else [given]
    return [
        {name: entry[name] for name in _REPORTED if isinstance(entry.get(name), str | bool)}
        for entry in entries
        if isinstance(entry, Mapping)
    ]
