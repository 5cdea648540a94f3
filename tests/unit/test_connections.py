"""Connections that idled are dropped before use (I8), against a server that forgot them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from shared.credentials import Keys
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.ports import CodeMessage, Outcome, Verdict
from shared.providers.connections import IDLE_SECONDS
from shared.providers.dysms import Dysms
from shared.providers.mns_connection import connect
from shared.storage import transport
from shared.storage.transport import Transport, limited_to


class Forgetful(BaseHTTPRequestHandler):
    """Answers the first request of a connection and hangs up on the second, as a peer does that
    has long forgotten the connection: the client sees nothing until it has sent its request.
    """

    protocol_version = "HTTP/1.1"
    connections: list[object]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.connection in self.connections:
            self.close_connection = True
            return
        self.connections.append(self.connection)
        body = b'{"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    handler = type("Handler", (Forgetful,), {"connections": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Clock:
    """A clock that a test moves."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def post(connections: Transport) -> int:
    return connections.send_receive("/GetRow", {}, b"")[0]


def test_a_store_connection_that_idled_is_not_used_again(address: str) -> None:
    clock = Clock()
    connections = Transport(address, clock=clock)
    assert post(connections) == 200
    clock.now += transport.IDLE_SECONDS + 1
    assert post(connections) == 200


def test_a_store_connection_that_did_not_idle_is_used_again(address: str) -> None:
    connections = Transport(address, clock=Clock())
    post(connections)
    with pytest.raises(HTTPError):
        post(connections)


def test_a_store_request_never_waits_beyond_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        deadline = Deadline.after(0.2, clock=time.monotonic)
        with pytest.raises(HTTPError), limited_to(deadline):
            post(Transport(f"http://127.0.0.1:{silent.getsockname()[1]}"))
    assert time.monotonic() - started < transport.READ_SECONDS


def send(provider: Dysms) -> Outcome:
    message = CodeMessage(
        PhoneNumber("+8613800138000", "CN", 86), "sign_in", "123456", CodePolicy(6, 300, 3), "v1"
    )
    return provider.send(message, deadline=Deadline.after(5, clock=time.monotonic))


def dysms(address: str, clock: Clock) -> Dysms:
    return Dysms(
        Keys("local", "local-secret", "token"),
        endpoint=address,
        sign_name="sign",
        templates={"*": "SMS_1"},
        params={"*": {"code": "code"}},
        clock=clock,
    )


def test_a_provider_connection_that_idled_is_not_used_again(address: str) -> None:
    clock = Clock()
    provider = dysms(address, clock)
    assert send(provider).verdict is Verdict.ACCEPTED
    clock.now += 60
    assert send(provider).verdict is Verdict.ACCEPTED


def test_a_provider_connection_that_did_not_idle_is_used_again(address: str) -> None:
    provider = dysms(address, Clock())
    send(provider)
    assert send(provider).verdict is Verdict.UNCONFIRMED


def test_a_queue_connection_that_idled_is_not_used_again(address: str) -> None:
    clock = Clock()
    connection = connect(address, clock=clock)
    assert _ask(connection) == 200
    clock.now += IDLE_SECONDS + 1
    assert _ask(connection) == 200
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        _ask(connection)
    connection.close()


def _ask(connection: Any) -> int:
    connection.limit(Deadline.after(5, clock=time.monotonic))
    connection.request("POST", "/", b"")
    answer = connection.getresponse()
    answer.read()
    return int(answer.status)
