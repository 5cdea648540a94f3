"""Somebody whom the carriers push to, and who answers as a test wants."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = (200, b'{"code": 0, "msg": "ok"}')


@dataclass
class Push:
    """One request: its path, what it carried, and when it came."""

    path: str
    entries: list[dict[str, Any]]
    content_type: str
    at: float = field(default_factory=time.monotonic)


class Receiver:
    """`with Receiver() as receiver`; `answers` are given one by one, then all is acknowledged."""

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.answers: list[tuple[int, bytes]] = []
        self.seconds = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.pushes.append(
                    Push(self.path, json.loads(body), self.headers["Content-Type"])
                )
                time.sleep(receiver.seconds)
                status, text = receiver.answers.pop(0) if receiver.answers else GOOD
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A caller who does not wait for the answer is part of the test."""

        self._server = Server(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/receipts/{{kind}}/secret"

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [entry for push in self.pushes for entry in push.entries]

    def wait(self, count: int) -> list[Push]:
        """Wait until there were that many pushes."""
        until = time.monotonic() + 10
        while len(self.pushes) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.pushes

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, args=(0.02,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
