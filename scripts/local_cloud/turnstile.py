"""Cloudflare Turnstile, as far as the product uses it: POST /turnstile/v0/siteverify.

No riddle stands behind it: a token starting with `fail` is refused, any other passes once; the
dummy secrets behave as Cloudflare documents them. Sources: "Validate the token" (requests and
error codes) and "Test your Turnstile implementation" (dummy secrets).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from aiohttp import web

from scripts.local_cloud import faults
from scripts.local_cloud.faults import Calls, Faults

PATH = "/turnstile/v0/siteverify"
SECRET = "local-turnstile-secret"  # noqa: S105 - opens nothing but this stand-in
ALWAYS_PASSES, ALWAYS_FAILS, ALWAYS_SPENT = (f"{digit}x{'0' * 31}AA" for digit in (1, 2, 3))
TOKEN_LENGTH = 2048


class Turnstile:
    """The service, and the tokens that it has seen pass."""

    def __init__(self, fault_list: Faults, calls: Calls) -> None:
        self._faults = fault_list
        self._calls = calls
        self._used: set[str] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, form or JSON."""
        self._calls.saw("captcha", "siteverify")
        fields = await _fields(request)

        async def apply() -> web.Response:
            return _refused("bad-request", status=400) if fields is None else self._verify(fields)

        fault = self._faults.next("captcha", "siteverify")
        return await faults.under(self._faults, fault, apply, error=_wished)

    def _verify(self, fields: Mapping[str, str]) -> web.Response:
        secret, token = fields.get("secret", ""), fields.get("response", "")
        if code := self._refusal(secret, token):
            return _refused(code)
        if secret == ALWAYS_PASSES:
            return _accepted("example.com", metadata={"result_with_testing_key": True})
        self._used.add(token)
        return _accepted("localhost", action="", cdata="")

    def _refusal(self, secret: str, token: str) -> str:
        """Return the error code for a token, or nothing where it passes."""
        if not secret:
            return "missing-input-secret"
        if secret not in (SECRET, ALWAYS_PASSES, ALWAYS_FAILS, ALWAYS_SPENT):
            return "invalid-input-secret"
        if not token:
            return "missing-input-response"
        if secret == ALWAYS_SPENT:
            return "timeout-or-duplicate"
        if secret == ALWAYS_PASSES:
            return ""
        if secret == ALWAYS_FAILS or token.startswith("fail") or len(token) > TOKEN_LENGTH:
            return "invalid-input-response"
        return "timeout-or-duplicate" if token in self._used else ""

    def clear(self) -> None:
        """Forget which tokens were used."""
        self._used.clear()


async def _fields(request: web.Request) -> dict[str, str] | None:
    """Return the request's fields, or None where they cannot be read."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            return None
        if not isinstance(body, dict):
            return None
        return {name: value for name, value in body.items() if isinstance(value, str)}
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _accepted(hostname: str, **more: Any) -> web.Response:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answer = {"success": True, "error-codes": [], "challenge_ts": now, "hostname": hostname}
    return web.json_response({**answer, **more})


def _refused(code: str, *, status: int = 200) -> web.Response:
    return web.json_response({"success": False, "error-codes": [code]}, status=status)


def _wished(code: str) -> web.Response:
    """Answer with what somebody asked for: an HTTP status, or one of the service's codes."""
    if code.isdigit():
        return web.Response(status=int(code), text="<html>on demand</html>")
    return _refused(code)
