"""From one provider to the next: only for certain, and only with time for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared import logs
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.ports import CodeMessage, Outcome, Verdict
from shared.use_cases.hand_over import LEAST_FOR_PROVIDER, HandedOver, hand_over

MESSAGE = CodeMessage(
    PhoneNumber("+8613800138000", "CN", 86), "sign_in", "123456", CodePolicy(6, 300, 3), "v1"
)
NOT_TAKEN = Outcome(Verdict.MISCONFIGURED, "a", "isv.OUT_OF_SERVICE", elsewhere=True)
UNREACHED = Outcome(Verdict.TRY_LATER, "a", "not_connected", reached=False, elsewhere=True)
ACCEPTED = Outcome(Verdict.ACCEPTED, "b", "OK")


@dataclass
class Providers:
    """Answer as told, each call taking some seconds of the clock."""

    answers: Mapping[str, Outcome]
    seconds: float = 0.0
    now: float = 0.0
    asked: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> Any:
        self.asked.append(name)
        return self

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        self.now += self.seconds
        return self.answers[self.asked[-1]]

    def take(self, seconds: float = 4.5, **standings: Any) -> HandedOver:
        return hand_over(
            MESSAGE,
            route=tuple(self.answers),
            standings=standings,
            providers=self,
            log=logs.Facts(),
            now=1000.0,
            deadline=Deadline(seconds, lambda: self.now),
        )


def test_the_next_is_asked_while_there_is_time_for_its_answer() -> None:
    providers = Providers({"a": NOT_TAKEN, "b": ACCEPTED}, seconds=4.5 - LEAST_FOR_PROVIDER)
    assert providers.take().outcome.accepted
    assert providers.asked == ["a", "b"]


def test_the_next_is_not_asked_where_its_answer_could_not_be_waited_for() -> None:
    providers = Providers({"a": NOT_TAKEN, "b": ACCEPTED}, seconds=4.6 - LEAST_FOR_PROVIDER)
    assert providers.take().outcome == NOT_TAKEN
    assert providers.asked == ["a"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_nobody_is_asked_beside_one_who_may_have_taken_it(verdict: Verdict) -> None:
    providers = Providers({"a": Outcome(verdict, "a", "x"), "b": ACCEPTED})
    assert providers.take().outcome.verdict is verdict
    assert providers.asked == ["a"]


@pytest.mark.parametrize(
    ("first", "second", "reached"),
    [(UNREACHED, UNREACHED, False), (UNREACHED, NOT_TAKEN, True), (NOT_TAKEN, UNREACHED, True)],
)
def test_a_message_counts_as_reaching_whoever_saw_it(
    first: Outcome, second: Outcome, reached: bool
) -> None:
    handed = Providers({"a": first, "b": second}).take()
    assert handed.outcome.reached is reached
    assert set(handed.standings) == {"a", "b"}


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(Verdict.BAD_NUMBER, "a", "isv.MOBILE_NUMBER_ILLEGAL"),
        Outcome(Verdict.WAIT, "a", "isv.BUSINESS_LIMIT_CONTROL"),
        Outcome(Verdict.CAPPED, "a", "isv.DAY_LIMIT_CONTROL"),
        Outcome(Verdict.UNCONFIRMED, "a", "isv.NEW", text="nobody knows it"),
    ],
)
def test_what_a_stranger_s_number_may_bring_about_speaks_against_nobody(outcome: Outcome) -> None:
    assert Providers({"a": outcome, "b": ACCEPTED}).take().standings == {}


def test_who_has_no_other_beside_him_is_not_set_aside() -> None:
    assert Providers({"a": NOT_TAKEN}).take().standings == {}
