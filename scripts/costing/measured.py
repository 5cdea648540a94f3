"""Run each operation through the real functions, often, and say what it spends."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass

from scripts.costing.bench import Bench, Spent, WrongAnswer

BATCH = 100
ROUNDS = 10
"""How often an operation is run for its processor time; its units are those of the first."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What each operation spends, and the bytes that a verification leaves in Tablestore."""

    spent: Mapping[str, Spent]
    kept_bytes: float


def measure(at: Bench) -> Measured:
    """Run every operation, each often; return what it spends, and its median processor time."""
    with redirect_stdout(io.StringIO()):
        found = {name: _repeated(at, prepare) for name, prepare in _prepared(at).items()}
        sent = [at.send() for _ in range(BATCH)]
        found["report_batch"] = at.spent(lambda: at.report(sent))
    return Measured(found, at.kept_bytes())


def _repeated(at: Bench, prepare: Callable[[], Callable[[], object]]) -> Spent:
    prepare()()  # what a first call alone does (connections, imports) is no part of it
    first = at.spent(prepare())
    others = [at.spent(prepare()) for _ in range(ROUNDS)]
    if any((one.requests, one.units) != (first.requests, first.units) for one in others):
        raise WrongAnswer("an operation spends now this, now that")
    times = sorted(one.cpu_milliseconds for one in others)
    return Spent(
        first.requests,
        first.units,
        first.answered_bytes,
        first.logged_bytes,
        times[len(times) // 2],
    )


def _prepared(at: Bench) -> dict[str, Callable[[], Callable[[], object]]]:
    """Return each operation as what prepares it and returns what is measured."""

    def accepted() -> Callable[[], object]:
        phone = at.phone()
        return lambda: at.ask("/send-code", {"phone": phone, "scene": "sign_in"})

    def limited() -> Callable[[], object]:
        phone = at.send()["phone"]
        return lambda: at.send(phone, status=429)

    def rejected() -> Callable[[], object]:
        wish = {"service": "dysms", "operation": "SendSms", "count": 1}
        at.cloud.control("faults", {**wish, "effect": "error:isv.MOBILE_NUMBER_ILLEGAL"})
        return lambda: at.send(status=400)

    def verified() -> Callable[[], object]:
        sent = at.send()
        return lambda: at.ask("/verify-code", sent)

    def wrong() -> Callable[[], object]:
        sent = at.send()
        sent["code"] = f"{(int(sent['code']) + 1) % 1_000_000:06d}"
        return lambda: at.ask("/verify-code", sent, status=400)

    def spent_code() -> Callable[[], object]:
        sent = at.send()
        at.ask("/verify-code", sent)
        return lambda: at.ask("/verify-code", sent, status=400)

    def asked() -> Callable[[], object]:
        path = f"/messages/{at.send()['verification_id']}"
        return lambda: at.ask(path, None, method="GET")

    def reported() -> Callable[[], object]:
        sent = at.send()
        return lambda: at.report([sent])

    def idle() -> Callable[[], object]:
        return at.maintain

    return {
        "maintain_idle": idle,  # first: afterwards messages wait for their reports
        "send_accepted": accepted,
        "send_limited": limited,
        "send_rejected": rejected,
        "verify_accepted": verified,
        "verify_wrong": wrong,
        "verify_spent": spent_code,
        "message_state": asked,
        "report": reported,
    }
