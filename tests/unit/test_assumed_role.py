"""When an assumed role's keys are renewed, and which are used if that fails; by a moved clock."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

import pytest

from shared import logs
from shared.assumed_role import EARLY_SECONDS, LEAST_SECONDS, REST_SECONDS, AssumedRole, Role
from shared.errors import Misconfigured, Refused
from shared.key_sources import Keys


@dataclass
class Sts:
    """Hands out keys for an hour, or fails."""

    now: float = 1_000_000.0
    life: float = 3600.0
    failure: Refused | None = None
    asked: int = 0
    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> tuple[Keys, float]:
        self.asked += 1
        self.seconds.append(seconds)
        if self.failure is not None:
            raise self.failure
        return Keys(f"STS.{self.asked}", "secret", "token"), self.now + self.life

    def clock(self) -> float:
        return self.now


@pytest.fixture
def sts() -> Sts:
    return Sts()


@pytest.fixture
def role(sts: Sts) -> AssumedRole:
    return AssumedRole(sts, clock=sts.clock)


def used(role: AssumedRole) -> str:
    """Begin a request, and return the id of the keys that it uses."""
    role.prepare()
    return role.current().access_key_id


DOWN = Refused("provider_unavailable", reason="sts:no_answer")
DENIED = Misconfigured([("不允许", "not allowed")])


def test_keys_are_kept_until_their_end_is_near(sts: Sts, role: AssumedRole) -> None:
    assert used(role) == "STS.1"
    sts.now += 3600 - EARLY_SECONDS - 1
    assert used(role) == "STS.1"
    sts.now += 2
    assert used(role) == "STS.2"
    assert sts.asked == 2


def test_short_lived_keys_are_renewed_in_their_last_quarter(sts: Sts, role: AssumedRole) -> None:
    sts.life = 900
    assert used(role) == "STS.1"
    sts.now += 674
    assert used(role) == "STS.1"
    sts.now += 2
    assert used(role) == "STS.2"


@pytest.mark.parametrize("failure", [DOWN, DENIED])
def test_good_keys_are_used_where_they_cannot_be_renewed(
    sts: Sts, role: AssumedRole, failure: Refused, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_level("INFO")
    used(role)
    sts.failure = failure
    sts.now += 3600 - LEAST_SECONDS
    assert used(role) == "STS.1"
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["event"], line["level"]) == ("keys_not_renewed", "WARNING")
    assert line["reason"] == failure.reason


def test_a_failing_sts_is_left_alone_for_a_while(sts: Sts, role: AssumedRole) -> None:
    used(role)
    sts.failure = DOWN
    sts.now += 3000
    for _ in range(5):
        assert used(role) == "STS.1"
    assert sts.asked == 2
    sts.now += REST_SECONDS
    sts.failure = None
    assert used(role) == "STS.3"


def test_no_request_begins_with_keys_that_may_end_before_it_does(
    sts: Sts, role: AssumedRole
) -> None:
    used(role)
    sts.failure = DOWN
    sts.now += 3600 - LEAST_SECONDS + 0.1
    with pytest.raises(Refused) as refused:
        role.prepare()
    assert refused.value is DOWN
    sts.failure = None
    assert used(role) == "STS.3"


def test_a_request_keeps_the_keys_that_it_began_with(sts: Sts, role: AssumedRole) -> None:
    role.prepare()
    sts.now += 3599
    assert role.current().access_key_id == "STS.1"
    assert sts.asked == 1


def test_refused_keys_are_renewed_once_however_many_requests_had_them(
    sts: Sts, role: AssumedRole
) -> None:
    role.prepare()
    stale = role.current()
    assert role.renew(stale, seconds=1)
    assert role.renew(stale, seconds=1)
    assert role.current().access_key_id == "STS.2"
    assert sts.asked == 2


def test_renewing_keeps_within_the_time_that_a_request_has(sts: Sts, role: AssumedRole) -> None:
    role.prepare()
    role.renew(role.current(), seconds=0.5)
    assert sts.seconds[-1] == 0.5
    role.renew(role.current(), seconds=float("inf"))
    assert sts.seconds[-1] < 10


def test_refused_keys_that_cannot_be_renewed_stay(sts: Sts, role: AssumedRole) -> None:
    role.prepare()
    sts.failure = DOWN
    assert not role.renew(role.current(), seconds=1)
    assert role.current().access_key_id == "STS.1"


def test_keys_that_have_ended_by_our_clock_at_once_are_used_for_a_while(
    sts: Sts, role: AssumedRole
) -> None:
    sts.life = -7200
    assert used(role) == "STS.1"
    assert used(role) == "STS.1"
    assert sts.asked == 1


def test_many_threads_ask_for_keys_once(sts: Sts) -> None:
    together = threading.Barrier(8)

    def slowly(seconds: float) -> tuple[Keys, float]:
        threading.Event().wait(0.05)
        return sts(seconds)

    role, found = AssumedRole(slowly, clock=sts.clock), []

    def begin() -> None:
        together.wait()
        found.append(used(role))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["STS.1"] * 8
    assert sts.asked == 1


def test_a_role_is_what_the_environment_names() -> None:
    arn = "acs:ram::2:role/sms"
    assert Role.named({"ALIBABA_CLOUD_ROLE_ARN": arn}) == Role(arn, "fc-sms-verify", "", "", "")
    named = Role.named(
        {
            "ALIBABA_CLOUD_ROLE_ARN": f" {arn} ",
            "ALIBABA_CLOUD_ROLE_SESSION_NAME": "shop",
            "ALIBABA_CLOUD_EXTERNAL_ID": "agreed",
            "STS_ENDPOINT": "https://sts.example",
            "FC_REGION": "cn-shanghai",
        }
    )
    assert named == Role(arn, "shop", "agreed", "https://sts.example", "cn-shanghai")
