"""The service as a client meets it: one POST, and what came back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from scripts.smoke_test.address import Addresses
from scripts.smoke_test.pass_key import PassKey

CONNECT_SECONDS, READ_SECONDS = 5, 30
"""More than the doors' own deadlines and a cold start together."""

NO_STORE = "no-store"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or why there was none (`failure`, the network error's name)."""

    status: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    milliseconds: int = 0

    @property
    def code(self) -> str | None:
        """Return the refusal's code, where the service itself refused."""
        code = self.body.get("code")
        return code if isinstance(code, str) else None

    @property
    def request_id(self) -> str | None:
        """Return what to look for in the log."""
        own = self.body.get("request_id")
        return own if isinstance(own, str) else self.headers.get("X-Fc-Request-Id")

    @property
    def cacheable(self) -> bool:
        """Say whether anything between may keep this answer."""
        return NO_STORE not in self.headers.get("Cache-Control", "")


class Service:
    """Both doors, and what lets in there."""

    def __init__(self, addresses: Addresses, pass_key: PassKey) -> None:
        self.addresses = addresses
        self.pass_key = pass_key
        self._session = requests.Session()
        self._session.trust_env = not addresses.local  # no proxy stands before this machine

    def send(self, body: Mapping[str, str], *, authenticated: bool = True) -> Reply:
        """Ask for a code, with or without what lets in."""
        captcha = self.pass_key.captcha if authenticated else None
        whole = {**body, "captcha": captcha} if captcha else dict(body)
        return self._post(self.addresses.send, whole, authenticated=authenticated)

    def verify(self, body: Mapping[str, str]) -> Reply:
        """Present a code."""
        return self._post(self.addresses.verify, dict(body), authenticated=True)

    def _post(self, url: str, body: Mapping[str, str], *, authenticated: bool) -> Reply:
        shown = self.pass_key.headers_for(url, now=time.time()) if authenticated else {}
        started = time.monotonic()
        try:
            answer = self._session.post(
                url,
                json=body,
                headers={"Accept-Language": "en", **shown},
                auth=lambda request: request,  # nothing from a .netrc file
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError) as error:  # ValueError: of the address
            return Reply(failure=type(error).__name__, milliseconds=_since(started))
        return Reply(
            answer.status_code, _object(answer), answer.headers, milliseconds=_since(started)
        )


def _object(answer: requests.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
