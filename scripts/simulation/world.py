"""Play a day: the real doors in this process, the local cloud in a thread, one clock for both."""

from __future__ import annotations

import asyncio
import heapq
import json
import logging
import os
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from functions import send_code, verify_code
from scripts.local_cloud.carrier.behaviour import Behaviour
from scripts.local_cloud.cloud import LocalCloud, Ports
from scripts.local_cloud.events import EVENTS, Incoming, context
from scripts.simulation.traffic import GUESSING, Actor, Ask, Inbox, Reply, Sizes, actors
from shared import logs, wiring
from shared.settings import NAMES
from shared.storage.bootstrap import bootstrap

MIDNIGHT = datetime.fromisoformat("2026-11-20T00:00:00+08:00").timestamp()
DOORS = {"/send-code": send_code.handler, "/verify-code": verify_code.handler}
ENVIRONMENT: Mapping[str, str] = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "local",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "local-secret",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "local-token",
    "ACCESS": "gateway",
    "CODE_SECRETS": "a-secret-of-the-simulation",
    "NUMBER_SECRET": "another-of-the-simulation",
    "DYSMS_SIGN_NAME": "本地测试",
    "DYSMS_TEMPLATES": "SMS_100001",
    "TABLESTORE_INSTANCE": "local",
}

Progress = Callable[[int], None]


@dataclass
class Tally:
    """What a day came to, by actor: messages, refusals by gate, guesses that were right."""

    asked: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Counter[str]] = field(default_factory=dict)
    guesses: int = 0
    broken_into: int = 0

    def note(self, kind: str, ask: Ask, reply: Reply) -> None:
        """Count one request."""
        if ask.path == "/send-code":
            self.asked[kind] += 1
            if reply.ok:
                self.sent[kind] += 1
            else:
                self.refused.setdefault(kind, Counter())[reply.reason] += 1
        elif kind == GUESSING:
            self.guesses += 1
            self.broken_into += reply.ok


class _LastLine(logging.Handler):
    """Keeps what the doors log of the request that they have just answered."""

    line: Mapping[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.line = json.loads(record.getMessage())


@dataclass
class Simulation:
    """One configuration's day."""

    settings: Mapping[str, str]
    sizes: Sizes
    seed: int = 1
    now: float = MIDNIGHT

    def play(self, progress: Progress) -> Tally:
        """Play the whole day in the order of its moments, and return what it came to."""
        log, tally = _LastLine(), Tally()
        logging.getLogger(logs.NAME).addHandler(log)
        wiring.clock = lambda: self.now
        with self._cloud() as inbox:
            client, prefix = wiring.store_client()
            bootstrap(client, prefix, say=lambda _: None)
            waiting = [
                (next(actor), order, kind, actor)
                for order, (kind, actor) in enumerate(actors(self.sizes, inbox, seed=self.seed))
            ]
            self._run(waiting, log, tally, progress)
        return tally

    def _run(
        self,
        waiting: list[tuple[Ask, int, str, Actor]],
        log: _LastLine,
        tally: Tally,
        progress: Progress,
    ) -> None:
        queue = [(ask.at, order, ask, kind, actor) for ask, order, kind, actor in waiting]
        heapq.heapify(queue)
        done = 0
        while queue:
            at, order, ask, kind, actor = heapq.heappop(queue)
            self.now = MIDNIGHT + at
            reply = _ask(ask, log)
            tally.note(kind, ask, reply)
            progress(done := done + 1)
            try:
                following = actor.send(reply)
            except StopIteration:
                continue
            heapq.heappush(queue, (following.at, order, following, kind, actor))

    @contextmanager
    def _cloud(self) -> Iterator[Inbox]:
        """Run a local cloud, point the doors at it, and yield a way to read an SMS."""
        loop = asyncio.new_event_loop()
        cloud = LocalCloud(behaviour=Behaviour(reports=False), clock=lambda: self.now)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        ports = asyncio.run_coroutine_threadsafe(cloud.start(Ports()), loop).result(30)
        tablestore, openapi = (
            f"http://127.0.0.1:{port}" for port in (ports.tablestore, ports.openapi)
        )
        for name in NAMES:  # those of a day that this process played before
            os.environ.pop(name, None)
        os.environ.update(
            ENVIRONMENT,
            TABLESTORE_ENDPOINT=tablestore,
            DYSMS_ENDPOINT=openapi,
            TURNSTILE_ENDPOINT=openapi,
            **self.settings,
        )

        def inbox(phone: str, verification_id: str) -> str:
            url = f"{openapi}/_local/outbox?phone={phone}"
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
                messages = json.load(answer)
            return next(
                str(message["params"]["code"])
                for message in messages
                if message["out_id"] == verification_id
            )

        try:
            yield inbox
        finally:
            asyncio.run_coroutine_threadsafe(cloud.stop(), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)


def _ask(ask: Ask, log: _LastLine) -> Reply:
    incoming = Incoming(
        "POST",
        ask.path,
        {},
        [("Content-Type", "application/json")],
        json.dumps(ask.body).encode(),
        ask.address,
        "local",
    )
    about = context(ask.path.strip("/"), {})
    answer = DOORS[ask.path](EVENTS["http"](incoming, about.request_id), about)
    ok = answer["statusCode"] == 200
    reason = "" if ok else log.line.get("reason") or log.line["outcome"]
    return Reply(ok, reason, json.loads(answer["body"]))
