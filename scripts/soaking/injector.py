"""Make things go wrong, by a seed: errors, delays, lost answers, outages, ended keys, kills."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.error import HTTPError

from scripts.soaking.cloud import STAND_INS, Cloud
from scripts.soaking.instances import Fleet

ROUND_SECONDS, CALM_SHARE = 6.0, 0.3
"""Failures come in rounds; the rest of each is calm, so that there is something to lose."""

READS, WRITES = ("BatchGetRow", "GetRow"), ("BatchWriteRow", "UpdateRow")
STORE_BUSY = ("OTSServerBusy", "OTSRowOperationConflict", "OTSNotEnoughCapacityUnit")
STORE_ERRORS = (*STORE_BUSY, "OTSTimeout", "OTSInternalServerError", "OTSPartitionUnavailable")
SMS_ERRORS = (
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.OUT_OF_SERVICE",
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isp.SYSTEM_ERROR",
    "Throttling.User",
    "ServiceUnavailable",
    "InternalError",
)
PNVS_ERRORS = (
    "BUSINESS_LIMIT_CONTROL",
    "biz.FREQUENCY",
    "isv.SMS_SIGNATURE_ILLEGAL",
    "Throttling.User",
    "ServiceUnavailable",
    "InternalError",
)
OTHERS = (
    ("captcha", "VerifyIntelligentCaptcha", ("Throttling.User", "ServiceUnavailable")),
    ("dybase", "QueryTokenForMnsQueue", ("Throttling.User", "isp.SYSTEM_ERROR")),
    ("mns", "*", ("InternalError", "ServiceUnavailable", "AccessDenied")),
    ("sts", "AssumeRole", ("Throttling.User", "ServiceUnavailable", "InternalError")),
    ("dysms", "QuerySendDetails", ("isv.BUSINESS_LIMIT_CONTROL", "Throttling.User")),
    ("dypns", "CheckSmsVerifyCode", ("Throttling.User", "InternalError")),
)
Fault = tuple[str, str, str, int]


def faults(chance: random.Random) -> Iterator[Fault]:
    """Yield failures without end: service, operation, effect and count."""
    while True:
        kind = chance.random()
        if kind < 0.45:
            yield _of_the_store(chance)
        elif kind < 0.65:
            yield "dysms", "SendSms", _effect(chance, SMS_ERRORS, longest=6000), _few(chance)
        elif kind < 0.8:
            yield "dypns", "SendSmsVerifyCode", _effect(chance, PNVS_ERRORS, longest=6000), 1
        else:
            service, operation, errors = chance.choice(OTHERS)
            yield service, operation, _effect(chance, errors, longest=3000), _few(chance)


def _of_the_store(chance: random.Random) -> Fault:
    if chance.random() < 0.35:
        operation = chance.choice(("BatchWriteRow", "BatchWriteRow", "BatchGetRow"))
        effect = f"partial:{chance.randrange(6)}:{chance.choice(STORE_ERRORS)}"
        return "tablestore", operation, effect, _few(chance)
    operation = chance.choice((*READS, *WRITES, "BatchWriteRow", "BatchWriteRow"))
    return "tablestore", operation, _effect(chance, STORE_ERRORS, longest=2500), _few(chance)


def _effect(chance: random.Random, errors: tuple[str, ...], *, longest: int) -> str:
    kind = chance.choices(
        ("error", "delay", "delay_after", "drop", "drop_after"), weights=(5, 2, 3, 2, 3)
    )[0]
    if kind == "error":
        return f"error:{chance.choice(errors)}"
    return f"{kind}:{chance.randrange(50, longest)}" if kind.startswith("delay") else kind


def _few(chance: random.Random) -> int:
    return chance.choice((1, 1, 2, 4))


@dataclass
class Injector:
    """Makes things go wrong until it is stopped; `every` is the seconds between outages."""

    cloud: Cloud
    fleet: Fleet
    seed: int
    every: float
    stop: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    """Keys that ended, behaviours that changed."""
    trouble: list[BaseException] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin: failures, outages and kills each go on beside the others."""
        for work in (self._fail, self._go_away, self._kill, self._change):
            thread = threading.Thread(target=self._watched, args=(work,))
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        """Stop, with everything up and no failure in force."""
        self.stop.set()
        for thread in self._threads:
            thread.join()
        self.cloud.count()
        self.cloud.control("faults", {"clear": True})
        if self.trouble:
            raise self.trouble[0]

    def _watched(self, work: Callable[[random.Random], None]) -> None:
        try:
            work(random.Random(f"{self.seed} {work.__name__}"))  # noqa: S311 - no secret
        except BaseException as error:  # noqa: BLE001 - the run is told when it ends
            self.trouble.append(error)
            self.stop.set()

    def _fail(self, chance: random.Random) -> None:
        """Ask for failures in rounds, and end what is left of each."""
        coming = faults(chance)
        began = time.monotonic()
        while not self.stop.wait(0.05 + chance.random() * 0.3):
            try:
                if (time.monotonic() - began) % ROUND_SECONDS > ROUND_SECONDS * (1 - CALM_SHARE):
                    self.cloud.count()
                    self.cloud.control("faults", {"clear": True})
                    continue
                fault = next(coming)
                self.cloud.fault(*fault)
                self.asked[f"{fault[0]} {fault[2].partition(':')[0]}"] += fault[3]
            except OSError:
                continue  # it is away

    def _go_away(self, chance: random.Random) -> None:
        """Have each stand-in go away in turn, and all of them be killed."""
        for what in itertools.cycle((*STAND_INS, "all")):
            if self.stop.wait(self.every * (0.5 + chance.random())):
                break
            seconds = 0.2 + chance.random() * 1.3
            if what == "all":
                self.cloud.crash(seconds)
            else:
                self.cloud.restart(what, seconds)

    def _kill(self, chance: random.Random) -> None:
        """Kill the instances in turn, and start each again."""
        for instance in itertools.cycle(self.fleet.instances):
            if self.stop.wait(self.every * (0.5 + chance.random())):
                break
            instance.kill()
            instance.kills += 1
            instance.start()

    def _change(self, chance: random.Random) -> None:
        """End temporary keys early, and change how carriers behave."""
        while not self.stop.wait(1.5 + chance.random() * 2):
            try:
                if chance.random() < 0.5:
                    life = {"life": chance.choice((20, 45, 3600))}
                    self.cloud.control("keys", chance.choice(({"expire": True}, life)))
                    self.other["keys ended or shortened"] += 1
                    continue
                self.cloud.behave(
                    to=chance.choice(("push", "queue", "both")),
                    fail=chance.choice((0.0, 0.1, 0.3)),
                    repeat=chance.choice((0, 0, 1, 2)),
                    reorder=chance.random() < 0.5,
                    delay=chance.choice((0.2, 0.5, 1.5)),
                    batch=chance.choice((1, 10, 100)),
                )
                self.other["carriers behave differently"] += 1
            except (OSError, HTTPError):
                continue
