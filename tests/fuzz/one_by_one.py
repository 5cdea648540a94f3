"""The use cases and their storage on the local cloud's Tablestore rules, one request at a time.

As scripts/interleaving, whose edges and callers these are, but nobody waits: each request is
answered as it is made, time stands still until it is moved, and a provider answers what it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tablestore import Condition, Row, RowExistenceExpectation

import shared.storage.sdk  # noqa: F401 - before what uses it
from scripts.interleaving.callers import Caller, Send, guess, told
from scripts.interleaving.edges import Edges, Run
from scripts.interleaving.requests import ANSWERED, PROVIDER, TIMED_OUT, Answer, Told
from scripts.interleaving.rows import PREFIX, Rows, Tablestore
from scripts.interleaving.setting import Setting
from shared import logs
from shared.domain.lists import DENY, NUMBER, Entry
from shared.models import VerifyCodeRequest
from shared.storage.lists import entry_columns, number_key

BEGINS = 1_795_250_000.0

logs.silence_sdks()
_edges: list[Edges] = []


def edges() -> Edges:
    """Return the edges; the client behind them is built once."""
    if not _edges:
        _edges.append(Edges())
    return _edges[0]


class _Straight(Run):
    """A caller's run that is answered at once."""

    def __init__(self, name: str, service: Service) -> None:
        super().__init__(name, service.now, (), ())
        self._service = service

    def ask(self, kind: str, name: str, body: bytes, patience: float) -> Answer:
        service = self._service
        if kind == PROVIDER:
            service.provider_calls += 1
            self.now += patience if service.outcome == TIMED_OUT else 0
            return Answer(service.outcome, self.now)
        service.store_calls.append(name)
        applied = service.store.apply(service.rows, name, body, now=self.now)
        service.rows = applied.rows
        return Answer(ANSWERED, self.now, applied.status, applied.body)


@dataclass(frozen=True, slots=True)
class _Guess:
    """A guess that says whatever it likes."""

    name: str
    of: str
    phone: str
    scene: str
    code: str
    starts: float = 0.0
    needs: frozenset[str] = frozenset()

    def ask(self, edges: Edges, setting: Setting) -> Told:
        request = VerifyCodeRequest(
            phone=self.phone,
            scene=self.scene,
            verification_id=setting.id_of(self.of),
            code=self.code,
        )
        return guess(request, edges, setting)


class Service:
    """One service; `outcome` is what a provider answers next."""

    def __init__(self, environment: Mapping[str, str], outcome: str) -> None:
        self.now, self.outcome = BEGINS, outcome
        self.store = Tablestore()
        self.rows: Rows = {}
        self.sends: dict[str, Send] = {}
        self.setting = Setting(environment, self.sends)
        self.provider_calls = self.guesses = 0
        self.store_calls: list[str] = []

    def ask(self, caller: Caller) -> Told:
        """Let somebody ask, and return what they are told; their clock is everybody's then."""
        if isinstance(caller, Send):
            self.sends[caller.name] = caller
        self.provider_calls, self.store_calls = 0, []
        run, around = _Straight(caller.name, self), edges()
        with around.of(run):
            found = told(caller, around, self.setting)
        self.now = run.now
        return found

    def guess(self, of: str, phone: str, scene: str, code: str) -> Told:
        """Guess at a send's code, with whatever phone, scene and code."""
        self.guesses += 1  # chance goes by names, and who has another's recognises its writes
        return self.ask(_Guess(f"guess {self.guesses}", of, phone=phone, scene=scene, code=code))

    def contents(self, table: str) -> dict[str, dict[str, Any]]:
        """Return a table's rows by their key."""
        return self.store.contents(self.rows)[table]

    def counted(self, key: str) -> int:
        """Return what a counter stands at."""
        return int(self.contents("counters").get(key, {}).get("n", 0))

    def deny(self, phone: str, *, until: int | None) -> None:
        """Put a number on the deny-list."""
        key = number_key(self.setting.key_of(phone))
        entry = Entry(DENY, NUMBER, "masked", "test", "test", int(self.now), until)
        self._put("lists", Row(key, list(entry_columns(entry).items())))

    def _put(self, table: str, row: Any) -> None:
        run, around = _Straight("operator", self), edges()
        with around.of(run):
            around.client.put_row(PREFIX + table, row, Condition(RowExistenceExpectation.IGNORE))
