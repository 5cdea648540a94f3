"""What is true of many messages: a ledger that knows their fates before anything is told of them.

Nothing here asks the code under test what a report means. Each fate says itself which reports
come when, and which state the message has to be in when all is over.
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from shared.domain.phone_number import PhoneNumber

BEIJING = timezone(timedelta(hours=8))
EARLY, FLOOD, DELAYED, AFTER_ALL = "early", "flood", "delayed", "after_all"
"""When reports come: before their message's row is there, in the flood, after reconciliation has
asked Aliyun, and after the last day, when nobody expects them any more."""

GOOD, BAD, LATE, NONE = "DELIVERED", "MOBILE_NOT_ON_SERVICE", "EXPIRED", "REQUEST_SUCCESS"
_TEXTS = {GOOD: "用户接收成功", BAD: "停机、空号", LATE: "超时", NONE: "请求成功"}


@dataclass(frozen=True)
class Fate:
    """What is told of a message, and what it has to come to: state and carrier's code.

    `carrier` is the code that Aliyun itself knows, for who asks; "" if it never hears of an end.
    """

    end: str
    code: str = ""
    told: tuple[tuple[str, str], ...] = ()
    outcome: str = "accepted"
    carrier: str = ""


FATES: Mapping[str, Fate] = {
    "delivered": Fate("delivered", GOOD, ((FLOOD, GOOD),)),
    "failed": Fate("failed", BAD, ((FLOOD, BAD),)),
    "expired": Fate("expired", LATE, ((FLOOD, LATE),)),
    "delivered_at_last": Fate("delivered", GOOD, ((FLOOD, BAD), (FLOOD, GOOD))),
    "refused_at_last": Fate("failed", BAD, ((FLOOD, LATE), (FLOOD, BAD))),
    "backwards_at_once": Fate("delivered", GOOD, ((FLOOD, GOOD), (FLOOD, LATE), (FLOOD, NONE))),
    "backwards_later": Fate("delivered", GOOD, ((FLOOD, GOOD), (DELAYED, BAD), (AFTER_ALL, LATE))),
    "failed_then_nothing": Fate("failed", BAD, ((FLOOD, BAD), (DELAYED, NONE))),
    "told_no_end": Fate("unknown", "", ((FLOOD, NONE),)),
    "no_end_then_one": Fate("failed", BAD, ((FLOOD, NONE), (DELAYED, BAD))),
    "lost": Fate("unknown"),
    "unconfirmed_lost": Fate("unknown", outcome="unconfirmed"),
    "unconfirmed_delivered": Fate("delivered", GOOD, ((FLOOD, GOOD),), outcome="unconfirmed"),
    "unconfirmed_failed": Fate("failed", BAD, ((DELAYED, BAD),), outcome="unconfirmed"),
    "refused": Fate("failed", "isv.OUT_OF_SERVICE", outcome="capped"),
    "delayed": Fate("delivered", GOOD, ((DELAYED, GOOD),)),
    "after_all": Fate("expired", LATE, ((AFTER_ALL, LATE),)),
    "early": Fate("delivered", GOOD, ((EARLY, GOOD),)),
    "early_then_backwards": Fate("delivered", GOOD, ((EARLY, GOOD), (FLOOD, LATE))),
    "early_then_forwards": Fate("delivered", GOOD, ((EARLY, BAD), (DELAYED, GOOD))),
}
"""Fates of messages that Aliyun is not asked about with success."""

ASKED: Mapping[str, Fate] = {
    "settled_delivered": Fate("delivered", GOOD, carrier=GOOD),
    "settled_failed": Fate("failed", BAD, carrier=BAD),
    "settled_expired": Fate("expired", LATE, carrier=LATE),
    "settled_then_told": Fate("delivered", GOOD, ((DELAYED, GOOD),), carrier=GOOD),
    "settled_then_backwards": Fate("delivered", GOOD, ((DELAYED, LATE),), carrier=GOOD),
    "settled_then_forwards": Fate("delivered", GOOD, ((DELAYED, GOOD),), carrier=BAD),
}
"""Fates of messages whose report was lost, and whose end Aliyun knows when it is asked."""

COMMON = ("delivered", "failed", "expired", "delivered_at_last", "backwards_at_once")
"""What happens to most; each of the others happens to some."""


@dataclass
class Entry:
    """A message in the ledger. `number` is as a user types it, and personal data."""

    verification_id: str
    number: str
    fate: Fate
    segments: int
    sent_at: int
    seconds: int
    """From sending to the report."""

    @property
    def phone(self) -> PhoneNumber:
        return PhoneNumber(f"+86{self.number}", "CN", 86)

    @property
    def early(self) -> bool:
        return any(phase == EARLY for phase, _ in self.fate.told)

    @property
    def reports(self) -> int:
        """Return how many different reports there are on it in the end."""
        return len(self.fate.told) + bool(self.fate.carrier)

    def told(self, phase: str) -> Iterator[dict[str, Any]]:
        """Yield what Aliyun tells of it then."""
        for when, code in self.fate.told:
            if when == phase:
                yield self.report(code)

    def report(self, code: str, *, number: str | None = None) -> dict[str, Any]:
        """Return a report as Aliyun writes it; with another number it is a forged one."""
        return {
            "phone_number": number or self.number,
            "send_time": beijing(self.sent_at),
            "report_time": beijing(self.sent_at + self.seconds),
            "success": code == GOOD,
            "err_code": code,
            "err_msg": _TEXTS[code],
            "sms_size": str(self.segments),
            "biz_id": f"{int(self.number) * 7919:018d}^0",
            "out_id": self.verification_id,
        }

    @property
    def contrary(self) -> str:
        """Return the code that says the opposite of the truth."""
        return BAD if self.fate.end == "delivered" else GOOD


@dataclass
class Forged:
    """Entries that say what is not so, and under how many keys they have to rest."""

    entries: list[Any] = field(default_factory=list)
    strays: set[tuple[str, str]] = field(default_factory=set)
    poison: int = 0

    def stray(self, report: dict[str, Any], count: int = 1) -> None:
        """Note a report that may end no message of ours."""
        self.entries += [report] * count
        self.strays.add((report["out_id"] or report["biz_id"], report["phone_number"]))


def beijing(moment: float) -> str:
    """Return a moment as Aliyun writes it."""
    return datetime.fromtimestamp(moment, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def lately(*, ago: int = 1, took: int = 4) -> dict[str, str]:
    """Return the times of a report that came so many seconds ago, so long after the sending."""
    now = int(time.time())
    return {"send_time": beijing(now - ago - took), "report_time": beijing(now - ago)}


def numbers(chance: random.Random, count: int) -> list[str]:
    """Return different mobile numbers, far apart."""
    found: set[str] = set()
    while len(found) < count:
        found.add(f"13{chance.choice('5678')}{chance.randrange(10**8):08d}")
    return sorted(found, key=lambda _: chance.random())


def fates(chance: random.Random, count: int) -> list[Fate]:
    """Deal fates: a fifth of the messages meets all sorts, the others what is common."""
    rare = [name for name in FATES if name not in COMMON]
    return [
        FATES[chance.choice(rare) if chance.random() < 0.2 else chance.choice(COMMON)]
        for _ in range(count)
    ]


def forged(chance: random.Random, entries: list[Entry], strangers: list[str]) -> Forged:
    """Return what somebody sends who knows the secret: other accounts' messages, lies, rubbish."""
    found = Forged()
    for number in strangers:
        entry = chance.choice(entries)
        lie = entry.report(entry.contrary, number=number)
        kind = chance.randrange(6)
        if kind == 0:  # our message, somebody else's number
            found.stray(lie, chance.choice([1, 1, 2]))
        elif kind == 1:  # an id that looks like ours, and a number that is ours
            unknown = f"{chance.getrandbits(128):032x}"[:22]
            found.stray({**lie, "out_id": unknown, "phone_number": entry.number})
        elif kind == 2:  # another system that puts numbers into its ids
            found.stray({**lie, "out_id": number, "biz_id": f"{number}^0"})
        elif kind == 3:  # no id at all
            found.stray({**lie, "out_id": "", "biz_id": f"{int(number) * 31:018d}^0"})
        elif kind == 4:  # an id that is nearly ours, and a number with dashes and full-width digits
            wide = chr(0xFF10 + int(number[0])) + f"{number[1:3]}-{number[3:7]} {number[7:]}"
            found.stray({**lie, "out_id": entry.verification_id[:-1], "phone_number": wide})
        else:
            rubbish = {"success": "perhaps", "phone_number": number, "note": f"+86 {number}"}
            found.entries.append(chance.choice([rubbish, number, [number], f"86{number}"]))
            found.poison += 1
    return found


def with_number(cell: object, wanted: set[str]) -> str | None:
    """Return a number of these that stands in a cell, however it is spelt."""
    text = unicodedata.normalize("NFKC", cell if isinstance(cell, str) else repr(cell))
    for spelt in (text, re.sub(r"[\s().·/‐‑‒–—―−-]+", "", text)):
        for run in re.findall("[0-9]{11,}", spelt):
            for start in range(len(run) - 10):
                if run[start : start + 11] in wanted:
                    return str(run[start : start + 11])
    return None


def in_batches(entries: Iterable[Any], size: int) -> list[list[Any]]:
    """Return them in batches."""
    every = list(entries)
    return [every[start : start + size] for start in range(0, len(every), size)]
