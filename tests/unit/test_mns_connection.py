"""The MNS SDK's connection: it ends before the deadline, and trusts nobody."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest

from shared.domain.deadline import Deadline
from shared.providers.mns_connection import connect


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_is_silent_is_given_up_at_the_deadline(silent: str, scheme: str) -> None:
    connection = connect(f"{scheme}://{silent}", clock=time.time)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        _ask(connection, within=1.5)
    assert time.monotonic() - started < 1.5
    connection.close()


def test_over_tls_certificates_are_checked() -> None:
    context = connect("https://mns.example", clock=time.time)._context  # noqa: SLF001
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def _ask(connection: Any, *, within: float = 5.0) -> int:
    connection.limit(Deadline.after(within, clock=time.monotonic))
    connection.request("POST", "/", b"")
    answer = connection.getresponse()
    answer.read()
    return int(answer.status)
