"""Hand-written fakes for the ports."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shared.domain.claim import Claim, IssuedCode
from shared.domain.deadline import Deadline
from shared.domain.history import History
from shared.domain.limits import Counter
from shared.domain.managed import MANAGED
from shared.domain.standing import SOUND, Standing
from shared.guess_ports import Counted, Guess
from shared.ports import (
    CodeMessage,
    Grant,
    Inquiry,
    Outcome,
    Snapshot,
    Taken,
    Verdict,
)

PASSES = Deadline(float("inf"), clock=lambda: 0.0)
"""A deadline that never comes."""


@dataclass
class MemoryStore:
    """Both stores in memory; one lock stands for the atomic rows of the real one."""

    histories: dict[str, History] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    tokens: dict[str, str] = field(default_factory=dict)
    segments: dict[str, dict[int, str]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)

    def look(self, inquiry: Inquiry, *, deadline: Deadline) -> Snapshot:
        counts = {counter: self.counts.get(counter.key, 0) for counter in inquiry.counters}
        windows = inquiry.step.windows if inquiry.step else ()
        seen = {s: at for key in windows for s, at in self.segments.get(key, {}).items()}
        return Snapshot(
            self.histories.get(inquiry.phone, History()),
            counts,
            token_used=inquiry.token in self.tokens,
            seen=seen,
            standings={name: self.standings.get(name, SOUND) for name in inquiry.providers},
        )

    def take(self, claim: Claim, *, deadline: Deadline) -> Grant:
        with self.lock:
            code = claim.code
            free = self.histories.get(code.phone, History()).version == claim.before.version
            if free:
                self.histories[code.phone] = claim.after
            self.codes[code.verification_id] = _row(code) | (
                {"digest": MANAGED} if claim.managed else {}
            )
            counters = {counter: self._count(counter) for counter in claim.counters}
            new = claim.token is None or claim.token not in self.tokens
            if claim.token is not None:
                self.tokens.setdefault(claim.token, code.verification_id)
            if claim.step is not None:
                window = self.segments.setdefault(claim.step.windows[0], {})
                window[claim.step.suffix] = claim.step.source
            slot, token = (Taken.YES if fits else Taken.NO for fits in (free, new))
            return Grant(slot, Taken.YES, counters, token)

    def _count(self, counter: Counter) -> Taken:
        count = self.counts.get(counter.key, 0)
        if count >= counter.limit:
            return Taken.NO
        self.counts[counter.key] = count + 1
        return Taken.YES

    def _release(self, counter: Counter) -> None:
        self.counts[counter.key] = max(0, self.counts[counter.key] - 1)

    def give_back(self, claim: Claim, grant: Grant, *, deadline: Deadline) -> None:
        with self.lock:
            self.codes.pop(claim.code.verification_id, None)
            if grant.slot is Taken.YES:
                self._free_slot(claim)
            for counter, taken in grant.counters.items():
                if taken is Taken.YES:
                    self._release(counter)

    def _free_slot(self, claim: Claim) -> None:
        if self.histories[claim.code.phone].version == claim.after.version:
            freed = replace(claim.before, version=f"{claim.after.version}~")
            self.histories[claim.code.phone] = freed

    def settle(
        self,
        claim: Claim,
        outcome: Outcome,
        *,
        replaces: str | None,
        handed_over_at: float,
        standings: Mapping[str, Standing],
        deadline: Deadline,
    ) -> None:
        with self.lock:
            self.standings |= standings
            if not outcome.refused:
                digest = MANAGED if outcome.managed else claim.code.digest
                self.codes[claim.code.verification_id]["digest"] = digest
            if outcome.refused:
                self.codes[claim.code.verification_id]["state"] = "failed"
                for counter in claim.counters:
                    self._release(counter)
            if outcome.refused and not outcome.reached:
                self._free_slot(claim)
            elif self.histories[claim.code.phone].version == claim.after.version:
                delivery = "failed" if outcome.refused else outcome.verdict.value
                mine = claim.after.version or ""
                stamped = claim.after.with_outcome(mine, delivery=delivery, at=handed_over_at)
                self.histories[claim.code.phone] = stamped
            old = self.codes.get(replaces or "")
            same = old and all(old[n] == getattr(claim.code, n) for n in ("phone", "scene"))
            if outcome.accepted and old and same and old["state"] == "live":
                old["state"] = "replaced"

    def count_if_wrong(
        self, guess: Guess, counters: Sequence[Counter], *, now: float, deadline: Deadline
    ) -> Counted:
        with self.lock:
            beyond = [c for c in counters if self._count(c) is Taken.NO]
            code = self._living(guess, now)
            wrong = code is not None and code["digest"] not in guess.digests
            if code is not None and wrong:
                code["left"] -= 1
            return Counted(wrong, beyond[0] if beyond else None)

    def count_managed(
        self, guess: Guess, counters: Sequence[Counter], *, now: float, deadline: Deadline
    ) -> Counted:
        with self.lock:
            beyond = [c for c in counters if self._count(c) is Taken.NO]
            code = self._living(guess, now)
            managed = code is not None and code["digest"] == MANAGED
            if code is not None and managed:
                code["left"] -= 1
            return Counted(managed, beyond[0] if beyond else None)

    def recount_managed(self, guess: Guess, *, deadline: Deadline) -> None:
        with self.lock:
            code = self.codes[guess.verification_id]
            if code["state"] == "live" and code["digest"] == MANAGED:
                code["left"] += 1

    def is_ours(self, guess: Guess, *, deadline: Deadline) -> bool:
        code = self.codes.get(guess.verification_id)
        return code is not None and code["digest"] != MANAGED

    def redeem_managed(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        with self.lock:
            code = self._living(guess, now, left=-1)
            if code is None or code["digest"] != MANAGED:
                return False
            code["state"] = "spent"
            return True

    def forgive(self, counters: Sequence[Counter], *, deadline: Deadline) -> None:
        with self.lock:
            for counter in counters:
                self._release(counter)

    def redeem(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        with self.lock:
            code = self._living(guess, now)
            if code is None or code["digest"] not in guess.digests:
                return False
            code["state"] = "spent"
            return True

    def why_dead(self, guess: Guess, *, now: float, deadline: Deadline) -> str:
        code = self.codes.get(guess.verification_id)
        if code is None:
            return "never_sent"
        if (code["phone"], code["scene"]) != (guess.phone, guess.scene):
            return "other_phone_or_scene"
        if code["state"] != "live":
            return str(code["state"])
        return "expired" if code["expires_at"] <= int(now) else "out_of_attempts"

    def _living(self, guess: Guess, now: float, *, left: int = 0) -> dict[str, Any] | None:
        code = self.codes.get(guess.verification_id)
        if code is None or (code["phone"], code["scene"]) != (guess.phone, guess.scene):
            return None
        alive = code["state"] == "live" and code["expires_at"] > int(now) and code["left"] > left
        return code if alive else None


def _row(code: IssuedCode) -> dict[str, Any]:
    kept = {name: getattr(code, name) for name in ("phone", "scene", "digest", "expires_at")}
    return {**kept, "state": "live", "left": code.policy.attempts}


@dataclass
class Carrier:
    """A provider that keeps what it was handed."""

    outcome: Outcome = field(default_factory=lambda: Outcome(Verdict.ACCEPTED, "fake"))
    messages: list[CodeMessage] = field(default_factory=list)

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        self.messages.append(message)
        return self.outcome


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: float = 1_795_250_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
