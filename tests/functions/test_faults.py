"""The store and the provider fail at every single request, in every way (I3, I5, I8)."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product

import pytest

from tests.service import Answer, Service, wrong

Setting = Callable[..., None]

EFFECTS = [
    "error:OTSServerBusy",
    "error:OTSTimeout",
    "error:OTSInternalServerError",
    "error:OTSConditionCheckFail",
    "error:OTSAuthFailed",
    "drop",
    "drop_after",
    "delay:20000",
    "delay_after:20000",
]
SEND_STEPS = [("BatchGetRow", 0), ("BatchWriteRow", 0), ("BatchWriteRow", 1)]
VERIFY_STEPS = [("BatchWriteRow", 0), ("UpdateRow", 0), ("BatchWriteRow", 1)]
SEND_SECONDS, VERIFY_SECONDS = 10, 5


def strike(service: Service, operation: str, step: int, effect: str, count: int) -> None:
    """Let the request with that number, counted from 0, and `count` in all fail."""
    for _ in range(step):
        service.cloud.fault("tablestore", operation, "delay:0")
    service.cloud.fault("tablestore", operation, effect, count)


def timed(action: Callable[[], Answer]) -> tuple[Answer, float]:
    started = time.monotonic()
    return action(), time.monotonic() - started


@pytest.mark.parametrize("count", [1, -1], ids=["once", "for_good"])
@pytest.mark.parametrize(("step", "effect"), list(product(SEND_STEPS, EFFECTS)), ids=str)
def test_a_send_is_answered_in_time_and_no_message_leaves_unmetered(
    service: Service, step: tuple[str, int], effect: str, count: int
) -> None:
    strike(service, *step, effect, count)
    answer, seconds = timed(service.send)
    service.cloud.control("faults", {"clear": True})
    messages = len(service.cloud.outbox())
    assert seconds < SEND_SECONDS
    assert answer.status in (200, 429, 503)
    assert messages == (1 if answer.status == 200 else 0)
    assert service.counted("total") >= messages
    assert service.counted("ip") >= messages
    if messages:
        verification_id = answer.json["verification_id"]
        assert service.verify(verification_id, service.code_of(verification_id)).status == 200
    else:
        assert service.send().status in (200, 429)
    assert len(service.cloud.outbox()) <= 1 or service.counted("total") >= 2


@pytest.mark.parametrize("code", ["OTSServerBusy", "OTSTimeout", "OTSConditionCheckFail"])
@pytest.mark.parametrize("row", range(6), ids=["slot", "code", "pending", "total", "ip", "step"])
def test_a_take_of_which_one_row_fails_sends_metered_or_not_at_all(
    service: Service, row: int, code: str
) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", f"partial:{row}:{code}")
    answer = service.send()
    messages = len(service.cloud.outbox())
    assert messages == (1 if answer.status == 200 else 0)
    assert service.counted("total") >= messages


def test_what_a_send_took_before_it_lost_the_race_is_given_back(service: Service) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:0:OTSConditionCheckFail")
    assert service.send().code == "rate_limited"
    assert (service.counted("total"), service.counted("ip")) == (0, 0)
    assert service.rows("messages") == service.rows("pending") == []


def test_a_row_that_the_store_was_too_busy_for_is_written_again(service: Service) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:3:OTSServerBusy")
    assert service.send().status == 200
    assert service.counted("total") == 1


def test_a_take_whose_answer_got_lost_leaves_the_number_free_to_try_again(
    service: Service,
) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "drop_after")
    assert service.send().code == "storage_unavailable"
    assert service.send().status == 200
    assert len(service.cloud.outbox()) == 1


def test_a_take_that_is_applied_late_cannot_send_and_leaves_no_living_code(
    service: Service,
) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "delay:2500")
    assert service.send().code == "storage_unavailable"
    deadline = time.monotonic() + 5
    while service.counted("total") == 0 and time.monotonic() < deadline:
        time.sleep(0.05)  # waits for the stand-in, not for the product
    assert [row["state"] for row in service.rows("messages")] == ["withdrawn"]
    assert not [row for row in service.rows("pending") if "number" in row]
    assert service.cloud.outbox() == []
    assert service.send().status == 200


def test_a_send_whose_settling_fails_still_metered_its_message(service: Service) -> None:
    strike(service, "BatchWriteRow", 1, "drop", -1)
    assert service.send().json["delivery"] == "accepted"
    service.cloud.control("faults", {"clear": True})
    assert service.counted("total") == 1
    assert service.send().code == "rate_limited"


def test_a_settling_that_is_not_answered_is_asked_for_again(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="100/60s")
    first, code = service.sent()
    strike(service, "BatchWriteRow", 1, "delay:20000", 1)
    assert service.send(replaces=first).json["delivery"] == "accepted"
    assert service.verify(first, code).code == "code_rejected"


@pytest.mark.parametrize("count", [1, -1], ids=["once", "for_good"])
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize(("step", "effect"), list(product(VERIFY_STEPS, EFFECTS)), ids=str)
def test_a_verify_is_answered_in_time_and_accepts_once_at_most(
    service: Service, step: tuple[str, int], effect: str, right: bool, count: int
) -> None:
    verification_id, code = service.sent()
    strike(service, *step, effect, count)
    guess = code if right else wrong(code)
    answer, seconds = timed(lambda: service.verify(verification_id, guess))
    service.cloud.control("faults", {"clear": True})
    assert seconds < VERIFY_SECONDS
    assert answer.status in ((200, 400, 503) if right else (400, 503))
    again = [service.verify(verification_id, code) for _ in range(2)]
    accepted = [answer, *again] if right else again
    assert sum(each.status == 200 for each in accepted) <= 1


@pytest.mark.parametrize(
    "effect",
    [
        "error:OTSServerBusy",
        "error:OTSTimeout",
        "drop",
        "partial:0:OTSServerBusy",
        "partial:0:OTSTimeout",
        "partial:1:OTSTimeout",
    ],
)
def test_a_guess_that_could_not_be_counted_is_compared_with_nothing(
    service: Service, effect: str
) -> None:
    verification_id, code = service.sent()
    for guess in (wrong(code), code):
        service.cloud.fault("tablestore", "BatchWriteRow", effect, -1)
        answer = service.verify(verification_id, guess)
        service.cloud.control("faults", {"clear": True})
        assert answer.code == "storage_unavailable"
    assert service.cloud.calls("tablestore").get("UpdateRow", 0) == 0
    assert service.verify(verification_id, code).status == 200


def test_a_spend_whose_answer_got_lost_is_recognised_and_accepted(service: Service) -> None:
    sent = service.sent()
    strike(service, "UpdateRow", 0, "drop_after", 1)
    assert service.verify(*sent).status == 200
    assert service.verify(*sent).code == "code_rejected"


def test_a_spend_that_was_not_applied_is_made_again(service: Service) -> None:
    sent = service.sent()
    strike(service, "UpdateRow", 0, "drop", 1)
    assert service.verify(*sent).status == 200
    assert service.verify(*sent).code == "code_rejected"


def test_a_spend_that_cannot_be_applied_leaves_the_code_for_the_next_try(service: Service) -> None:
    sent = service.sent()
    strike(service, "UpdateRow", 0, "drop", 3)
    assert service.verify(*sent).code == "storage_unavailable"
    assert service.verify(*sent).status == 200


def test_a_store_that_is_down_sends_nothing(service: Service, setting: Setting) -> None:
    setting(TABLESTORE_ENDPOINT="http://127.0.0.1:9")
    answer, seconds = timed(service.send)
    assert (answer.status, answer.code) == (503, "storage_unavailable")
    assert answer.json["retry_after"] >= 1
    assert seconds < SEND_SECONDS
    assert service.cloud.calls("dysms") == {}


@pytest.mark.parametrize("effect", ["drop", "drop_after", "delay:20000", "delay_after:20000"])
def test_a_provider_that_does_not_answer_is_called_once_and_in_time(
    service: Service, effect: str
) -> None:
    service.cloud.fault("dysms", "SendSms", effect, -1)
    answer, seconds = timed(service.send)
    assert (answer.status, answer.json["delivery"]) == (200, "unconfirmed")
    assert seconds < SEND_SECONDS
    assert service.cloud.calls("dysms") == {"SendSms": 1}
    assert service.counted("total") == 1


def test_a_provider_that_cannot_be_reached_took_nothing_and_all_is_given_back(
    service: Service, setting: Setting
) -> None:
    working = service.cloud.environment["DYSMS_ENDPOINT"]
    setting(DYSMS_ENDPOINT="http://127.0.0.1:9")
    assert service.send().code == "provider_unavailable"
    assert (service.counted("total"), service.counted("ip")) == (0, 0)
    setting(DYSMS_ENDPOINT=working)
    assert service.send().status == 200


def test_what_a_refusing_provider_took_from_shared_counters_is_given_back(
    service: Service,
) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH")
    assert service.send().code == "provider_rejected"
    assert (service.counted("total"), service.counted("ip")) == (0, 0)
    assert service.rows("pending") == []
    assert [row["state"] for row in service.rows("messages")] == ["failed"]


def test_everything_at_its_slowest_still_fits_the_deadline(service: Service) -> None:
    service.cloud.fault("tablestore", "BatchGetRow", "delay:1400", -1)
    service.cloud.fault("tablestore", "BatchWriteRow", "delay:1400", -1)
    service.cloud.fault("dysms", "SendSms", "delay:2900", -1)
    answer, seconds = timed(service.send)
    assert answer.status == 200
    assert seconds < SEND_SECONDS
