"""The same key with the same body is the same send."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared import wiring
from tests.service import Service

Setting = Callable[..., None]
KEY = {"Idempotency-Key": "0123456789abcdef"}


def test_a_repetition_gets_the_first_answer_and_sends_nothing(service: Service) -> None:
    first, second = service.send(headers=KEY), service.send(headers=KEY)
    assert (first.status, second.json) == (200, first.json)
    assert len(service.cloud.outbox()) == 1


def test_another_spelling_of_the_number_is_the_same_body(service: Service) -> None:
    first = service.send(headers=KEY)
    assert service.send("+86 138 0013 8000", headers=KEY).json == first.json


def test_another_body_under_the_same_key_is_refused(service: Service) -> None:
    service.send(headers=KEY)
    answer = service.send(scene="reset_password", headers=KEY)
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert "Idempotency-Key" in answer.json["detail"]


def test_the_key_of_one_number_says_nothing_about_another(service: Service) -> None:
    service.send(headers=KEY)
    assert service.send("13900139000", headers=KEY).status == 200
    assert len(service.cloud.outbox()) == 2


def test_a_repetition_is_answered_before_limits(service: Service, setting: Setting) -> None:
    first = service.send(headers=KEY)
    setting(LIMIT_TOTAL="1/1d", LIMIT_IP="1/1d")
    assert service.send(headers=KEY).json == first.json


def test_an_unconfirmed_answer_is_repeated_as_unconfirmed(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "drop_after")
    first, second = service.send(headers=KEY), service.send(headers=KEY)
    assert second.json == first.json
    assert first.json["delivery"] == "unconfirmed"
    assert len(service.cloud.outbox()) == 1


def test_a_refused_send_is_no_answer_to_repeat(service: Service, setting: Setting) -> None:
    setting(LIMIT_PHONE="10/60s")
    service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH")
    assert service.send(headers=KEY).code == "provider_rejected"
    assert service.send(headers=KEY).status == 200


def test_a_key_counts_for_as_long_as_the_code_lives(
    service: Service, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(CODE_TTL="600", LIMIT_PHONE="10/60s")

    def sent_at(now: float) -> str:
        monkeypatch.setattr(wiring, "clock", lambda: now)
        return str(service.send(headers=KEY).json["verification_id"])

    now = 1_795_233_600.0
    first = sent_at(now)
    assert sent_at(now + 599) == first
    assert sent_at(now + 600) != first
    assert len(service.cloud.outbox()) == 2


@pytest.mark.parametrize("key", ["short", "x" * 129, "with a space in it", "汉" * 16])
def test_a_poor_key_is_refused(service: Service, key: str) -> None:
    answer = service.send(headers={"Idempotency-Key": key})
    assert (answer.status, answer.code) == (400, "invalid_request")
