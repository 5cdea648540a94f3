"""Sending and verifying with fakes at the ports, and a clock that moves."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from shared.domain.claim import Claim, Randomness
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.policy import FixedCode, Policy
from shared.domain.rates import parse_rates
from shared.errors import InvalidRequest, Refused, StoreUnclear
from shared.models import SendCodeRequest, SendCodeResponse, VerifyCodeRequest
from shared.phone_numbers import PhoneNumbers
from shared.ports import Grant, Outcome, Verdict
from shared.use_cases.hand_over import LEAST_FOR_PROVIDER
from shared.use_cases.send_code import send_code
from shared.use_cases.verify_code import verify_code
from tests.fakes import PASSES, Carrier, Clock, MemoryStore

PHONE = "13800138000"
POLICY = Policy(
    access="gateway",
    scenes=frozenset({"sign_in"}),
    code=CodePolicy(6, 300, 3),
    code_secrets=["c" * 16],
    number_secret="n" * 16,
    phone_rates=parse_rates("1/60s,5/1h,10/24h"),
    allowed_rates=parse_rates("100/24h"),
    ip_rates=parse_rates("10/1d"),
    device_rates=parse_rates("10/1d"),
    total_rates=parse_rates("5000/1d"),
)


@dataclass
class World:
    """Everything that a use case meets."""

    policy: Policy = POLICY
    store: Any = field(default_factory=MemoryStore)
    carrier: Carrier = field(default_factory=Carrier)
    clock: Clock = field(default_factory=Clock)
    deadline: Deadline = PASSES
    captcha: Any = None
    facts: dict[str, object] = field(default_factory=dict)

    def log(self, **facts: object) -> None:
        self.facts.update(facts)

    def send(self, phone: str = PHONE, key: str | None = None, **fields: Any) -> SendCodeResponse:
        return send_code(
            SendCodeRequest(phone=phone, scene="sign_in", **fields),
            api_key=None,
            address="203.0.113.7",
            idempotency_key=key,
            policy=self.policy,
            numbers=PhoneNumbers(["CN"]),
            store=self.store,
            captcha=self.captcha,
            providers=lambda _: self.carrier,
            randomness=Randomness(secrets.randbelow, lambda: secrets.token_urlsafe(16)),
            log=self.log,
            clock=self.clock,
            deadline=self.deadline,
        )

    def verify(self, sent: SendCodeResponse, code: str, *, diagnose: bool = False) -> Any:
        return verify_code(
            VerifyCodeRequest(
                phone=PHONE,
                scene="sign_in",
                verification_id=sent.verification_id,
                code=code,
            ),
            api_key=None,
            address="203.0.113.7",
            policy=self.policy,
            numbers=PhoneNumbers(["CN"]),
            store=self.store,
            checker=lambda: pytest.fail("no code of a provider's"),
            log=self.log,
            diagnose=diagnose,
            now=self.clock.now,
            deadline=self.deadline,
        )

    @property
    def code(self) -> str:
        return self.carrier.messages[-1].code


@pytest.fixture
def world() -> World:
    return World()


def refusal(action: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        action()
    return refused.value


def test_windows_roll(world: World) -> None:
    for _ in range(5):
        world.send()
        world.clock.now += 60
    assert refusal(world.send).retry_after == 3600 - 300
    world.clock.now += 3300
    world.send()


def test_ten_messages_a_day_roll_too(world: World) -> None:
    for _ in range(10):
        world.send()
        world.clock.now += 3600
    assert refusal(world.send).code == "rate_limited"
    world.clock.now += 86_400 - 36_000
    world.send()
    assert len(world.carrier.messages) == 11


def test_the_next_message_waits_from_the_hand_over_on(world: World) -> None:
    world.carrier = SlowCarrier(world.clock, seconds=4)
    world.send()
    world.clock.now += 58
    assert refusal(world.send).retry_after == 2


def test_resend_after_is_what_a_refusal_would_say(world: World) -> None:
    assert world.send().resend_after == round(refusal(world.send).retry_after or 0) == 60


def test_a_day_of_an_address_ends_at_midnight_in_beijing(world: World) -> None:
    midnight = 1_795_276_800  # 2026-11-22 00:00 +08:00
    world.clock.now = midnight - 10
    world.policy = replace(POLICY, ip_rates=parse_rates("1/1d"))
    world.send()
    assert refusal(lambda: world.send("13900139000")).retry_after == 10
    world.clock.now = midnight
    world.send("13900139000")


def test_a_code_lives_as_long_as_it_was_promised(world: World) -> None:
    sent = world.send()
    world.clock.now += sent.expires_in - 1
    assert world.verify(sent, world.code).verified


def test_a_code_expires(world: World) -> None:
    sent = world.send()
    world.clock.now += sent.expires_in + 1
    assert refusal(lambda: world.verify(sent, world.code)).code == "code_rejected"


def test_the_true_reason_is_found_out_where_that_is_asked_for(world: World) -> None:
    sent = world.send()
    world.clock.now += 400
    assert refusal(lambda: world.verify(sent, world.code)).reason == "not_live"
    assert refusal(lambda: world.verify(sent, world.code, diagnose=True)).reason == "expired"


def test_the_life_of_a_code_is_that_of_the_policy_at_send(world: World) -> None:
    sent = world.send()
    world.policy = replace(POLICY, code=CodePolicy(6, 10, 3))
    world.clock.now += 299
    assert world.verify(sent, world.code).verified


def test_an_idempotency_key_counts_for_as_long_as_the_code_lives(world: World) -> None:
    first = world.send(key="k" * 16)
    world.clock.now += 299
    assert world.send(key="k" * 16) == first
    world.clock.now += 1
    assert world.send(key="k" * 16) != first
    assert len(world.carrier.messages) == 2


def test_a_repetition_while_the_first_is_under_way_says_what_is_known(world: World) -> None:
    world.carrier = Repeating(world)
    first = world.send(key="k" * 16)
    repeated = world.carrier.repeated
    assert (first.delivery, repeated.delivery) == ("accepted", "unconfirmed")
    assert repeated.verification_id == first.verification_id


@pytest.mark.parametrize("access", [None, "captcha", "api_key"])
def test_nothing_is_sent_while_nothing_says_who_may_send(world: World, access: str | None) -> None:
    world.policy = replace(POLICY, access=access)
    refused = refusal(world.send)
    assert refused.code == "unauthorized"
    assert "ACCESS" in refused.facts["problems_en"]
    assert "ACCESS" in refused.facts["problems_zh"]
    assert world.carrier.messages == []


def test_a_client_ip_is_taken_from_nobody_yet(world: World) -> None:
    with pytest.raises(InvalidRequest):
        world.send(client_ip="198.51.100.1")


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.BAD_NUMBER, "invalid_phone"),
        (Verdict.BLOCKED, "phone_blocked"),
        (Verdict.WAIT, "rate_limited"),
        (Verdict.CAPPED, "daily_cap_reached"),
        (Verdict.MISCONFIGURED, "provider_rejected"),
        (Verdict.TRY_LATER, "provider_unavailable"),
    ],
)
def test_a_providers_refusal_has_its_public_code(world: World, verdict: Verdict, code: str) -> None:
    world.carrier.outcome = Outcome(verdict, "fake", "isv.SOMETHING", retry_after=7)
    refused = refusal(world.send)
    assert (refused.code, refused.retry_after) == (code, 7)
    assert "isv.SOMETHING" in refused.reason


def test_a_provider_is_not_called_when_there_is_no_time_for_its_answer(world: World) -> None:
    clock = Clock()
    world.deadline = Deadline.after(9, clock=clock)
    world.store = SlowStore(clock, seconds=9 - LEAST_FOR_PROVIDER + 0.1)
    assert refusal(world.send).code == "storage_unavailable"
    assert world.carrier.messages == []
    assert list(world.store.counts.values()) == [0, 0]


def test_a_message_on_its_way_is_not_undone_by_a_note_that_fails(world: World) -> None:
    world.store = ForgetfulStore()
    assert world.send().delivery == "accepted"
    assert world.facts["settle_failed"] == "OTSTimeout"


def test_a_test_number_needs_no_carrier_until_its_date(world: World) -> None:
    fixed = FixedCode("2468", until=world.clock.now + 10)
    world.policy = replace(POLICY, test_numbers={"+8613800138000": fixed})
    sent = world.send()
    assert (sent.code_length, world.carrier.messages) == (4, [])
    assert world.verify(sent, "2468").verified
    world.clock.now += 60
    world.send()
    assert len(world.carrier.messages) == 1


class SlowCarrier(Carrier):
    """Takes its time."""

    def __init__(self, clock: Clock, *, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    def send(self, message: Any, *, deadline: Deadline) -> Outcome:
        self._clock.now += self._seconds
        return super().send(message, deadline=deadline)


class Repeating(Carrier):
    """Lets the caller repeat the request while the message is being handed over."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.repeated: Any = None

    def send(self, message: Any, *, deadline: Deadline) -> Outcome:
        self.repeated = self._world.send(key="k" * 16)
        return super().send(message, deadline=deadline)


class SlowStore(MemoryStore):
    """Takes its time to take."""

    def __init__(self, clock: Clock, *, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    def take(self, claim: Claim, *, deadline: Deadline) -> Grant:
        self._clock.now += self._seconds
        return super().take(claim, deadline=deadline)


class ForgetfulStore(MemoryStore):
    """Cannot settle."""

    def settle(self, *_: Any, **__: Any) -> None:
        raise StoreUnclear("settle", "OTSTimeout")
