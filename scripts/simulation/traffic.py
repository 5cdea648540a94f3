"""Who asks for what during the day: people, and three kinds of attacker.

Each actor is a generator: it yields what it asks for and when, and is sent the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeAlias

PEOPLE, BOMBING, PUMPING, GUESSING = "people", "bombing", "pumping", "guessing"
ACTORS = (PEOPLE, BOMBING, PUMPING, GUESSING)
HOUR = 3600.0
VICTIM = "13700137000"


SOLVED = 0.05
"""Which part of an attacker's requests carries a captcha that somebody was paid to solve."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: when (seconds since midnight), to which door, from which address."""

    at: float
    path: str
    body: dict[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `reason` is the log's, "" for success."""

    ok: bool
    reason: str
    json: dict[str, Any]


Actor: TypeAlias = Generator[Ask, Reply, None]
Inbox: TypeAlias = Callable[[str, str], str]
"""Reads the code of a verification off a phone: (phone, verification id) -> code."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much happens. The defaults are one small product's day and one night's robbery."""

    people: int = 1000
    bombs: int = 600
    bomb_addresses: int = 20
    pumped_numbers: int = 10_000
    pump_addresses: int = 500
    guess_targets: int = 200
    guesses_each: int = 10
    solved: float = SOLVED

    def scaled(self, factor: float) -> Sizes:
        """Return the same day with less or more of everything but addresses."""
        scaled = ("people", "bombs", "pumped_numbers", "guess_targets")
        return replace(
            self, **{name: max(1, round(getattr(self, name) * factor)) for name in scaled}
        )

    @property
    def requests(self) -> int:
        """Return about how many requests the day has, for showing progress."""
        guessed = self.guess_targets * (self.guesses_each + 1)
        return round(self.people * 2.2) + self.bombs + self.pumped_numbers + guessed


def actors(sizes: Sizes, inbox: Inbox, *, seed: int) -> Iterator[tuple[str, Actor]]:
    """Return everybody of the day: (kind, actor)."""
    chance = Random(seed)  # noqa: S311 - a rehearsal, the same each time
    for index in range(sizes.people):
        yield PEOPLE, _person(index, Random(chance.random()), inbox)  # noqa: S311
    yield BOMBING, _bombing(sizes, Random(chance.random()))  # noqa: S311
    yield PUMPING, _pumping(sizes, Random(chance.random()))  # noqa: S311
    for index in range(sizes.guess_targets):
        yield GUESSING, _guessing(index, sizes, Random(chance.random()))  # noqa: S311


def _send(at: float, phone: str, address: str, token: str | None = None, **rest: str) -> Ask:
    body = {"phone": phone, "scene": "sign_in", **rest}
    return Ask(at, "/send-code", body | ({"captcha": token} if token else {}), address)


def _verify(at: float, phone: str, address: str, verification_id: str, code: str) -> Ask:
    body = {"phone": phone, "scene": "sign_in", "verification_id": verification_id, "code": code}
    return Ask(at, "/verify-code", body, address)


def _token(chance: Random) -> str:
    return f"token-{chance.getrandbits(128):032x}"


def _person(index: int, chance: Random, inbox: Inbox) -> Actor:
    """Sign in once between 7 and 24 o'clock; sometimes mistype, sometimes ask again."""
    phone = f"{chance.choice((135, 138, 150, 158, 177, 186, 189))}{chance.randrange(10**8):08d}"
    shared = chance.random() < 0.3  # behind carrier NAT, four people to an address
    address = f"100.64.{index // 4 % 250}.{index // 1000}" if shared else _address(chance)
    at = chance.triangular(7, 24, 20) * HOUR
    sent = yield _send(at, phone, address, _token(chance))
    if sent.ok and chance.random() < 0.07:
        at += 75
        again = {"replaces": sent.json["verification_id"]}
        sent = yield _send(at, phone, address, _token(chance), **again)
    if not sent.ok:
        return
    verification_id = sent.json["verification_id"]
    code = inbox(phone, verification_id)
    at += chance.uniform(10, 60)
    if chance.random() < 0.08:
        mistyped = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
        yield _verify(at, phone, address, verification_id, mistyped)
        at += 10
    yield _verify(at, phone, address, verification_id, code)


def _bombing(sizes: Sizes, chance: Random) -> Actor:
    """Ask again and again for one victim's number, from 20 o'clock, every six seconds."""
    for index in range(sizes.bombs):
        token = _token(chance) if chance.random() < sizes.solved else None
        address = f"192.0.2.{index % sizes.bomb_addresses + 1}"
        yield _send(20 * HOUR + 6 * index, VICTIM, address, token)


def _pumping(sizes: Sizes, chance: Random) -> Actor:
    """Walk through ten thousand numbers in a row, from 2 o'clock, for five hours."""
    pause = 5 * HOUR / sizes.pumped_numbers
    for index in range(sizes.pumped_numbers):
        token = _token(chance) if chance.random() < sizes.solved else None
        which = index % sizes.pump_addresses
        address = f"198.18.{which // 250}.{which % 250 + 1}"
        yield _send(2 * HOUR + pause * index, f"1390013{index % 10_000:04d}", address, token)


def _guessing(index: int, sizes: Sizes, chance: Random) -> Actor:
    """Ask for a code for somebody's number, and guess at it: more often than anybody may."""
    phone, at = f"1360{index:03d}{chance.randrange(10_000):04d}", 15 * HOUR + 15 * index
    address = f"203.0.113.{index % 50 + 1}"
    token = _token(chance) if chance.random() < sizes.solved else None
    sent = yield _send(at, phone, address, token)
    if not sent.ok:
        return
    for guess in range(sizes.guesses_each):
        code = f"{chance.randrange(10**6):06d}"
        yield _verify(at + 1 + guess, phone, address, sent.json["verification_id"], code)


def _address(chance: Random) -> str:
    return f"101.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
