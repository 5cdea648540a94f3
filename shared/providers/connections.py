"""The OpenAPI SDKs' connections, and what their exceptions say of a failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from darabonba.core import DaraCore
    from darabonba.exceptions import ResponseException
    from darabonba.runtime import RuntimeOptions

from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import Timeout

from shared.domain.deadline import Deadline
from shared.sdk_sessions import trust

CONNECT_SECONDS, READ_SECONDS = 1.3, 3.0
IDLE_SECONDS = 20.0

trust(DaraCore)


class Idleness:
    """Drops connections that idled (I8): an instance may have been frozen meanwhile.

    `clock` returns wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._used_at = 0.0

    def end(self) -> None:
        """Drop them, if the last use was long ago."""
        now = self._clock()
        if now - self._used_at > IDLE_SECONDS:
            for session in list(DaraCore._sessions.values()):  # noqa: SLF001 - no public way
                session.close()
        self._used_at = now


def time_outs(deadline: Deadline) -> RuntimeOptions:
    """Return the SDK's options for a request that ends before the deadline.

    Most of the time is for the answer: without one it is open what became of the request.
    """
    connect = min(CONNECT_SECONDS, max(deadline.left / 4, 0.1))
    read = min(READ_SECONDS, max(deadline.left - connect, 0.1))
    return RuntimeOptions(connect_timeout=int(connect * 1000), read_timeout=int(read * 1000))


def network_error(error: BaseException) -> BaseException:
    """Return the exception of `requests` below the SDK's, which keeps only its text."""
    seen: Any = getattr(error, "inner_exception", None) or error
    while seen.__context__ is not None:
        seen = seen.__context__
        if isinstance(seen, RequestsConnectionError | Timeout):
            return seen
    return getattr(error, "inner_exception", None) or error


def code_of(error: BaseException) -> str:
    """Return the service's error code, or the failure's name; no text, which may hold numbers."""
    if isinstance(error, ResponseException) and error.code:
        return str(error.code)
    return type(network_error(error)).__name__
