"""A person: numbers, devices, addresses, and how it sends, reads and guesses."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from scripts.soaking.account import Asked, Handed, carriers_book
from scripts.soaking.client import Client, Origin
from scripts.soaking.terms import BOTH_SCENE, CALLERS, SCENES, Terms

LOOKS_SECONDS, LOOK_EVERY = 2.0, 0.1
LONGEST_PAUSE = 0.6
NUMBERS = 30


@dataclass
class Person:
    """One user: numbers, devices and addresses, and a mood of its own by its chance."""

    name: int
    client: Client
    outbox: Path
    terms: Terms
    chance: random.Random
    stop: threading.Event
    numbers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Get some numbers that nobody else has."""
        first = 13_500_000_000 + self.name * 100_000
        self.numbers = [f"+86{first + (7919 * n) % 100_000}" for n in range(NUMBERS)]

    def pause(self, longest: float = LONGEST_PAUSE) -> None:
        """Wait a little, as people do."""
        self.stop.wait(self.chance.random() * longest)

    def origin(self) -> Origin:
        """Return where a request of this user comes from now."""
        if self.chance.random() < 0.6:
            address = f"127.0.{1 + self.name // 200}.{1 + self.name % 200}"
            device = f"device-of-{self.name:04d}-{self.chance.randrange(2)}"
            return Origin("web", address, device)
        caller = self.chance.choice(list(CALLERS))
        return Origin("keys", f"198.51.{100 + self.name // 200}.{1 + self.name % 200}", "", caller)

    def number(self) -> str:
        """Return one of the numbers."""
        return self.chance.choice(self.numbers)

    def scene(self) -> str:
        """Return a scene that needs no captcha."""
        return self.chance.choices((SCENES[0], SCENES[1], BOTH_SCENE), weights=(5, 3, 3))[0]

    def send(self, way: str, origin: Origin, phone: str, scene: str, **rest: str) -> Asked:
        """Ask for a code, spelling the number in some way."""
        spelled = self.chance.choice([phone, phone[3:], f"0086{phone[3:]}", f"86 {phone[3:]}"])
        return self.client.send(origin, phone, scene, way=way, spelled=spelled, **rest)

    def read(self, sent: Asked) -> Handed | None:
        """Look for the message of a send that was answered, as on a phone."""
        if sent.status != 200:
            return None
        until = time.monotonic() + LOOKS_SECONDS
        while not (found := carriers_book(self.outbox, str(sent.answer["verification_id"]))):
            if time.monotonic() > until:
                return None
            time.sleep(LOOK_EVERY)
        return found[0]

    def guess(self, way: str, sent: Asked, code: str, **changed: str) -> Asked:
        """Type a code in."""
        phone, scene = changed.get("phone", sent.phone), changed.get("scene", sent.scene)
        identity = changed.get("verification_id", str(sent.answer["verification_id"]))
        return self.client.verify(self.origin(), phone, scene, identity, code, way=way)
