"""The operator's webhook: keeps the alerts that it got, and answers as DingTalk's robot does.

POST /_local/webhook takes them, GET /_local/webhook shows them, newest first. Source: DingTalk's
"custom robot access" (body, errcode) and "security settings" (signature; a timestamp may be an
hour off). Not checked: the access token, keywords, and the rate of 20 a minute. They are kept in
memory: a restart forgets them.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections import deque
from functools import partial
from typing import Any

from aiohttp import web

from scripts.local_cloud import faults
from scripts.local_cloud.faults import Calls, Faults

PATH = "/_local/webhook"
SECRET = "local-webhook-secret"  # noqa: S105 - opens nothing but this stand-in
KEPT = 1000
SKEW_MILLISECONDS = 3_600_000
SERVICE, OPERATION = "webhook", "Send"
RIGHT, WRONG, MISSING = "right", "wrong", "missing"

_dumps = partial(json.dumps, ensure_ascii=False)


class Webhook:
    """The receiver, and what it got."""

    def __init__(self, fault_list: Faults, calls: Calls) -> None:
        self._faults = fault_list
        self._calls = calls
        self._got: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints to an application."""
        app.router.add_post(PATH, self._take)
        app.router.add_get(PATH, self._show)

    def clear(self) -> None:
        """Forget everything."""
        self._got.clear()

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(list(self._got), dumps=_dumps)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self._calls.saw(SERVICE, OPERATION)
        raw = await request.read()

        async def apply() -> web.Response:
            return self._keep(request, raw)

        fault = self._faults.next(SERVICE, OPERATION)
        return await faults.under(self._faults, fault, apply, error=_wished)

    def _keep(self, request: web.Request, raw: bytes) -> web.Response:
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return _answer(40035, "invalid json")
        dingtalk = "msgtype" in body
        signature = _dingtalk_signature(request) if dingtalk else _plain_signature(request, raw)
        self._got.appendleft(
            {
                "at": time.time(),
                "format": "dingtalk" if dingtalk else "json",
                "signature": signature,
                "body": body,
            }
        )
        if signature == WRONG:
            return _answer(310000, "sign not match")
        return _answer(0, "ok")


def _dingtalk_signature(request: web.Request) -> str:
    """Say whether `sign` is that of `timestamp`, and the timestamp is of this hour."""
    timestamp, sign = request.query.get("timestamp", ""), request.query.get("sign", "")
    if not timestamp and not sign:
        return MISSING
    if not timestamp.isdecimal() or abs(time.time() * 1000 - int(timestamp)) > SKEW_MILLISECONDS:
        return WRONG
    digest = hmac.digest(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), "sha256")
    return RIGHT if sign == base64.b64encode(digest).decode() else WRONG


def _plain_signature(request: web.Request, raw: bytes) -> str:
    given = request.headers.get("X-Signature")
    if given is None:
        return MISSING
    return RIGHT if given == hmac.digest(SECRET.encode(), raw, "sha256").hex() else WRONG


def _wished(code: str) -> web.Response:
    """Fail as asked: three digits are an HTTP status, more are an errcode of DingTalk's."""
    if len(code) == 3 and code.isdecimal():
        return web.Response(status=int(code))
    return _answer(int(code) if code.isdecimal() else -1, "as asked for")


def _answer(errcode: int, errmsg: str) -> web.Response:
    return web.json_response({"errcode": errcode, "errmsg": errmsg})
