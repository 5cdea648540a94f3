"""A relay before Tablestore that notes what each answer says it consumed.

Neither the functions nor the stand-in know of it; a request's signature does not cover the host.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

from scripts.costing.units import Units, consumed

_OF_THE_CONNECTION = ("connection", "content-length", "host", "transfer-encoding", "date", "server")


@dataclass
class Noted:
    """What went through the relay since it was last taken."""

    requests: int = 0
    units: Units = field(default_factory=Units)
    answered_bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, units: Units, size: int) -> None:
        """Note one answer."""
        with self.lock:
            self.requests += 1
            self.units += units
            self.answered_bytes += size


@contextmanager
def relay(to: str) -> Iterator[tuple[str, Noted]]:
    """Relay to an address on this machine; yield where to, and what was noted."""
    noted, pool = Noted(), urllib3.PoolManager(maxsize=8)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body go together ...
        disable_nagle_algorithm = True  # ... or each answer waits 40 ms for the other side

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in _OF_THE_CONNECTION
            }
            answer = pool.urlopen("POST", to + self.path, body=sent, headers=headers, retries=False)
            noted.add(consumed(self.path.strip("/"), answer.status, answer.data), len(answer.data))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in _OF_THE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", noted
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
        pool.clear()
