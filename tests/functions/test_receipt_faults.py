"""What was acknowledged is stored, whatever the store does, and however much comes (I6)."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from functions import receipts
from scripts.local_cloud.events import context
from shared import wiring
from shared.domain.phone_number import PhoneNumber
from shared.storage import batch, tables
from tests.fakes import PASSES
from tests.service import NUMBER_SECRET, PHONE, Service, at_once

EFFECTS = [
    "error:OTSServerBusy",
    "error:OTSTimeout",
    "error:OTSInternalServerError",
    "error:OTSAuthFailed",
    "partial:0:OTSServerBusy",
    "partial:0:OTSTimeout",
    "partial:1:OTSServerBusy",
    "drop",
    "drop_after",
    "delay:20000",
    "delay_after:20000",
]
SECONDS = 5
FOREIGN = "A" * 22


def strike(service: Service, step: int, effect: str, count: int) -> None:
    for _ in range(step):
        service.cloud.fault("tablestore", "BatchWriteRow", "delay:0")
    service.cloud.fault("tablestore", "BatchWriteRow", effect, count)


def kept(service: Service) -> set[str]:
    """Return the beginnings of the keys of what rests apart."""
    return {row["receipt"].partition("/")[0] for row in service.rows("receipts")}


@pytest.mark.parametrize("count", [1, -1], ids=["once", "for_good"])
@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_report_is_acknowledged_only_if_it_is_stored_and_comes_again_otherwise(
    service: Service, step: int, effect: str, count: int
) -> None:
    verification_id, _ = service.sent()
    entries = [service.report(verification_id), service.report(FOREIGN), {"poison": PHONE}]
    strike(service, step, effect, count)
    started = time.monotonic()
    answer = service.receipt(entries)
    assert time.monotonic() - started < SECONDS
    service.cloud.control("faults", {"clear": True})
    assert answer.status in (200, 503)
    if answer.status == 503:
        assert service.receipt(entries).status == 200
    assert service.state(verification_id).json["state"] == "delivered"
    assert kept(service) == {"stray", "poison"}
    assert service.rows("pending") == []


def test_a_row_that_the_store_was_too_busy_for_is_written_again(service: Service) -> None:
    verification_id, _ = service.sent()
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:0:OTSServerBusy")
    assert service.receipt([service.report(verification_id)]).status == 200
    assert service.state(verification_id).json["state"] == "delivered"


def test_a_row_that_cannot_be_written_is_not_acknowledged(service: Service) -> None:
    verification_id, _ = service.sent()
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:0:OTSServerBusy", -1)
    answer = service.receipt([service.report(verification_id)])
    assert (answer.status, answer.code) == (503, "storage_unavailable")
    service.cloud.control("faults", {"clear": True})
    assert service.state(verification_id).json["state"] == "accepted"


def test_a_number_is_not_forgotten_before_its_report_is_stored(service: Service) -> None:
    verification_id, _ = service.sent()
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSAuthFailed", -1)
    assert service.receipt([service.report(verification_id)]).status == 503
    assert len(service.rows("pending")) == 1


def test_a_stray_that_cannot_be_kept_is_not_acknowledged(service: Service) -> None:
    strike(service, 1, "drop", -1)
    assert service.receipt([service.report(FOREIGN)]).status == 503
    service.cloud.control("faults", {"clear": True})
    assert kept(service) == set()


def test_a_function_that_is_killed_between_storing_and_answering_loses_and_doubles_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification_id, _ = service.sent()
    entries = [service.report(verification_id), service.report(FOREIGN), {"poison": PHONE}]

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("shared.fc._body", die)
        with pytest.raises(Killed):
            service.receipt(entries)
    once = service.rows("messages"), service.rows("receipts")
    assert service.receipt(entries).status == 200
    assert service.rows("messages") == once[0]
    assert [row["receipt"] for row in service.rows("receipts")] == [
        row["receipt"] for row in once[1]
    ]


def test_the_same_reports_at_once_end_as_one_after_the_other(service: Service) -> None:
    verification_id, _ = service.sent()
    reports = [
        service.report(verification_id, success=n % 3 == 0, err_code=f"C{n}") for n in range(20)
    ]
    answers = at_once([lambda r=r: service.receipt([r, *reports]) for r in reports])
    assert {answer.status for answer in answers} == {200}
    assert service.state(verification_id).json["state"] == "delivered"
    (row,) = service.rows("messages")
    assert sum(name.startswith("report_") for name in row) == len(reports)


def sent(service: Service, many: int) -> list[tuple[str, str]]:
    """Put messages into the store as a send leaves them, much quicker; return ids and numbers."""
    client, prefix = wiring.store_client()
    chance = random.Random(7)
    found, writes = [], []
    for count in range(many):
        number = PhoneNumber(f"+86138{count:08d}", "CN", 86)
        verification_id = f"{chance.getrandbits(128):032x}"[:22]
        found.append((verification_id, number.e164[3:]))
        key = [("verification_id", verification_id)]
        row = {
            "phone": number.key(NUMBER_SECRET),
            "masked": number.masked,
            "issued_at": int(time.time()),
            "outcome": "accepted",
        }
        writes.append(batch.put(tables.MESSAGES.name(prefix), key, row))
        writes.append(batch.put(tables.PENDING.name(prefix), key, {"number": number.e164}))
    for start in range(0, len(writes), 200):
        results = batch.write(client, writes[start : start + 200], deadline=PASSES)
        assert {result.value for result in results} == {"applied"}
    return found


def test_200_reports_take_two_requests_of_the_store(service: Service) -> None:
    messages = sent(service, 190)
    entries: list[Any] = [service.report(*message) for message in messages]
    entries += [service.report(f"{n:022d}") for n in range(5)]
    entries += [{"poison": n} for n in range(5)]
    random.Random(3).shuffle(entries)
    before = service.cloud.calls("tablestore")["BatchWriteRow"]
    assert service.receipt(entries).status == 200
    assert service.cloud.calls("tablestore")["BatchWriteRow"] - before == 2


def test_10000_entries_are_acknowledged_in_time_or_refused_whole(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    messages = sent(service, 2_000)
    entries = [
        service.report(*message, success=n % 2 == 0, err_code=f"E{n}")
        for n in range(5)
        for message in messages
    ]
    random.Random(1).shuffle(entries)
    assert len(entries) == 10_000
    started = time.monotonic()
    answer = service.receipt(entries)
    assert time.monotonic() - started < SECONDS
    assert answer.status in (200, 503)
    if answer.status == 200:
        assert service.rows("pending") == []
        assert sum(name.startswith("report_") for r in service.rows("messages") for name in r) == (
            10_000
        )


@pytest.mark.parametrize(
    "event", [b"", b"null", b"[]", b'{"httpMethod": "POST"}', b'{"httpMethod":"POST","path":7}']
)
def test_an_event_that_makes_no_sense_is_refused(service: Service, event: bytes) -> None:
    assert receipts.handler(event, context("receipts", {}))["statusCode"] in (404, 405)


def test_many_long_reports_on_few_messages_fit_the_requests_of_the_store(service: Service) -> None:
    messages = sent(service, 30)
    entries = [
        service.report(*message, err_msg="运" * 195 + str(number))
        for message in messages
        for number in range(1000, 1190)
    ]
    body = json.dumps(entries, ensure_ascii=False).encode()
    assert service.receipt(body).status == 200
    kept = [name for r in service.rows("messages") for name in r if name.startswith("report_")]
    assert len(kept) == len(entries)
