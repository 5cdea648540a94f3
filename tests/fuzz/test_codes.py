"""A code's life against a plain model: guessed at, replaced, expired, spent (I1, I2, I3)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scripts.interleaving.callers import Send
from scripts.interleaving.requests import ACCEPTED, ELSEWHERE, REFUSED, TIMED_OUT
from scripts.interleaving.setting import code_of, wrong_code
from tests.fuzz.effort import effort
from tests.fuzz.one_by_one import Service

pytestmark = pytest.mark.once


PHONES, SCENES = ("13800138000", "13900139000"), ("sign_in", "sign_up")
TTL, ATTEMPTS = 120, 3
ENVIRONMENT = {
    "LIMIT_PHONE": "100000/60s",
    "LIMIT_TOTAL": "100000/1d",
    "SEQUENCE_GUARD": "off",
    "CODE_TTL": str(TTL),
    "MAX_ATTEMPTS": str(ATTEMPTS),
}
LIVE, SPENT, REPLACED, FAILED = "live", "spent", "replaced", "failed"


@dataclass
class Code:
    """A code as its holder may think of it."""

    name: str
    phone: str
    scene: str
    expires_at: int
    state: str = LIVE
    left: int = ATTEMPTS

    def usable(self, phone: str, scene: str, *, now: float) -> bool:
        """Say whether a guess with this phone and scene is compared with it at all."""
        alive = self.state == LIVE and self.left > 0 and int(now) < self.expires_at
        return alive and (phone, scene) == (self.phone, self.scene)


class Codes(RuleBasedStateMachine):
    """Knows of each code what becomes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.service = Service(ENVIRONMENT, ACCEPTED)
        self.codes: list[Code] = []

    @rule(seconds=st.sampled_from([0.4, 1, 5, 59, 61, TTL - 1, TTL]))
    def wait(self, seconds: float) -> None:
        self.service.now += seconds

    @rule(back=st.integers(1, 4), late=st.sampled_from([-1, -0.5, 0, 0.5, 1]))
    def wait_for_an_end(self, back: int, late: float) -> None:
        if back <= len(self.codes):
            self.service.now = max(self.service.now, self.codes[-back].expires_at + late)

    @rule(
        phone=st.sampled_from(PHONES),
        scene=st.sampled_from(SCENES),
        outcome=st.sampled_from([ACCEPTED, ACCEPTED, ACCEPTED, REFUSED, ELSEWHERE, TIMED_OUT]),
        replaces=st.none() | st.integers(1, 4),
    )
    def send(self, phone: str, scene: str, outcome: str, replaces: int | None) -> None:
        """Ask for a code; some name one of the last few in `replaces`, whoever's it is."""
        named = self.codes[-replaces] if replaces and replaces <= len(self.codes) else None
        name, issued_at = f"{len(self.codes):04}-", self.service.now
        self.service.outcome = outcome
        ask = Send(name, phone, scene, replaces=named.name if named else None)
        told = self.service.ask(ask)
        code = Code(name, phone, scene, int(issued_at) + TTL)
        assert told.ok == (outcome in (ACCEPTED, TIMED_OUT))
        if not told.ok:
            code.state = FAILED
        own = named is not None and (named.phone, named.scene) == (phone, scene)
        if named is not None and own and outcome == ACCEPTED and named.state == LIVE:
            named.state = REPLACED
        self.codes.append(code)

    @rule(
        back=st.integers(1, 4),
        what=st.sampled_from(["right", "right", "wrong", "wrong", "another's"]),
        phone=st.sampled_from(["", "", "", *PHONES]),
        scene=st.sampled_from(["", "", "", *SCENES]),
    )
    def guess(self, back: int, what: str, phone: str, scene: str) -> None:
        """Guess at one of the last few codes; some with another phone, scene or code."""
        if back > len(self.codes):
            return
        code = self.codes[-back]
        phone, scene = phone or code.phone, scene or code.scene
        texts = {"right": code_of(code.name), "wrong": wrong_code(code.name)}
        text = texts.get(what, code_of(self.codes[0].name))
        told = self.service.guess(code.name, phone, scene, text)
        usable = code.usable(phone, scene, now=self.service.now)
        right = text == code_of(code.name)
        assert told.ok == (usable and right)
        if told.ok:
            code.state = SPENT
            return
        assert (told.how, told.code) == ("refused", "code_rejected")
        code.left -= usable

    @invariant()
    def rows_say_the_same(self) -> None:
        rows = self.service.contents("messages")
        for code in self.codes:
            row = rows.get(self.service.setting.id_of(code.name), {})
            if code.state == FAILED:
                assert row.get("state") != LIVE
            elif row:  # it ages out after a day
                assert (row["state"], row["left"]) == (code.state, code.left)


TestCodes = Codes.TestCase
TestCodes.settings = effort(0.3, steps=40)
