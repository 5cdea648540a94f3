"""What a soak came to: figures for people, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from scripts.soaking.account import MESSAGE, SEND, VERIFY, Account, Asked
from scripts.soaking.rules import RULES, broken
from scripts.soaking.rules.answers import own_times
from scripts.soaking.rules.counters import above_messages
from scripts.soaking.run import Soak

SHOWN = 8
DOORS = {SEND: "send-code", VERIFY: "verify-code", MESSAGE: "messages"}


@dataclass(frozen=True)
class Figures:
    """All of them; `broken` has the lines of each rule that does not hold."""

    seed: int
    users: int
    seconds: float
    requests: dict[str, int]
    answers: dict[str, dict[str, int]]
    messages: int
    reports: int
    faults: dict[str, int]
    outages: dict[str, int]
    others: dict[str, int]
    slowest: dict[str, float]
    above: int
    rest: float
    rules: int
    broken: dict[str, list[str]]


def figures(soak: Soak, account: Account) -> Figures:
    """Count, and hold the account against every rule."""
    answers: dict[str, Counter[str]] = {name: Counter() for name in DOORS.values()}
    slowest = dict.fromkeys(DOORS.values(), 0.0)
    for one in account.asked:
        answers[DOORS[one.door]][_outcome(one)] += 1
        slowest[DOORS[one.door]] = max(slowest[DOORS[one.door]], one.ended - one.began)
    for door, milliseconds in own_times(account):
        name = f"{DOORS[door]} by its own clock"
        slowest[name] = max(slowest.get(name, 0.0), milliseconds / 1000)
    return Figures(
        soak.seed,
        soak.users,
        soak.seconds,
        {name: counts.total() for name, counts in answers.items()},
        {name: dict(counts.most_common()) for name, counts in answers.items()},
        len(account.handed),
        sum(not one.lost for one in account.pushed),
        dict(sorted(soak.cloud.struck.items())),
        dict(sorted(soak.restarts.items())),
        dict(soak.injector.other),
        {name: round(seconds, 2) for name, seconds in slowest.items()},
        above_messages(account),
        round(soak.rest, 1),
        len(RULES),
        broken(account),
    )


def _outcome(one: Asked) -> str:
    if one.died:
        return "died with its function"
    if one.status == 200:
        return str(one.answer.get("delivery") or one.answer.get("state") or "verified")
    return str(one.answer.get("code"))


def told(found: Figures) -> str:
    """Return the figures as text."""
    lines = [
        f"{sum(found.requests.values()):,} requests of {found.users} users in "
        f"{found.seconds:.0f} s, seed {found.seed}; {found.messages:,} messages handed over",
    ]
    for door, counts in found.answers.items():
        lines.append(f"  {door:12} {_listed(counts)}")
    lines += [
        f"{sum(found.faults.values()):,} failures struck: {_listed(found.faults)}",
        f"{sum(found.outages.values())} restarts: {_listed(found.outages)}",
        f"also: {_listed(found.others)}",
        f"slowest, s: {_listed(found.slowest)}",
        f"every report had arrived after {found.rest} s",
        f"the total's counters stand {found.above} above the messages (fewer could be sent)",
    ]
    for rule, problems in found.broken.items():
        lines += [f"BROKEN {rule}: {len(problems)}", *(f"    {line}" for line in problems[:SHOWN])]
    lines.append(f"{found.rules - len(found.broken)} of {found.rules} rules hold")
    return "\n".join(lines)


def _listed(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
