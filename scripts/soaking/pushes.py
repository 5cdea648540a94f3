"""Where carriers push their reports: passed on to the functions, noted, and some of them lost."""

from __future__ import annotations

import http.client
import json
import random
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripts.soaking.account import Pushed
from scripts.soaking.instances import HOST, Fleet
from scripts.soaking.terms import RECEIPT_SECRET

SECONDS = 6.0
LOST = b'{"code": 0, "msg": "lost on the way"}'


@dataclass
class Pushes:
    """A listener of its own; `lose` is the share of pushes that no function ever sees."""

    fleet: Fleet
    chance: random.Random
    lose: float = 0.0
    pushed: list[Pushed] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Listen, and return the URL that carriers push to."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = outer.pass_on(self.path, raw)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    return  # the carrier waits 0.7 s

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                return

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        port = self._server.server_address[1]
        return f"http://{HOST}:{port}/receipts/{{kind}}/{RECEIPT_SECRET}"

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def pass_on(self, path: str, raw: bytes) -> tuple[int, bytes]:
        """Pass a push on to an instance, and return its answer."""
        if self.chance.random() < self.lose:
            self._note(raw, lost=True)
            return 200, LOST
        instance = self.fleet.any(self.chance)
        if instance is None:
            return 502, b""
        connection = http.client.HTTPConnection(HOST, instance.port, timeout=SECONDS)
        try:
            connection.request("POST", path, raw, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return 502, b""
        finally:
            connection.close()
        if answer.status == 200:
            self._note(raw, lost=False)
        return answer.status, body

    def _note(self, raw: bytes, *, lost: bool) -> None:
        self.pushed += [
            Pushed(str(one["out_id"]), str(one["err_code"]), lost) for one in json.loads(raw)
        ]
