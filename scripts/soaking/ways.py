"""What people do, one after the other: sign in, mistype, lose patience, and some attack."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from scripts.soaking.people import Person
from scripts.soaking.terms import BOTH_SCENE, CAPTCHA_SCENE, SCENES

Result = TypeVar("Result")
GUESSES_AT_ONCE = 20


def live(person: Person) -> None:
    """Do one thing after the other until it is over."""
    while not person.stop.is_set():
        way = person.chance.choices(list(WAYS), weights=[w for w, _ in WAYS.values()])[0]
        WAYS[way][1](person, way)
        person.pause()


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
