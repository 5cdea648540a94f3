"""Limits against a plain model of them: sends at any time, refused, given back, listed (I4)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scripts.interleaving.callers import Send
from scripts.interleaving.requests import ACCEPTED, ELSEWHERE, REFUSED, TIMED_OUT
from tests.fuzz.effort import effort
from tests.fuzz.one_by_one import Service

pytestmark = pytest.mark.once


PHONES = ("13800138000", "13900139000", "13700137000")
ALLOWED, TEST = "13600136000", "13500135000"
ADDRESSES = (None, "203.0.113.7", "198.51.100.9")
MINUTE, HOUR, DAY = 60, 3600, 86_400
PLAIN = ((1, MINUTE), (3, HOUR), (5, DAY))
WIDE = ((2, MINUTE), (7, DAY))
SHARE, PER_ADDRESS, TOTAL = 0.6, 6, 12
ENVIRONMENT = {
    "LIMIT_PHONE": "1/60s,3/1h,5/24h",
    "LIMIT_ALLOWED": "2/60s,7/24h",
    "LIMIT_IP": f"{PER_ADDRESS}/1d",
    "LIMIT_TOTAL": f"{TOTAL}/1d",
    "PHONE_SHARE": str(SHARE),
    "ALLOW_NUMBERS": ALLOWED,
    "TEST_NUMBERS": f"{TEST}=246810@2999-12-31",
    "SEQUENCE_GUARD": "off",
}
TAKEN = {ACCEPTED: "accepted", TIMED_OUT: "unconfirmed"}
REFUSALS = {REFUSED: "phone_blocked", ELSEWHERE: "provider_unavailable"}


@dataclass(frozen=True)
class Sent:
    """A send that a provider saw, or that a test number made."""

    phone: str
    address: str | None
    at: float
    counts: bool
    """In windows that everybody shares: a message may be on its way."""


def day(moment: float) -> int:
    return int(moment + 8 * HOUR) // DAY


class Limits(RuleBasedStateMachine):
    """Knows of each number, address and day what was sent, and so what may be."""

    def __init__(self) -> None:
        super().__init__()
        self.service = Service(ENVIRONMENT, ACCEPTED)
        self.sent: list[Sent] = []
        self.denied: dict[str, float] = {}
        self.asked = 0

    @rule(seconds=st.sampled_from([0.5, 1, 29, 59, 60, 61, 600, 3_540, 3_600, 30_000, 86_400]))
    def wait(self, seconds: float) -> None:
        self.service.now += seconds

    @rule(
        window=st.sampled_from([MINUTE, MINUTE, HOUR, DAY]),
        back=st.integers(1, 5),
        late=st.sampled_from([-0.5, 0, 0.5]),
    )
    def send_as_a_window_ends(self, window: int, back: int, late: float) -> None:
        if back <= len(self.sent):
            one = self.sent[-back]
            self.service.now = max(self.service.now, one.at + window + late)
            self.send(one.phone, one.address, ACCEPTED)

    @rule(phone=st.sampled_from(PHONES[:2]), seconds=st.sampled_from([None, 60, 3_600]))
    def deny(self, phone: str, seconds: int | None) -> None:
        until = None if seconds is None else int(self.service.now) + seconds
        self.service.deny(phone, until=until)
        self.denied[phone] = math.inf if until is None else until

    @rule(
        phone=st.sampled_from([*PHONES, ALLOWED, TEST]),
        address=st.sampled_from(ADDRESSES),
        outcome=st.sampled_from([ACCEPTED, ACCEPTED, ACCEPTED, *REFUSALS, TIMED_OUT]),
    )
    def send(self, phone: str, address: str | None, outcome: str) -> None:
        self.asked += 1
        self.service.outcome = outcome
        before, expected = self.service.contents("counters"), self.refusal(phone, address)
        told = self.service.ask(Send(f"send-{self.asked:04}-", phone, address=address))
        if expected is not None:
            assert (told.how, told.code) == ("refused", expected)
            assert self.service.provider_calls == 0
            assert self.service.store_calls == ["BatchGetRow"]
            return
        if phone == TEST:
            assert (told.ok, told.delivery, self.service.provider_calls) == (True, "accepted", 0)
            self.sent.append(Sent(phone, address, self.service.now, counts=False))
            return
        assert self.service.provider_calls == 1
        assert len(self.service.store_calls) == 3
        if outcome in TAKEN:
            assert (told.ok, told.delivery) == (True, TAKEN[outcome])
        else:
            assert (told.how, told.code) == ("refused", REFUSALS[outcome])
            assert nonzero(self.service.contents("counters")) == nonzero(before)
        if outcome != ELSEWHERE:
            self.sent.append(Sent(phone, address, self.service.now, counts=outcome in TAKEN))

    def refusal(self, phone: str, address: str | None) -> str | None:
        """Return the code that a send is refused with now, or None."""
        now, trusted = self.service.now, phone in (ALLOWED, TEST)
        if now < self.denied.get(phone, 0):
            return "phone_blocked"
        mine = [one for one in self.sent if one.phone == phone]
        here = [one for one in mine if one.address == address and address is not None]
        for count, window in WIDE if trusted else PLAIN:
            if sum(one.at > now - window for one in mine) >= count:
                return "rate_limited"
            share = math.ceil(round(count * SHARE, 9))
            if not trusted and sum(one.at > now - window for one in here) >= share:
                return "rate_limited"
        if phone != TEST and self.today(now) >= TOTAL:
            return "daily_cap_reached"
        if address is not None and not trusted and self.today(now, address) >= PER_ADDRESS:
            return "rate_limited"
        return None

    def today(self, now: float, address: str | None = None) -> int:
        """Count the messages of a day, of everybody or of an address's own."""
        return sum(
            one.counts
            and day(one.at) == day(now)
            and (address is None or (one.address == address and one.phone != ALLOWED))
            for one in self.sent
        )

    @invariant()
    def counters_say_what_was_sent(self) -> None:
        now = self.service.now
        start = day(now) * DAY - 8 * HOUR
        assert self.service.counted(f"total/{DAY}/{start}") == self.today(now)
        for address in ADDRESSES[1:]:
            counted = self.service.counted(f"ip/{address}/{DAY}/{start}")
            assert counted == self.today(now, address)

    @invariant()
    def no_window_holds_more_than_it_may(self) -> None:
        for phone in (*PHONES, ALLOWED, TEST):
            times = [one.at for one in self.sent if one.phone == phone]
            for count, window in WIDE if phone in (ALLOWED, TEST) else PLAIN:
                for first, last in zip(times, times[count:], strict=False):
                    assert last - first >= window


def nonzero(counters: dict[str, dict[str, int]]) -> dict[str, int]:
    return {key: row["n"] for key, row in counters.items() if row["n"]}


TestLimits = Limits.TestCase
TestLimits.settings = effort(0.6, steps=40)
