"""Delivery reports, from Aliyun's push to the state that an app is told (I6, I7)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from tablestore import Row

from shared import receipt_wiring, wiring
from shared.use_cases.store_reports import stray_hash
from tests.service import NUMBER_SECRET, PHONE, RECEIPT_SECRET, Service

Setting = Callable[..., None]
OTHER = "13912345678"
RECEIVED = {"code": 0, "msg": "接收成功"}
FOREIGN = "AAAAAAAAAAAAAAAAAAAAAA"


def strays(service: Service) -> list[dict[str, Any]]:
    return [row for row in service.rows("receipts") if row["receipt"].startswith("stray/")]


def poison(service: Service) -> list[dict[str, Any]]:
    return [row for row in service.rows("receipts") if row["receipt"].startswith("poison/")]


@pytest.mark.parametrize("kind", ["sms-report", "pnvs-report"])
@pytest.mark.parametrize("gateway", ["http", "apigw"])
def test_a_report_ends_in_the_state_of_its_message(
    service: Service, kind: str, gateway: str
) -> None:
    verification_id, _ = service.sent()
    service.gateway = gateway
    answer = service.receipt([service.report(verification_id)], kind=kind)
    assert (answer.status, answer.json) == (200, RECEIVED)
    assert service.state(verification_id).json["state"] == "delivered"


def test_a_report_takes_the_plain_number_with_it(service: Service) -> None:
    verification_id, _ = service.sent()
    assert [row["number"] for row in service.rows("pending")] == [f"+86{PHONE}"]
    service.receipt([service.report(verification_id)])
    assert service.rows("pending") == []


def test_a_report_leaves_the_code_as_it_is(service: Service) -> None:
    sent = service.sent()
    service.receipt([service.report(sent[0], success=False, err_code="MK:0001")])
    assert service.verify(*sent).status == 200


def test_states_never_go_back_and_repeats_change_nothing(service: Service) -> None:
    verification_id, _ = service.sent()
    reports = [
        service.report(verification_id, success=False, err_code="EXPIRED"),
        service.report(verification_id, success=False, err_code="MK:0001"),
        service.report(verification_id),
        service.report(verification_id, report_time="2026-11-21 17:00:05"),
    ]
    random.Random(5).shuffle(reports)
    for report in [*reports, *reports]:
        assert service.receipt([report]).status == 200
    found = service.state(verification_id).json
    assert (found["state"], found["reported_at"]) == ("delivered", "2026-11-21T17:00:00+08:00")
    (row,) = service.rows("messages")
    assert sum(name.startswith("report_") for name in row) == len(reports)


def test_repeats_within_one_request_are_folded(service: Service) -> None:
    verification_id, _ = service.sent()
    assert service.receipt([service.report(verification_id)] * 500).status == 200
    assert service.cloud.calls("tablestore")["BatchWriteRow"] == 2 + 2
    assert service.state(verification_id).json["state"] == "delivered"


@pytest.mark.parametrize(
    ("fields", "phone"),
    [
        ({"out_id": FOREIGN}, PHONE),
        ({"out_id": ""}, PHONE),
        ({"out_id": f"order-{OTHER}"}, PHONE),
        ({}, OTHER),
    ],
    ids=["unknown_id", "no_id", "id_of_another_system", "other_number"],
)
def test_a_report_on_no_message_of_ours_is_kept_apart(
    service: Service, fields: dict[str, str], phone: str
) -> None:
    verification_id, _ = service.sent()
    before = service.rows("messages")
    report = service.report(verification_id, phone, **fields)
    for _ in range(2):
        assert service.receipt([report]).json == RECEIVED
    assert service.rows("messages") == before
    assert len(service.rows("pending")) == 1
    assert service.state(verification_id).json["state"] == "accepted"
    assert service.state(FOREIGN).status == 404
    (row,) = strays(service)
    assert row["masked"] == f"+86{phone[:3]}****{phone[-4:]}"
    assert PHONE not in json.dumps(row)
    assert OTHER not in json.dumps(row)


def test_a_stray_report_is_found_when_its_message_turns_up(service: Service) -> None:
    verification_id, _ = service.sent()
    client, prefix = wiring.store_client()
    key = [("verification_id", verification_id)]
    _, kept, _ = client.get_row(f"{prefix}messages", key)

    client.delete_row(f"{prefix}messages", Row(key))
    service.receipt([service.report(verification_id)])
    assert service.state(verification_id).status == 404
    client.put_row(f"{prefix}messages", Row(key, [cell[:2] for cell in kept.attribute_columns]))
    assert service.state(verification_id).json["state"] == "delivered"
    assert stray_hash(verification_id, "", secret=NUMBER_SECRET) in strays(service)[0]["receipt"]

    late = service.report(verification_id, success=False, err_code="EXPIRED")
    assert service.receipt([late]).status == 200
    assert service.state(verification_id).json["state"] == "delivered"


def test_a_masked_number_is_no_other_number(service: Service) -> None:
    verification_id, _ = service.sent()
    service.receipt([service.report(verification_id, "1381111****")])
    assert service.state(verification_id).json["state"] == "delivered"


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        [PHONE],
        {},
        {"phone_number": PHONE, "success": "perhaps", "out_id": "x"},
        {"phone_number": PHONE, "success": True, "out_id": {"deep": [PHONE]}},
        {"\ud800": "\udfff", "number": f"+86 138-0013-8000 {PHONE}"},
        {"big": 10**400},
    ],
    ids=repr,
)
def test_a_poison_entry_is_set_aside_and_blocks_nobody(service: Service, bad: Any) -> None:
    verification_id, _ = service.sent()
    for _ in range(2):
        answer = service.receipt([bad, service.report(verification_id), bad])
        assert answer.json == RECEIVED
    assert service.state(verification_id).json["state"] == "delivered"
    (row,) = poison(service)
    assert row["kind"] == "sms-report"
    assert PHONE not in row["text"]
    assert "138-0013-8000" not in row["text"]


def test_poison_is_told_to_the_operator(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    service.receipt([{"phone_number": PHONE}])
    written = capfd.readouterr().out
    assert '"event": "receipts_set_aside"' in written
    assert PHONE not in written


@pytest.mark.parametrize("body", [b"", b"nonsense", b'"text"', b"7", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_json_is_not_acknowledged(service: Service, body: bytes) -> None:
    assert service.receipt(body).status == 400
    assert service.rows("receipts") == []


def test_one_object_counts_as_an_array_of_one(service: Service) -> None:
    verification_id, _ = service.sent()
    assert service.receipt(service.report(verification_id)).json == RECEIVED
    assert service.state(verification_id).json["state"] == "delivered"


def test_an_empty_array_is_received(service: Service) -> None:
    assert service.receipt([]).json == RECEIVED


@pytest.mark.parametrize(
    "path",
    [
        "/receipts/sms-report/wrong-secret-0123456789",
        f"/receipts/sms-report/{RECEIPT_SECRET}x",
        f"/receipts/sms-report/{RECEIPT_SECRET[:-1]}",
        "/receipts/sms-report/",
        "/receipts/sms-report",
        "/receipts",
        f"/receipts/nonsense/{RECEIPT_SECRET}",
        f"/receipts/{RECEIPT_SECRET}",
        f"/receipts/sms-report/{RECEIPT_SECRET}/more",
        "/receipts/sms-report/密",
    ],
)
def test_without_the_secret_there_is_nothing_here_and_nothing_is_touched(
    service: Service, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    verification_id, _ = service.sent()
    before = service.cloud.calls("tablestore")
    answer = service.post(path, [service.report(verification_id)])
    assert (answer.status, answer.code) == (404, "not_found")
    assert service.cloud.calls("tablestore") == before
    written = capfd.readouterr().out
    assert '"event": "receipts"' in written
    for part in ("wrong-secret", RECEIPT_SECRET[:-1], PHONE):
        assert part not in written + answer.text


def test_secrets_rotate(service: Service, setting: Setting) -> None:
    setting(RECEIPT_SECRETS="new-secret-0123456789,old-secret-0123456789")
    for secret, status in (("new", 200), ("old", 200), ("other", 404)):
        assert service.receipt([], secret=f"{secret}-secret-0123456789").status == status


@pytest.mark.parametrize("value", [None, "", "short", "has/slash/0123456789", ",,"])
def test_without_a_good_secret_set_every_receipt_is_refused_and_the_log_says_why(
    service: Service, setting: Setting, value: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    setting(RECEIPT_SECRETS=value)
    for secret in (value or "", RECEIPT_SECRET):
        assert service.receipt([], secret=secret).status == 404
    written = capfd.readouterr().out
    assert '"event": "receipts_off"' in written
    assert "set RECEIPT_SECRETS" in written
    assert not value or value not in written


def test_only_a_post_is_taken(service: Service) -> None:
    answer = service.receipt([], method="GET")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")


def test_a_setting_that_is_missing_is_named_and_aliyun_comes_again(
    service: Service, setting: Setting
) -> None:
    setting(NUMBER_SECRET=None)
    answer = service.receipt([{}])
    assert (answer.status, answer.code) == (500, "internal")
    assert "NUMBER_SECRET" in answer.text


def test_more_entries_or_bytes_than_fit_are_refused_whole(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification_id, _ = service.sent()
    report = service.report(verification_id)
    monkeypatch.setattr(receipt_wiring, "MOST_BYTES", 100_000)
    assert service.receipt([report] * 10_001).status == 413
    monkeypatch.setattr(receipt_wiring, "MOST_BYTES", 8_000_000)
    assert service.receipt([report] * 10_001).status == 413
    assert service.state(verification_id).json["state"] == "accepted"


def test_an_unknown_carrier_code_is_told_as_it_is(service: Service) -> None:
    verification_id, _ = service.sent()
    service.receipt([service.report(verification_id, success=False, err_code="MK:0099")])
    found = service.state(verification_id, headers={"Accept-Language": "en"}).json
    assert (found["state"], found["code"]) == ("failed", "MK:0099")
    assert "MK:0099" in found["reason"]
