"""What is known in the end: what users were told, what carriers were handed, what is stored.

Nothing here, or in the rules that read it, asks the product what anything means.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts.soaking.terms import Terms

SEND, VERIFY, MESSAGE = "/send-code", "/verify-code", "/messages"
NO_ANSWER = 0
"""The status of a request whose function died, or never answered."""


@dataclass(slots=True)
class Asked:
    """One request and what it was told; times are UTC seconds, `phone` is E.164.

    `address`, `device` and `caller` are whom a send counts against.
    """

    door: str
    began: float
    ended: float = 0.0
    status: int = NO_ANSWER
    answer: dict[str, Any] = field(default_factory=dict)
    hung: bool = False
    phone: str = ""
    scene: str = ""
    verification_id: str = ""
    code: str = ""
    address: str = ""
    device: str = ""
    caller: str = ""
    key: str = ""
    replaces: str = ""
    captcha: str = ""
    way: str = ""
    """What the person was about."""
    text: str = ""
    """The body of the answer, as it came."""

    @property
    def died(self) -> bool:
        """Say whether its function died with it."""
        return self.status == NO_ANSWER


@dataclass(frozen=True, slots=True)
class Handed:
    """One message in the carriers' book; `state` is accepted until it is reported on."""

    phone: str
    out_id: str
    code: str
    biz_id: str
    provider: str
    at: float
    state: str
    err_code: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """One report that the receipts door acknowledged, or that was lost on its way there."""

    out_id: str
    code: str
    lost: bool


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which something was certainly away."""

    what: str
    began: float
    ended: float


@dataclass(frozen=True)
class Account:
    """Everything. `before` are the rows before reconciliation, `rows` those at the very end."""

    terms: Terms
    asked: Sequence[Asked] = ()
    handed: Sequence[Handed] = ()
    pushed: Sequence[Pushed] = ()
    outages: Sequence[Outage] = ()
    before: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    log: Sequence[str] = ()
    complaints: Sequence[str] = ()
    """What functions wrote to standard error."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Message states that /messages told at the very end, by verification id."""
    calm: bool = False
    """Whether nothing failed, so that counters have to be exact."""

    @cached_property
    def sends(self) -> list[Asked]:
        """Return the sends."""
        return [one for one in self.asked if one.door == SEND]

    @cached_property
    def guesses(self) -> list[Asked]:
        """Return the guesses."""
        return [one for one in self.asked if one.door == VERIFY]

    @cached_property
    def guesses_at(self) -> dict[str, list[Asked]]:
        """Return the guesses at each verification."""
        found: dict[str, list[Asked]] = {}
        for one in self.guesses:
            found.setdefault(one.verification_id, []).append(one)
        return found

    @cached_property
    def by_id(self) -> dict[str, list[Handed]]:
        """Return the messages of each verification."""
        found: dict[str, list[Handed]] = {}
        for one in self.handed:
            found.setdefault(one.out_id, []).append(one)
        return found

    @cached_property
    def first_answers(self) -> dict[str, Asked]:
        """Return the answer that first named each verification."""
        found: dict[str, Asked] = {}
        for one in sorted(self.sends, key=lambda one: one.ended):
            if one.status == 200:
                found.setdefault(str(one.answer.get("verification_id")), one)
        return found

    def of(self, table: str) -> dict[str, Mapping[str, Any]]:
        """Return the rows of a table at the end, by their key."""
        return by_key(self.rows.get(table, ()))


def by_key(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return rows by their key, the first column."""
    return {str(next(iter(row.values()))): row for row in rows}


def carriers_book(file: Path, out_id: str | None = None) -> list[Handed]:
    """Read the carriers' book, all of it or one message's page; oldest first."""
    where, values = (
        ("WHERE json_extract(message, '$.out_id') = ?", (out_id,))
        if out_id is not None
        else ("", ())
    )
    query = f"SELECT message FROM messages {where} ORDER BY number"  # noqa: S608 - our own text
    return _read(file, query, values)


def _read(file: Path, query: str, values: Sequence[str]) -> list[Handed]:
    book = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        texts = [json.loads(text) for (text,) in book.execute(query, values)]
    finally:
        book.close()
    return [
        Handed(
            phone=one["phone"],
            out_id=one["out_id"],
            code=str(one["params"].get("code", "")),
            biz_id=one["biz_id"],
            provider=one["provider"],
            at=one["at"],
            state=one["state"],
            err_code=one["err_code"],
        )
        for one in texts
    ]
