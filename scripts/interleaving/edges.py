"""The edges of the code under test: connections, time, chance. None of these modules is ours.

A caller runs from its beginning each time, on the answers that it got so far; at the first request
that has none yet, it is stopped. So it needs no thread, and can be gone on with in several ways.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, cast

import urllib3
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from scripts.interleaving.requests import BROKEN, STORE, TIMED_OUT, Answer, Request
from scripts.local_cloud.tablestore.signature import authorization, content_md5
from shared.credentials import Keys
from shared.storage import client as store_client

ENDPOINT = "http://tablestore.invalid"
KEYS = Keys("local", "local-secret", None)


class Paused(BaseException):
    """A caller asked what was not answered yet."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.name)
        self.request = request


class NotDeterministic(Exception):
    """A caller that got the same answers asked something else."""


class Run:
    """One caller's run: its clock, its chance, and the answers that it gets."""

    def __init__(
        self, name: str, start: float, asked: Sequence[Request], answers: Sequence[Answer]
    ) -> None:
        self.now = start
        self.chance = random.Random(name)  # noqa: S311 - it has to be the same each time
        self._asked, self._answers, self._next = asked, answers, 0

    def ask(self, kind: str, name: str, body: bytes, patience: float) -> Answer:
        """Return the answer, with the time that it came at; raise Paused where there is none."""
        request = Request(kind, name, body, self.now, patience)
        if self._next == len(self._answers):
            raise Paused(request)
        if request != self._asked[self._next]:
            raise NotDeterministic(f"{name} instead of {self._asked[self._next].name}")
        answer = self._answers[self._next]
        self._next += 1
        self.now = answer.at
        return answer

    def sleep(self, seconds: float) -> None:
        """Let the caller's time pass."""
        self.now += seconds


class Edges:
    """Puts what a run decides in the places of connections, sleep and chance."""

    def __init__(self) -> None:
        self._run: Run | None = None
        with _instead((urllib3, "PoolManager", lambda **_: self)):
            self.client = store_client.client.__wrapped__(ENDPOINT, "local", KEYS)

    @property
    def run(self) -> Run:
        """Return the run that is going on."""
        if self._run is None:
            raise RuntimeError("nobody runs")
        return self._run

    @contextlib.contextmanager
    def of(self, run: Run) -> Iterator[None]:
        """Let a caller run."""
        self._run = run
        with _instead(
            (time, "sleep", run.sleep),
            (random, "random", run.chance.random),
            (secrets, "token_hex", lambda count: run.chance.randbytes(count).hex()),
        ):
            try:
                yield
            finally:
                self._run = None

    def clear(self) -> None:
        """Stand where urllib3's pool does: no connection is kept."""

    def urlopen(
        self, _: str, url: str, *, body: bytes, timeout: Any, **__: Any
    ) -> urllib3.BaseHTTPResponse:
        """Stand where urllib3's pool does: ask, and answer as the wire does."""
        path = url.removeprefix(ENDPOINT)
        answer = self.run.ask(STORE, path.lstrip("/"), body, timeout.read_timeout)
        if answer.what == TIMED_OUT:
            raise ReadTimeoutError(cast("Any", None), path, "no answer")
        if answer.what == BROKEN:
            raise ProtocolError("the connection broke")
        return urllib3.HTTPResponse(
            answer.body,
            _headers(path, answer.body),
            answer.status,
            reason="",
            preload_content=False,
        )


def _headers(path: str, body: bytes) -> Mapping[str, str]:
    headers = {
        "x-ots-contentmd5": content_md5(body),
        "x-ots-contenttype": "protocol buffer",
        "x-ots-date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "x-ots-requestid": "interleaving",
    }
    signed = authorization(path, headers, KEYS.access_key_id, KEYS.access_key_secret)
    return {**headers, "Authorization": signed}


@contextlib.contextmanager
def _instead(*places: tuple[object, str, Callable[..., object]]) -> Iterator[None]:
    before = [(module, name, getattr(module, name)) for module, name, _ in places]
    try:
        for module, name, value in places:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
