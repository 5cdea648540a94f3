"""Who asks for a code in the sample week, and what the carriers make of it; the same by seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from shared.domain.carriers import MOBILE, TELECOM, UNICOM

HOUR = 3600
SCENES = ("sign_in", "sign_up", "reset_password")
SPIKE_DAY, OUTAGE_DAY, ATTACK_DAY = 2, 4, 6
"""Of the week, from 0."""

SPIKE = (20 * HOUR, 20 * HOUR + 40 * 60)
OUTAGE = (10 * HOUR, 15 * HOUR)
ATTACK = (2 * HOUR, 5 * HOUR)

PEOPLE, CROWD, ATTACKERS = 330, 460, 1700
"""How many on a day, in the spike, in the attack."""

SOLVED = 0.06
"""Which part of the attackers' requests carries a captcha that somebody was paid to solve."""

LAZY, HASTY = 0.02, 0.04
"""Which part of the people asks without a captcha, and which part again too soon."""

_PREFIXES = {
    MOBILE: ("136", "138", "150", "187"),
    UNICOM: ("131", "156", "186"),
    TELECOM: ("133", "189", "199"),
}
_BY_HOUR = (2, 1, 1, 1, 1, 2, 5, 12, 22, 28, 26, 24, 27, 22, 20, 20, 22, 25, 30, 36, 38, 30, 16, 6)
_OF_NUMBERS = (
    "MOBILE_NOT_ON_SERVICE",
    "MOBILE_NOT_ON_SERVICE",
    "INVALID_NUMBER",
    "USER_REJECT",
    "MOBILE_IN_BLACK",
    "MOBILE_TERMINAL_ERROR",
)
_OF_CARRIERS = ("MK:0013", "SP_UNKNOWN_ERROR", "NO_ROUTE", "EXPIRED")


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks for a code. `at` is in seconds since the day's midnight."""

    at: float
    phone: str
    carrier: str
    address: str
    scene: str
    honest: bool = True
    captcha: bool = True


@dataclass(frozen=True, slots=True)
class Fate:
    """What the carrier reports of a message, after how many seconds."""

    code: str
    seconds: int

    @property
    def arrived(self) -> bool:
        """Say whether the phone got it."""
        return self.code == "DELIVERED"


def wishes(day: int, scale: float, chance: Random) -> Iterator[Wish]:
    """Yield everybody of a day, in any order."""
    for _ in range(round(PEOPLE * scale)):
        hour = chance.choices(range(24), _BY_HOUR)[0]
        yield _person(
            (hour + chance.random()) * HOUR, chance.choices(SCENES, (70, 20, 10))[0], chance
        )
    if day == SPIKE_DAY:
        for _ in range(round(CROWD * scale)):
            yield _person(chance.triangular(SPIKE[0], SPIKE[1], SPIKE[0] + 600), "sign_up", chance)
    if day == ATTACK_DAY:
        yield from _attack(round(ATTACKERS * scale), chance)


def _person(at: float, scene: str, chance: Random) -> Wish:
    carrier = chance.choices((MOBILE, UNICOM, TELECOM), (55, 23, 22))[0]
    phone = f"{chance.choice(_PREFIXES[carrier])}{chance.randrange(10**8):08d}"
    address = f"101.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
    return Wish(at, phone, carrier, address, scene, captcha=chance.random() > LAZY)


def _attack(count: int, chance: Random) -> Iterator[Wish]:
    """Walk through numbers in a row from some hundred addresses."""
    start = chance.randrange(5000)
    for index in range(count):
        at = ATTACK[0] + (ATTACK[1] - ATTACK[0]) * (index + chance.random()) / count
        phone = f"139{1234:04d}{(start + index) % 10_000:04d}"
        address = f"198.18.{index % 3}.{index % 240 + 1}"
        solved = chance.random() < SOLVED
        yield Wish(at, phone, MOBILE, address, "sign_in", honest=False, captcha=solved)


def fate(wish: Wish, day: int, chance: Random) -> Fate | None:
    """Return what becomes of a message; None where no report ever comes."""
    out = day == OUTAGE_DAY and wish.carrier == TELECOM and OUTAGE[0] <= wish.at < OUTAGE[1]
    draw = chance.random()
    if out and draw < 0.8:
        return Fate("MK:0013" if draw < 0.6 else "NO_ROUTE", chance.randrange(20, 400))
    if draw < 0.01:
        return None
    if draw < 0.025:
        return Fate(chance.choice(_OF_NUMBERS), chance.randrange(2, 60))
    if draw < 0.035:
        return Fate(chance.choice(_OF_CARRIERS), chance.randrange(5, 300))
    slow = 3.2 if out else 1.2
    return Fate("DELIVERED", max(1, min(1800, round(chance.lognormvariate(slow, 0.7)))))
