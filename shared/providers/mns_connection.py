"""A connection for the MNS SDK, whose own has no time-out over TLS and may be long dead."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from shared.certificates import trusted
from shared.domain.deadline import Deadline
from shared.providers.connections import CONNECT_SECONDS, IDLE_SECONDS, READ_SECONDS


class _Limits:
    """Added to a connection of the standard library: time-outs by a deadline, and no idleness."""

    request_length = 0
    """The SDK wants to know it."""

    sock: Any
    timeout: float | None

    def limit(self, deadline: Deadline) -> None:
        """Let the next request end before the deadline, on a connection that did not idle."""
        now = self.clock()
        if now - self.used_at > IDLE_SECONDS:
            self.close()
        self.used_at = now
        self.read_seconds = min(READ_SECONDS, max(deadline.left - CONNECT_SECONDS, 0.1))
        if self.sock is not None:
            self.sock.settimeout(self.read_seconds)

    def connect(self) -> None:
        """Connect under a time-out of its own."""
        self.timeout = min(CONNECT_SECONDS, self.read_seconds)
        super().connect()  # type: ignore[misc]
        self.sock.settimeout(self.read_seconds)

    def close(self) -> None:
        """Close it; the next request opens it again."""
        super().close()  # type: ignore[misc]

    clock: Callable[[], float]
    used_at = 0.0
    read_seconds = READ_SECONDS


class _Plain(_Limits, http.client.HTTPConnection):
    pass


class _Secure(_Limits, http.client.HTTPSConnection):
    pass


def connect(endpoint: str, *, clock: Callable[[], float]) -> Any:
    """Return a connection to an endpoint; it opens with the first request.

    `clock` returns wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """
    url = urlsplit(endpoint)
    made: _Plain | _Secure
    if url.scheme == "https":
        made = _Secure(url.hostname or "", url.port, context=trusted())
    else:
        made = _Plain(url.hostname or "", url.port)
    made.clock = clock
    return made
