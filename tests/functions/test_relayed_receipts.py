"""The door receipts_mns: reports that an account relays through MNS topics or EventBridge."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from functions import receipts_mns
from scripts.local_cloud.events import context
from shared.timer import NotDone
from tests.service import PHONE, Service

Wrap = Callable[[dict[str, Any]], bytes]


def stream(report: dict[str, Any]) -> bytes:
    return json.dumps(report, ensure_ascii=False).encode()


def stream_with_attributes(report: dict[str, Any]) -> bytes:
    attributes = {"Extend": '{"key": "value"}'}
    return json.dumps({"body": json.dumps(report), "attrs": attributes}).encode()


def topic_json(report: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "TopicOwner": "1000000000000001",
            "Message": json.dumps(report),
            "Subscriber": "1000000000000001",
            "PublishTime": 1_763_700_000_000,
            "SubscriptionName": "to-fc",
            "MessageMD5": "0" * 32,
            "TopicName": "reports",
            "MessageId": "1",
        }
    ).encode()


def _data(body: str) -> dict[str, Any]:
    return {"requestId": "r", "messageId": "m", "messageBody": body}


def _cloud_event(body: str) -> dict[str, Any]:
    return {
        "id": "1",
        "source": "MNS-Function-receipts",
        "specversion": "1.0",
        "type": "mns:Queue:SendMessage",
        "subject": "acs:mns:cn-hangzhou:1000000000000001:queues/reports",
        "data": _data(body),
    }


def event_bridge(report: dict[str, Any]) -> bytes:
    return json.dumps([_cloud_event(json.dumps(report))]).encode()


def event_bridge_in_base64(report: dict[str, Any]) -> bytes:
    body = base64.b64encode(json.dumps(report).encode()).decode()
    return json.dumps([_cloud_event(body)]).encode()


def event_bridge_single(report: dict[str, Any]) -> bytes:
    return json.dumps(_cloud_event(json.dumps(report))).encode()


def raw_data(report: dict[str, Any]) -> bytes:
    return json.dumps([_data(json.dumps(report))]).encode()


FORMS: list[Wrap] = [
    stream,
    stream_with_attributes,
    topic_json,
    event_bridge,
    event_bridge_in_base64,
    event_bridge_single,
    raw_data,
]


def relay(event: bytes) -> dict[str, Any]:
    found: dict[str, Any] = receipts_mns.handler(event, context("receipts_mns", {}))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_stored_in_whatever_it_is_wrapped(service: Service, form: Wrap) -> None:
    verification_id, _ = service.sent()
    assert relay(form(service.report(verification_id))) == {"outcome": "ok", "relayed": 1}
    assert service.state(verification_id).json["state"] == "delivered"
    assert service.cloud.calls("dybase") == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_reply_is_told_from_a_report(service: Service, form: Wrap) -> None:
    reply = {"phone_number": PHONE, "content": "退订", "send_time": "2026-11-21 17:00:00"}
    assert relay(form(reply))["relayed"] == 1
    assert service.send().code == "phone_blocked"


@pytest.mark.parametrize(
    "review",
    [
        {"sign_name": "本地测试", "sign_status": "rejected", "orderId": 7},
        {"template_code": "SMS_100001", "template_status": "approved", "order_id": 7},
    ],
)
def test_reviews_are_told_from_reports(service: Service, review: dict[str, Any]) -> None:
    relay(stream(review))
    (row,) = service.rows("receipts")
    assert row["receipt"].split("/")[0] in ("sign", "template")


def test_several_events_at_once_are_all_stored(service: Service) -> None:
    sent = [service.sent(f"1380013800{number}")[0] for number in range(3)]
    events = [
        _cloud_event(json.dumps(service.report(one, f"1380013800{number}")))
        for number, one in enumerate(sent)
    ]
    assert relay(json.dumps(events).encode())["relayed"] == 3
    assert service.rows("pending") == []


@pytest.mark.parametrize("event", [b"anything", b"\xff\xfe", b"7", b'{"hello": "world"}', b""])
def test_what_nobody_understands_is_set_aside(service: Service, event: bytes) -> None:
    assert relay(event)["outcome"] == "ok"
    (row,) = service.rows("receipts")
    assert row["receipt"].startswith("poison/")


def test_an_event_whose_reports_are_not_stored_is_wanted_again(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    verification_id, _ = service.sent()
    capsys.readouterr()
    event = topic_json(service.report(verification_id))
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSServerBusy", -1)
    with pytest.raises(NotDone, match=r"^storage_unavailable$"):
        relay(event)
    assert PHONE not in capsys.readouterr().out
    service.cloud.control("faults", {"clear": True})
    assert relay(event)["outcome"] == "ok"
    assert service.state(verification_id).json["state"] == "delivered"


def test_the_same_event_twice_changes_nothing(service: Service) -> None:
    verification_id, _ = service.sent()
    event = topic_json(service.report(verification_id))
    relay(event)
    before = service.rows("messages")
    relay(event)
    assert service.rows("messages") == before
