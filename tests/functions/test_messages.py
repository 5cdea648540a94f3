"""GET /messages/{verification_id}: what the app tells somebody whose code did not arrive."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import pytest

from shared import wiring
from tests.service import Service

Setting = Callable[..., None]
FIELDS = {
    "verification_id",
    "state",
    "reason",
    "advice",
    "code",
    "provider",
    "template",
    "segments",
    "sent_at",
    "reported_at",
}


def test_a_message_is_accepted_until_its_report_comes(service: Service) -> None:
    verification_id, _ = service.sent()
    answer = service.state(verification_id)
    assert answer.status == 200
    assert set(answer.json) == FIELDS
    assert answer.json["state"] == "accepted"
    assert (answer.json["provider"], answer.json["template"]) == ("dysms", "SMS_100001")
    assert answer.json["reported_at"] is None
    assert answer.json["sent_at"].endswith("+08:00")


def test_every_answer_has_the_same_shape(service: Service) -> None:
    verification_id, _ = service.sent()
    service.receipt([service.report(verification_id)])
    answer = service.state(verification_id)
    assert set(answer.json) == FIELDS
    assert (answer.json["state"], answer.json["code"]) == ("delivered", "DELIVERED")
    assert answer.json["segments"] == 1
    assert answer.json["reported_at"] == "2026-11-21T17:00:00+08:00"


def test_a_failure_has_a_reason_and_an_advice_in_the_callers_language(service: Service) -> None:
    verification_id, _ = service.sent()
    service.receipt(
        [service.report(verification_id, success=False, err_code="MOBILE_NOT_ON_SERVICE")]
    )
    chinese = service.state(verification_id).json
    english = service.state(verification_id, headers={"Accept-Language": "en"}).json
    assert chinese["state"] == english["state"] == "failed"
    assert "停机" in chinese["reason"]
    assert "switched off" in english["reason"]
    assert "phone is on" in english["advice"]


def test_an_unconfirmed_message_says_so(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "drop_after")
    verification_id = service.send().json["verification_id"]
    assert service.state(verification_id).json["state"] == "unconfirmed"


def test_a_message_that_the_provider_refused_failed(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH")
    service.send()
    (row,) = service.rows("messages")
    found = service.state(row["verification_id"]).json
    assert (found["state"], found["code"]) == ("failed", "isv.AMOUNT_NOT_ENOUGH")


def test_without_a_report_a_message_becomes_unknown_and_a_late_report_still_counts(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification_id, _ = service.sent()
    monkeypatch.setattr(wiring, "clock", lambda: time.time() + 3 * 86_400 + 60)
    assert service.state(verification_id).json["state"] == "unknown"
    service.receipt([service.report(verification_id)])
    assert service.state(verification_id).json["state"] == "delivered"


@pytest.mark.parametrize(
    "verification_id", ["A" * 22, "", "..", "a/b", "é", "x" * 65, "a b", "%00", "messages"]
)
def test_an_id_that_nobody_was_given_is_not_found(service: Service, verification_id: str) -> None:
    answer = service.state(verification_id)
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_message_that_was_withdrawn_before_sending_is_not_found(service: Service) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "drop_after")
    assert service.send().status == 503
    for row in service.rows("messages"):
        assert service.state(row["verification_id"]).status == 404


def test_who_may_not_send_may_not_ask(service: Service, setting: Setting) -> None:
    verification_id, _ = service.sent()
    key = "k" * 32
    digest = hashlib.sha256(key.encode()).hexdigest()
    setting(ACCESS="api_key", API_KEYS=f'{{"shop": "{digest}"}}')
    assert service.state(verification_id).code == "unauthorized"
    assert service.state(verification_id, headers={"X-Api-Key": "x"}).code == "unauthorized"
    assert service.state(verification_id, headers={"X-Api-Key": key}).status == 200
    setting(ACCESS=None)
    assert service.state(verification_id).code == "unauthorized"


def test_another_method_is_refused(service: Service) -> None:
    answer = service.post("/messages/x", {}, method="POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, OPTIONS")


def test_a_store_that_is_down_says_so(service: Service, setting: Setting) -> None:
    setting(TABLESTORE_ENDPOINT="http://127.0.0.1:9")
    assert service.state("A" * 22).code == "storage_unavailable"


def test_a_browser_may_ask_where_cors_lets_it(service: Service, setting: Setting) -> None:
    setting(CORS_ORIGINS="https://app.example.com")
    answer = service.state("A" * 22, headers={"Origin": "https://app.example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
