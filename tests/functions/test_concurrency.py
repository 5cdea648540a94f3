"""What must hold when everything happens at once (I1, I2, I4), over the wire."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from tests.service import PHONE, Service, at_once, wrong

Setting = Callable[..., None]
ROUNDS = 20


def numbers(count: int) -> list[str]:
    return [f"1380013{index:04d}" for index in range(count)]


def all_read_first(service: Service) -> None:
    """Hold every read's answer back, so that nobody takes anything before the others have read."""
    service.cloud.fault("tablestore", "BatchGetRow", "delay_after:500", -1)


def test_after_200_simultaneous_wrong_guesses_the_right_one_is_refused(service: Service) -> None:
    verification_id, code = service.sent()
    guess = partial(service.verify, verification_id, wrong(code))
    assert {answer.code for answer in at_once([guess] * 200)} == {"code_rejected"}
    assert service.verify(verification_id, code).code == "code_rejected"


def test_a_right_guess_hidden_among_59_wrong_ones_is_almost_never_accepted(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="1000/60s", LIMIT_IP="1000/1d")
    accepted = 0
    for seed in range(ROUNDS):
        verification_id, code = service.sent()
        guesses = [wrong(code)] * 59
        guesses.insert(Random(seed).randrange(60), code)
        answers = at_once([partial(service.verify, verification_id, guess) for guess in guesses])
        accepted += sum(answer.status == 200 for answer in answers)
    assert accepted <= 1


def test_of_200_simultaneous_right_guesses_exactly_one_is_accepted(service: Service) -> None:
    verification_id, code = service.sent()
    answers = at_once([partial(service.verify, verification_id, code)] * 200)
    assert sorted(answer.status for answer in answers) == [200] + [400] * 199


def test_a_right_guess_that_races_one_wrong_one_always_wins(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="1000/60s", LIMIT_IP="1000/1d")
    for _ in range(ROUNDS):
        verification_id, code = service.sent()
        right, _ = at_once(
            [
                partial(service.verify, verification_id, code),
                partial(service.verify, verification_id, wrong(code)),
            ]
        )
        assert right.status == 200


def test_of_200_simultaneous_sends_to_one_phone_exactly_one_is_made(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_IP="1000/1d")
    all_read_first(service)
    answers = at_once([service.send] * 200)
    assert sorted({answer.status for answer in answers}) == [200, 429]
    assert sum(answer.status == 200 for answer in answers) == 1
    assert len(service.cloud.outbox()) == 1
    assert service.counted("total") == 1
    assert service.counted("ip") == 1


@pytest.mark.parametrize("limit", ["LIMIT_IP", "LIMIT_TOTAL", "LIMIT_DEVICE"])
def test_of_60_simultaneous_sends_at_a_limit_of_7_exactly_7_are_made(
    service: Service, setting: Setting, limit: str
) -> None:
    setting(LIMIT_IP="1000/1d", LIMIT_DEVICE="1000/1d", LIMIT_TOTAL="1000/1d")
    before = service.sent("13900139000")
    setting(**{limit: "8/1d" if limit != "LIMIT_DEVICE" else "7/1d"})
    device = {"device_id": "phone-1"} if limit == "LIMIT_DEVICE" else {}
    all_read_first(service)
    answers = at_once([partial(service.send, phone, **device) for phone in numbers(60)])
    assert sum(answer.status == 200 for answer in answers) == 7
    assert len(service.cloud.outbox()) == 8
    assert service.counted("total") == 8
    assert service.verify(*before, "13900139000").status == 200


def test_nobody_burns_the_total_by_racing(service: Service, setting: Setting) -> None:
    setting(LIMIT_IP="1000/1d", LIMIT_TOTAL="3/1d")
    for _ in range(3):
        at_once([service.send] * 30)
    assert service.send("13900139000").status == 200
    assert len(service.cloud.outbox()) == 2


def test_a_provider_that_refuses_is_called_within_the_windows_all_the_same(
    service: Service,
) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE", -1)
    at_once([service.send] * 50)
    assert service.cloud.calls("dysms") == {"SendSms": 1}


def test_simultaneous_repetitions_of_one_request_get_one_answer_and_one_message(
    service: Service,
) -> None:
    again = partial(service.send, headers={"Idempotency-Key": "k" * 16})
    answers = at_once([again] * 40)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["verification_id"] for answer in answers}) == 1
    assert len(service.cloud.outbox()) == 1
    assert service.counted("total") == 1


def test_all_spellings_at_once_are_one_number(service: Service) -> None:
    spellings = [PHONE, f"+86{PHONE}", f"0086 {PHONE}", f"86-{PHONE}", "１３８００１３８０００"]
    answers = at_once([partial(service.send, spelling) for spelling in spellings * 4])
    assert sum(answer.status == 200 for answer in answers) == 1
