"""The HTTP connections under the Tablestore SDK: deadlines, no hidden retries, nothing stale."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import urllib3

from shared.certificates import trusted
from shared.domain.deadline import Deadline

CONNECT_SECONDS, READ_SECONDS = 1.2, 1.5

IDLE_SECONDS = 20.0
"""A frozen instance meets connections that the other side has long forgotten; servers keep idle
ones for 30 s or more, so younger ones are safe."""

_deadline: ContextVar[Deadline | None] = ContextVar("tablestore_deadline", default=None)


@contextmanager
def limited_to(deadline: Deadline) -> Iterator[None]:
    """Let no request in this block wait beyond the deadline."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class Transport:
    """Stands where the SDK keeps its connection pool (`OTSClient.connection`).

    The SDK's own pool has one time-out for the client's life, three immediate retries and no
    notion of idleness. Network failures surface as urllib3's exceptions. `clock` returns wall
    time in seconds, because monotonic clocks may stand still while an instance is frozen.
    """

    def __init__(self, endpoint: str, *, clock: Callable[[], float] = time.time) -> None:
        self._endpoint = endpoint
        self._clock = clock
        context = trusted() if endpoint.startswith("https:") else None
        self._pool = urllib3.PoolManager(maxsize=64, cert_reqs="CERT_REQUIRED", ssl_context=context)
        self._used_at = 0.0

    def send_receive(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, str | None, dict[str, str], bytes]:
        """Post one request and return status, reason, headers and body."""
        deadline = _deadline.get()
        left = deadline.left if deadline is not None else READ_SECONDS
        now = self._clock()
        if now - self._used_at > IDLE_SECONDS:
            self._pool.clear()
        self._used_at = now
        response = self._pool.urlopen(
            "POST",
            self._endpoint + path,
            body=body,
            headers=headers,
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(
                connect=min(CONNECT_SECONDS, max(left, 0.01)),
                read=min(READ_SECONDS, max(left, 0.01)),
            ),
        )
        return response.status, response.reason, dict(response.headers), response.data
