"""One soak: start everything, let people and failures go on, let it rest, and take account."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.soaking.account import SEND, VERIFY, Account, carriers_book
from scripts.soaking.client import Book, Client, Origin
from scripts.soaking.cloud import Cloud
from scripts.soaking.injector import Injector
from scripts.soaking.instances import ROOT, Fleet, Instance
from scripts.soaking.people import Person
from scripts.soaking.pushes import Pushes
from scripts.soaking.rows import all_rows
from scripts.soaking.terms import Terms, settings
from scripts.soaking.ways import at_once, live

INSTANCES = {"web": ("http", 2), "keys": ("apigw", 2)}
"""Deployments: the gateway in front of each, and how many instances it has."""

LOSE = 0.05
REST_SECONDS = 90.0
ASKED_AFTER = 150
"""How many messages are asked about at the very end."""

OUTAGES_EACH = 4
"""How often each stand-in goes away at least, in a run of a minute or more."""


@dataclass
class Soak:
    """A run. `folder` is for files of its own."""

    folder: Path
    terms: Terms
    users: int
    seconds: float
    seed: int
    calm: bool = False
    """Whether nothing goes wrong: to see what people alone make of it."""
    book: Book = field(default_factory=Book)
    fleet: Fleet = field(default_factory=Fleet)
    later: dict[str, Any] = field(default_factory=dict)
    rest: float = 0.0
    """Seconds until every report had arrived."""

    def run(self, progress: Callable[[Soak, float], None]) -> Account:
        """Run, and return the account; `progress` is told the seconds left."""
        chance = random.Random(self.seed)  # noqa: S311 - no secret
        self.pushes = Pushes(self.fleet, random.Random(f"{self.seed} pushes"))  # noqa: S311
        self.cloud = Cloud(self.folder, push_url=self.pushes.start())
        self.injector = Injector(self.cloud, self.fleet, self.seed, self._every())
        try:
            self.cloud.start()
            self._bootstrap()
            self.fleet.instances += self._instances()
            self.fleet.start()
            self.cloud.behave(timeout_ms=2000, pauses=[0.5] * 200)
            self._soak(chance, progress)
            return self._account(chance, progress)
        finally:
            self.injector.stop.set()
            self.fleet.stop()
            self.cloud.kill()
            self.pushes.stop()

    @property
    def sends(self) -> int:
        """Return how many sends were asked for so far."""
        return sum(one.door == SEND for one in list(self.book.asked))

    @property
    def verified(self) -> int:
        """Return how many codes were accepted so far."""
        return sum(one.door == VERIFY and one.status == 200 for one in list(self.book.asked))

    @property
    def restarts(self) -> Counter[str]:
        """Return how often what was started again."""
        kills = {f"functions {one.name}": one.kills for one in self.fleet.instances}
        return self.cloud.restarts + Counter(kills)

    def _every(self) -> float:
        """Return the seconds between outages: five kinds of them, each some times."""
        return min(6.0, max(1.0, self.seconds / (6 * OUTAGES_EACH)))

    def _environment(self, *, gateway: bool) -> dict[str, str]:
        return {**settings(self.terms, gateway=gateway), **self.cloud.environment}

    def _instances(self) -> list[Instance]:
        return [
            Instance(
                f"{name}-{number}",
                gateway,
                self._environment(gateway=name == "web"),
                self.cloud.url("openapi"),
                self.folder,
            )
            for name, (gateway, count) in INSTANCES.items()
            for number in range(count)
        ]

    def _bootstrap(self) -> None:
        from shared import wiring
        from shared.storage.bootstrap import bootstrap

        environment = self._environment(gateway=True)
        plain = {n: v for n, v in environment.items() if not n.startswith("ALIBABA_CLOUD_ROLE")}
        bootstrap(*wiring.store_client(plain), say=lambda _: None)

    def _soak(self, chance: random.Random, progress: Callable[[Soak, float], None]) -> None:
        stop, until = threading.Event(), time.monotonic() + self.seconds
        people = [
            Person(
                number,
                Client(self.fleet, self.book, random.Random(chance.random())),  # noqa: S311
                self.folder / "outbox.sqlite3",
                self.terms,
                random.Random(chance.random()),  # noqa: S311
                stop,
            )
            for number in range(self.users)
        ]
        trouble: list[BaseException] = []

        def watched(person: Person) -> None:
            try:
                live(person)
            except BaseException as error:  # noqa: BLE001 - told below
                trouble.append(error)

        threads = [threading.Thread(target=watched, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        if not self.calm:
            self.pushes.lose = LOSE
            self.injector.start()
        while (left := until - time.monotonic()) > 0 and not trouble:
            progress(self, left)
            time.sleep(min(1.0, left))
            if self.injector.trouble:
                break
        stop.set()
        for thread in threads:
            thread.join()
        self.injector.end()
        self.pushes.lose = 0.0
        if trouble:
            raise trouble[0]

    def _account(self, chance: random.Random, progress: Callable[[Soak, float], None]) -> Account:
        """Let every report arrive, look, have the rest asked about, and look again."""
        self.cloud.behave(to="push", fail=0.1, repeat=0, delay=0.1)
        began = time.monotonic()
        while not self._at_rest() and time.monotonic() < began + REST_SECONDS:
            progress(self, 0.0)
            time.sleep(0.5)
        self.rest = time.monotonic() - began
        before = all_rows(self.cloud.url("tablestore"))
        self._reconcile()
        rows = all_rows(self.cloud.url("tablestore"))
        told = self._states(chance)
        self.fleet.stop()
        return Account(
            self.terms,
            asked=self.book.asked,
            handed=carriers_book(self.folder / "outbox.sqlite3"),
            pushed=self.pushes.pushed,
            outages=self.cloud.outages,
            before=before,
            rows=rows,
            log=_lines(self.folder, "*.out"),
            complaints=_lines(self.folder, "*.err"),
            told=told,
            calm=self.calm,
        )

    def _at_rest(self) -> bool:
        carriers = self.cloud.control("carrier")
        queues = self.cloud.control("queues")
        waiting = sum(one["messages"] + one["hidden"] for one in queues.values())
        return not carriers["waiting"] and not carriers["untold"] and not waiting

    def _reconcile(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.soaking.later"],
            cwd=ROOT,
            env={**self._environment(gateway=True), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        (self.folder / "later.out").write_text(done.stdout, "utf-8")
        self.later = json.loads(done.stderr.splitlines()[-1])

    def _states(self, chance: random.Random) -> dict[str, str]:
        """Ask the door about some messages."""
        handed = [one.out_id for one in carriers_book(self.folder / "outbox.sqlite3")]
        client = Client(self.fleet, Book(), chance)
        origin = Origin("web", "127.0.9.9")
        ids = chance.sample(handed, min(ASKED_AFTER, len(handed)))
        asked = []
        for start in range(0, len(ids), 10):
            asked += at_once(
                [
                    lambda one=one: client.message(origin, one, way="at the end")  # type: ignore[misc]
                    for one in ids[start : start + 10]
                ]
            )
        return {one.verification_id: str(one.answer.get("state")) for one in asked}


def _lines(folder: Path, pattern: str) -> list[str]:
    return [
        line
        for file in sorted(folder.glob(pattern))
        for line in file.read_text("utf-8", "replace").splitlines()
    ]
