"""A history in which all is well, and ways to make it a bad one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from scripts.soaking.account import MESSAGE, SEND, VERIFY, Account, Asked, Handed, Outage, Pushed
from scripts.soaking.rules.limits import window
from scripts.soaking.terms import Terms

PHONE, OTHER = "+8613500000007", "+8613500000008"
CODE, WRONG = "246810", "135791"
AT = 1_800_000_000.0
"""The beginning of a minute."""

ADDRESS, DEVICE, CALLER = "127.0.1.7", "device-1", "desk"


def sent(identity: str = "first", *, at: float = AT, **changes: Any) -> Asked:
    """Return a send that was accepted."""
    answer = {
        "verification_id": identity,
        "expires_in": 30,
        "resend_after": 4,
        "code_length": 6,
        "delivery": "accepted",
    }
    one = Asked(
        SEND,
        at,
        at + 0.4,
        200,
        answer,
        phone=PHONE,
        scene="sign_in",
        address=ADDRESS,
        device=DEVICE,
        caller=CALLER,
    )
    return replace(one, **changes)


def refused(code: str, status: int, *, at: float = AT, **changes: Any) -> Asked:
    """Return a send that was refused."""
    return sent(at=at, status=status, answer=problem(code, status), **changes)


def problem(code: str, status: int) -> dict[str, Any]:
    found = {"status": status, "title": "t", "detail": "d", "code": code, "request_id": "r"}
    return {**found, "retry_after": 3} if status == 429 else found


def guessed(
    code: str = CODE, *, status: int = 200, at: float = AT + 2, identity: str = "first", **rest: Any
) -> Asked:
    """Return a guess; refused as every wrong one is unless another answer is given."""
    told = {"verified": True, "verification_id": identity, "phone": PHONE}
    answer = told if status == 200 else problem("code_rejected", status)
    one = Asked(VERIFY, at, at + 0.1, status, answer, phone=PHONE, scene="sign_in")
    return replace(one, verification_id=identity, code=code, **rest)


def told(state: str, *, identity: str = "first") -> Asked:
    """Return what /messages told."""
    answer = {"verification_id": identity, "state": state, "reason": "r", "advice": "a"}
    return Asked(MESSAGE, AT + 3, AT + 3.1, 200, answer, verification_id=identity)


def handed(identity: str = "first", *, at: float = AT + 0.2, **changes: Any) -> Handed:
    """Return a message that was delivered."""
    one = Handed(PHONE, identity, CODE, f"biz-{identity}", "dysms", at, "delivered", "DELIVERED")
    return replace(one, **changes)


def row(identity: str = "first", **changes: Any) -> dict[str, Any]:
    """Return the row of a message whose code is spent, and whose end was reported."""
    report = json.dumps({"success": True, "code": "DELIVERED"})
    found = {
        "verification_id": identity,
        "phone": "a-keyed-hash",
        "state": "spent",
        "left": 3,
        "outcome": "accepted",
        "report_1": report,
        **changes,
    }
    return {name: cell for name, cell in found.items() if cell is not None}


def log_line(**facts: Any) -> str:
    return json.dumps({"event": "send_code", "outcome": "ok", "milliseconds": 400, **facts})


@dataclass
class History:
    """What an account is made of; each part may be changed before it is."""

    asked: list[Asked] = field(default_factory=lambda: [sent(), guessed(), told("delivered")])
    handed: list[Handed] = field(default_factory=lambda: [handed()])
    rows: list[dict[str, Any]] = field(default_factory=lambda: [row()])
    before: list[dict[str, Any]] | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)
    pushed: list[Pushed] = field(default_factory=lambda: [Pushed("first", "DELIVERED", lost=False)])
    outages: list[Outage] = field(default_factory=list)
    log: list[str] = field(default_factory=lambda: [log_line()])
    complaints: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=lambda: {"first": "delivered"})
    counters: dict[str, int] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    calm: bool = False

    def also(self, identity: str, **changes: Any) -> None:
        """Have another message, all well with it unless something is changed."""
        at = changes.pop("at", AT)
        changes = {"phone": PHONE, **changes}
        self.asked.append(sent(identity, at=at, **changes))
        self.handed.append(handed(identity, at=at + 0.2, phone=changes["phone"]))
        self.rows.append(row(identity, state="live"))

    def account(self) -> Account:
        counters = {**self._counted(), **self.counters}
        messages = {"messages": self.rows, "pending": self.pending}
        return Account(
            self.terms,
            self.asked,
            self.handed,
            self.pushed,
            self.outages,
            {"messages": self.rows if self.before is None else self.before},
            {**messages, "counters": [{"counter": name, "n": n} for name, n in counters.items()]},
            self.log,
            self.complaints,
            self.told,
            self.calm,
        )

    def _counted(self) -> dict[str, int]:
        """Return counters that count every message where its accepted send counts."""
        found: dict[str, int] = {}
        sends = [one for one in self.asked if one.door == SEND]
        by_id = {str(one.answer.get("verification_id")): one for one in sends}
        for message in self.handed:
            send = by_id.get(message.out_id)
            subjects = {"total": self.terms.total}
            if send is not None:
                subjects[f"ip/{send.address}"] = self.terms.address
                subjects[f"caller/{send.caller}"] = self.terms.caller[send.caller]
            for who, rate in subjects.items():
                name = f"{who}/{rate[1]}/{window(message.at, rate)}"
                found[name] = found.get(name, 0) + 1
        return found
