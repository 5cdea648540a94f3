"""What people do, one after the other: sign in, mistype, lose patience, and some attack."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from scripts.soaking.account import Asked, Handed, carriers_book
from scripts.soaking.client import Client, Origin
from scripts.soaking.terms import BOTH_SCENE, CALLERS, CAPTCHA_SCENE, SCENES, Terms

Result = TypeVar("Result")
LOOKS_SECONDS, LOOK_EVERY = 2.0, 0.1
GUESSES_AT_ONCE = 20
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

    def live(self) -> None:
        """Do one thing after the other until it is over."""
        while not self.stop.is_set():
            way = self.chance.choices(list(WAYS), weights=[w for w, _ in WAYS.values()])[0]
            WAYS[way][1](self, way)
            self.pause()

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


def wrong(code: str, chance: random.Random) -> str:
    """Return another code of the same length."""
    return f"{(int(code) + chance.randrange(1, 10 ** len(code))) % 10 ** len(code):0{len(code)}d}"


def at_once(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do things at the same moment."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def _new_key() -> str:
    return f"key-{uuid.uuid4()}"


def sign_in(self: Person, way: str) -> None:
    """Send, read, mistype at most twice, type it right, and ask what became of the message."""
    sent = self.send(way, self.origin(), self.number(), self.scene())
    message = self.read(sent)
    if message is None:
        return
    for _ in range(self.chance.choice([0, 0, 0, 1, 2])):
        self.guess(way, sent, wrong(message.code, self.chance))
    self.guess(way, sent, message.code)
    if self.chance.random() < 0.3:
        self.guess(way, sent, message.code)
    if self.chance.random() < 0.5:
        self.client.message(self.origin(), str(sent.answer["verification_id"]), way=way)


def send_again(self: Person, way: str) -> None:
    """Send, wait, send again in its place; then try both codes."""
    origin, phone, scene = self.origin(), self.number(), self.scene()
    first = self.send(way, origin, phone, scene)
    old = self.read(first)
    if old is None:
        return
    self.pause(1.3 * self.terms.phone[0][1])
    identity = str(first.answer["verification_id"])
    second = self.send(way, origin, phone, scene, replaces=identity)
    new = self.read(second)
    self.guess(way, first, old.code)
    if new is not None:
        self.guess(way, second, new.code)


def double_click(self: Person, way: str) -> None:
    """Press the button twice or thrice: with one idempotency key, with several, without any."""
    origin, phone, scene = self.origin(), self.number(), self.scene()
    same, presses = _new_key(), self.chance.choice([2, 2, 3])
    keys = self.chance.choice(
        [[same] * presses, [_new_key() for _ in range(presses)], [""] * presses]
    )
    spelled = phone[3:]
    sent = at_once(
        [
            lambda key=key: self.client.send(  # type: ignore[misc]
                origin, phone, scene, way=way, spelled=spelled, key=key
            )
            for key in keys
        ]
    )
    for one in sent:
        message = self.read(one)
        if message is not None:
            self.guess(way, one, message.code)
            break


def retry(self: Person, way: str) -> None:
    """Try again with the same key until there is an answer."""
    origin, phone, scene, key = self.origin(), self.number(), self.scene(), _new_key()
    for _ in range(3):
        sent = self.client.send(origin, phone, scene, way=way, key=key)
        if not sent.died and sent.status < 500 and sent.answer.get("delivery") != "unconfirmed":
            break
        self.pause()
    message = self.read(sent)
    if message is not None:
        self.guess(way, sent, message.code)


def two_devices(self: Person, way: str) -> None:
    """Ask from two devices for the same number at once, and use both codes."""
    phone, scenes = self.number(), self.chance.sample((SCENES[0], SCENES[1], BOTH_SCENE), 2)
    devices = [(self.origin(), scene) for scene in scenes]
    sent = at_once(
        [
            lambda origin=origin, scene=scene: self.client.send(  # type: ignore[misc]
                origin, phone, scene, way=way
            )
            for origin, scene in devices
        ]
    )
    for one in sent:
        message = self.read(one)
        if message is not None:
            self.guess(way, one, message.code)


def twice_at_once(self: Person, way: str) -> None:
    """Use the right code several times at the same moment."""
    sent = self.send(way, self.origin(), self.number(), self.scene())
    message = self.read(sent)
    if message is not None:
        at_once([lambda: self.guess(way, sent, message.code)] * self.chance.choice([2, 3, 4]))


def attack(self: Person, way: str) -> None:
    """Guess twenty times at once with the right id; sometimes one guess is right."""
    sent = self.send(way, self.origin(), self.number(), self.scene())
    message = self.read(sent)
    if message is None:
        return
    codes = [wrong(message.code, self.chance) for _ in range(GUESSES_AT_ONCE)]
    if self.chance.random() < 0.5:
        codes[self.chance.randrange(len(codes))] = message.code
    at_once(
        [lambda code=code: self.guess(way, sent, code) for code in codes]  # type: ignore[misc]
    )
    self.guess(way, sent, message.code)


def use_up(self: Person, way: str) -> None:
    """Guess wrong until no attempt is left, then right."""
    sent = self.send(way, self.origin(), self.number(), self.scene())
    message = self.read(sent)
    if message is None:
        return
    for _ in range(self.terms.attempts):
        self.guess(way, sent, wrong(message.code, self.chance))
    self.guess(way, sent, message.code)


def too_late(self: Person, way: str) -> None:
    """Type the right code after its time."""
    sent = self.send(way, self.origin(), self.number(), self.scene())
    message = self.read(sent)
    if message is not None and not self.stop.wait(self.terms.code_life + 1.5):
        self.guess(way, sent, message.code)


def elsewhere(self: Person, way: str) -> None:
    """Use the right code for another number, scene or id; then where it belongs."""
    sent = self.send(way, self.origin(), self.number(), SCENES[0])
    message = self.read(sent)
    if message is None:
        return
    other = next(number for number in self.numbers if number != sent.phone)
    self.guess(way, sent, message.code, phone=other)
    self.guess(way, sent, message.code, scene=SCENES[1])
    self.guess(way, sent, message.code, verification_id=uuid.uuid4().hex[:22])
    self.guess(way, sent, message.code)
    self.client.message(self.origin(), uuid.uuid4().hex[:22], way=way)


def flood(self: Person, way: str) -> None:
    """Ask for codes for many numbers from one place."""
    origin = self.origin()
    for number in self.chance.sample(self.numbers, 6):
        self.send(way, origin, number, self.scene())


def captcha(self: Person, way: str) -> None:
    """Solve a captcha, use it twice at once, or leave it out."""
    origin, token = self.origin(), f"solved-{uuid.uuid4()}"
    self.send(way, origin, self.number(), CAPTCHA_SCENE)
    phones = self.chance.sample(self.numbers, 2)
    sent = at_once(
        [
            lambda phone=phone: self.client.send(  # type: ignore[misc]
                origin, phone, CAPTCHA_SCENE, way=way, captcha=token
            )
            for phone in phones
        ]
    )
    for one in sent:
        message = self.read(one)
        if message is not None:
            self.guess(way, one, message.code)


WAYS: dict[str, tuple[int, Callable[[Person, str], None]]] = {
    "sign_in": (8, sign_in),
    "send_again": (4, send_again),
    "double_click": (4, double_click),
    "retry": (3, retry),
    "two_devices": (3, two_devices),
    "twice_at_once": (3, twice_at_once),
    "attack": (2, attack),
    "use_up": (2, use_up),
    "too_late": (1, too_late),
    "elsewhere": (2, elsewhere),
    "flood": (2, flood),
    "captcha": (2, captcha),
}
"""Each way with its weight."""
