"""How many Tablestore requests each operation may make (DESIGN.md, section 4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import Service, wrong

Setting = Callable[..., None]


@pytest.fixture
def spent(service: Service) -> Callable[[Callable[[], object]], dict[str, int]]:
    """Count the store requests of one action."""

    def count(action: Callable[[], object]) -> dict[str, int]:
        before = service.cloud.calls("tablestore")
        action()
        after = service.cloud.calls("tablestore")
        return {
            name: after[name] - before.get(name, 0)
            for name in after
            if after[name] > before.get(name, 0)
        }

    return count


Spent = Callable[[Callable[[], object]], dict[str, int]]


def test_an_accepted_send_takes_three_requests(service: Service, spent: Spent) -> None:
    assert spent(service.send) == {"BatchGetRow": 1, "BatchWriteRow": 2}


def test_two_of_them_are_made_before_the_provider_is_called(service: Service, spent: Spent) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    service.cloud.fault("tablestore", "BatchWriteRow", "delay:0")
    service.cloud.fault("tablestore", "BatchWriteRow", "drop", -1)
    assert spent(service.send)["BatchGetRow"] == 1
    assert service.cloud.calls("dysms") == {"SendSms": 1}


def test_a_send_that_reading_refuses_takes_one_request_and_writes_nothing(
    service: Service, spent: Spent
) -> None:
    service.send()
    assert spent(service.send) == {"BatchGetRow": 1}


def test_a_send_at_a_full_counter_takes_one_request(
    service: Service, setting: Setting, spent: Spent
) -> None:
    setting(LIMIT_TOTAL="1/1d")
    service.send()
    assert spent(lambda: service.send("13900139000")) == {"BatchGetRow": 1}


def test_a_repeated_idempotent_send_takes_one_request(service: Service, spent: Spent) -> None:
    def again() -> object:
        return service.send(headers={"Idempotency-Key": "k" * 16})

    again()
    assert spent(again) == {"BatchGetRow": 1}


def test_a_send_that_the_provider_refuses_takes_three_requests(
    service: Service, spent: Spent
) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    assert spent(service.send) == {"BatchGetRow": 1, "BatchWriteRow": 2}


def test_a_send_that_loses_a_race_takes_three_requests(service: Service, spent: Spent) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:0:OTSConditionCheckFail")
    assert spent(service.send) == {"BatchGetRow": 1, "BatchWriteRow": 2}
    assert service.cloud.outbox() == []


def test_a_wrong_guess_takes_one_request(service: Service, spent: Spent) -> None:
    verification_id, code = service.sent()
    assert spent(lambda: service.verify(verification_id, wrong(code))) == {"BatchWriteRow": 1}


def test_an_accepted_code_takes_two_requests_and_one_to_forgive_its_guess(
    service: Service, spent: Spent
) -> None:
    sent = service.sent()
    assert spent(lambda: service.verify(*sent)) == {"BatchWriteRow": 2, "UpdateRow": 1}
    assert service.counted("guess") == 0


@pytest.mark.parametrize("verification_id", ["A" * 22, None])
def test_a_guess_at_nothing_or_a_spent_code_takes_two_requests(
    service: Service, spent: Spent, verification_id: str | None
) -> None:
    known, code = service.sent()
    service.verify(known, code)
    assert spent(lambda: service.verify(verification_id or known, code)) == {
        "BatchWriteRow": 1,
        "UpdateRow": 1,
    }


@pytest.mark.parametrize(
    "body", [b"", b"null", b'{"phone": "1"}', b'{"phone": "12", "scene": "sign_in"}']
)
def test_a_request_that_makes_no_sense_touches_no_store(
    service: Service, spent: Spent, body: bytes
) -> None:
    assert spent(lambda: service.post("/send-code", body)) == {}
