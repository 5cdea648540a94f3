"""What a send would meet now: windows, lists; read as the door reads before it, by one request."""

from __future__ import annotations

import time
from dataclasses import dataclass

from scripts.ops_cli.complaints import usage
from scripts.ops_cli.desk import Deployed
from scripts.ops_cli.usage import Usage, of_counters, of_number
from shared.domain.codes import digest
from shared.domain.deadline import Deadline
from shared.domain.limits import (
    OF_EVERYBODY,
    Counter,
    caller_counters,
    counters,
    guess_counters,
)
from shared.domain.lists import ALLOW, DENY, Entry
from shared.domain.phone_number import PhoneNumber
from shared.ports import Inquiry, Snapshot

READ_SECONDS = 10.0
NOBODYS_NUMBER = "-"
"""What is looked up where no number is asked about: no keyed hash is written so."""

Asked = dict[str, list[Counter]]


@dataclass(frozen=True, slots=True)
class Question:
    """Whose limits are asked about; `address` is canonical, `total` the service as a whole."""

    number: PhoneNumber | None = None
    address: str | None = None
    device: str | None = None
    caller: str | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The windows, and the entries of the lists that decide; these without reason and author."""

    usages: list[Usage]
    entries: list[Entry]
    test_number: bool

    @property
    def denied(self) -> bool:
        """Say whether a send is refused whatever the limits are."""
        return any(entry.verdict == DENY for entry in self.entries)

    def allowed_at(self, *, now: float) -> float:
        """Return from when on every window takes one more send; guesses are another matter."""
        full = (one for one in self.usages if one.left == 0 and one.scope != "guess")
        return max((one.frees_at or now for one in full), default=now)


def standing(deployed: Deployed, question: Question) -> Standing:
    """Answer a question; raise Complaint for a caller that is none, StoreError."""
    policy, now, number = deployed.rules.policy, deployed.now, question.number
    asked = _asked(deployed, question)
    looked = _look(deployed, question, asked)
    entries = [looked.listed.on_address(question.address, now=now)]
    usages: list[Usage] = []
    trusted = False
    if number is not None:
        entry = looked.listed.on_number(number, now=now)
        entries.append(entry)
        allowed = entry is not None and entry.verdict == ALLOW
        trusted = allowed or policy.trusts(number, now=now)
        usages += of_number(looked.history, policy, number.masked, trusted=trusted, now=now)
    for who, listed in asked.items():
        counted = [c for c in listed if not trusted or c.scope in OF_EVERYBODY]
        usages += of_counters({c: looked.counts[c] for c in counted}, who)
    test_number = number is not None and policy.fixed_code(number, now=now) is not None
    return Standing(usages, [entry for entry in entries if entry is not None], test_number)


def _asked(deployed: Deployed, question: Question) -> Asked:
    """Return the counters that are asked about, by whom they are of."""
    policy, now = deployed.rules.policy, deployed.now
    found: Asked = {}
    regions = [question.number.region] if question.number is not None else []
    if question.total:
        found["-"] = counters("total", "", policy.total_rates, now=now)
        regions += deployed.rules.settings.regions
    for region in regions:
        found[region] = counters("region", region, policy.rates_of_region(region), now=now)
    if question.caller is not None:
        found[question.caller] = _of_caller(deployed, question.caller)
    if question.address is not None:
        found[question.address] = [
            *counters("ip", question.address, policy.ip_rates, now=now),
            *guess_counters(policy, question.address, now=now),
        ]
    if question.device is not None:
        hashed = digest(policy.number_secret, "device", question.device)
        found["(device)"] = counters("device", hashed, policy.device_rates, now=now)
    return found


def _of_caller(deployed: Deployed, name: str) -> list[Counter]:
    policy = deployed.rules.policy
    known = {key.name: key for key in policy.api_keys}
    if name not in known:
        names = ", ".join(sorted(known)) or "-"
        raise usage(
            f"API_KEYS 中没有此调用方。现有：{names}",
            f"API_KEYS has no such caller. There are: {names}",
        )
    return caller_counters(policy, name, known[name].rates, now=deployed.now)


def _look(deployed: Deployed, question: Question, asked: Asked) -> Snapshot:
    from shared.storage.sends import TablestoreSends

    number, secret = question.number, deployed.rules.policy.number_secret
    phone = number.key(secret) if number is not None else NOBODYS_NUMBER
    every = [counter for listed in asked.values() for counter in listed]
    deadline = Deadline.after(READ_SECONDS, clock=time.monotonic)
    store = TablestoreSends(*deployed.store())
    return store.look(Inquiry(phone, every, question.address), deadline=deadline)
