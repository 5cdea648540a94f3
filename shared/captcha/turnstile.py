"""Ask Cloudflare Turnstile (siteverify); the one place for its codes.

Source: Cloudflare's documentation, "Validate the token" (server-side validation).
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from shared.certificates import trusted
from shared.domain.deadline import Deadline
from shared.ports import CaptchaAnswer, Humanity

PATH = "/turnstile/v0/siteverify"
TOKEN_LENGTH = 2048
CONNECT_SECONDS, READ_SECONDS = 0.8, 2.0
SHORTEST_WAIT = 0.1
IDLE_SECONDS = 20.0
OK = 200

OUR_FAULT = frozenset(
    {"missing-input-secret", "invalid-input-secret", "bad-request", "internal-error"}
)
"""Error codes that speak of our secret, our request or the service, and not of the token."""

OUR_SECRET = frozenset({"missing-input-secret", "invalid-input-secret"})


class Turnstile:
    """Turnstile with one secret. Holds connections, so keep it as long as the secret.

    `hostnames` are those that a token may come from, any where there are none. `clock` returns
    wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """

    def __init__(
        self,
        secret: str,
        *,
        endpoint: str,
        hostnames: frozenset[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret
        self._url = endpoint + PATH
        self._hostnames = hostnames
        self._clock = clock
        self._pool = urllib3.PoolManager(
            maxsize=64, cert_reqs="CERT_REQUIRED", ssl_context=trusted()
        )
        self._used_at = 0.0

    def check(
        self, token: str, *, scene: str, address: str | None, deadline: Deadline
    ) -> CaptchaAnswer:
        """Ask about a token, once."""
        if len(token) > TOKEN_LENGTH:  # no token of theirs; they would call it a bad request
            return CaptchaAnswer(Humanity.FAILED, "invalid-input-response")
        form = {"secret": self._secret, "response": token}
        if address is not None and _is_single(address):
            form["remoteip"] = address
        try:
            status, body = self._post(urlencode(form), deadline)
        except HTTPError:
            return CaptchaAnswer(Humanity.UNKNOWN, "no_answer")
        return self._judge(status, _as_object(body), scene)

    def _post(self, form: str, deadline: Deadline) -> tuple[int, bytes]:
        self._drop_idle_connections()
        connect = min(CONNECT_SECONDS, max(deadline.left / 2, SHORTEST_WAIT))
        read = min(READ_SECONDS, max(deadline.left - connect, SHORTEST_WAIT))
        response = self._pool.urlopen(
            "POST",
            self._url,
            body=form,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(connect=connect, read=read),
        )
        return response.status, response.data

    def _drop_idle_connections(self) -> None:
        """Drop connections that idled (I8): a dead one would fail an honest person's captcha."""
        now = self._clock()
        if now - self._used_at >= IDLE_SECONDS:
            self._pool.clear()
        self._used_at = now

    def _judge(self, status: int, answer: dict[str, Any], scene: str) -> CaptchaAnswer:
        """Read an answer; a token of another site or of another action is nobody's proof here."""
        success, codes = answer.get("success"), _error_codes(answer)
        code = codes[0] if codes else ""
        if success is False and OUR_FAULT.isdisjoint(codes) and (codes or status == OK):
            return CaptchaAnswer(Humanity.FAILED, code)
        if not OUR_SECRET.isdisjoint(codes):
            return CaptchaAnswer(Humanity.MISCONFIGURED, code)
        if status != OK or success is not True:
            unread = "bad_answer" if status == OK else f"http_{status}"
            return CaptchaAnswer(Humanity.UNKNOWN, code or unread)
        if self._hostnames and str(answer.get("hostname")) not in self._hostnames:
            return CaptchaAnswer(Humanity.FAILED, "wrong_hostname")
        if answer.get("action") not in (None, "", scene):
            return CaptchaAnswer(Humanity.FAILED, "wrong_action")
        return CaptchaAnswer(Humanity.PASSED, code)


def _is_single(address: str) -> bool:
    """Say whether an address is one, and not the network that an IPv6 caller counts as."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


def _as_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _error_codes(answer: dict[str, Any]) -> list[str]:
    codes = answer.get("error-codes")
    return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
