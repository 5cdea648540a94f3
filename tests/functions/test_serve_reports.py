"""scripts/serve: the carriers' reports reach the real doors."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.functions.test_scripts import Front, serving
from tests.service import PHONE


def until(look: Callable[[], Any], wanted: Any) -> Any:
    last = time.monotonic() + 20
    while (found := look()) != wanted and time.monotonic() < last:
        time.sleep(0.1)
    return found


def sent(front: Front, phone: str = PHONE) -> str:
    status, answer = front.request("/send-code", {"phone": phone, "scene": "sign_in"})
    assert status == 200, answer
    return str(answer["verification_id"])


def state(front: Front, verification_id: str) -> str:
    return str(front.request(f"/messages/{verification_id}")[1]["state"])


@pytest.mark.parametrize("gateway", ["http", "apigw"])
def test_a_message_is_reported_delivered_through_the_door(tmp_path: Path, gateway: str) -> None:
    with serving(tmp_path, "--gateway", gateway) as front:
        verification_id = sent(front)
        assert state(front, verification_id) == "accepted"
        assert until(lambda: state(front, verification_id), "delivered") == "delivered"


def test_without_reports_of_its_own_the_carrier_reports_when_asked(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-reports") as front:
        verification_id = sent(front)
        time.sleep(1.5)
        assert state(front, verification_id) == "accepted"
        _, (message,) = front.request("/_local/outbox")
        wish = {"biz_id": message["biz_id"], "success": False, "err_code": "MOBILE_IN_BLACK"}
        assert front.request("/_local/report", wish)[0] == 200
        assert until(lambda: state(front, verification_id), "failed") == "failed"


def test_secrets_of_the_callers_own_are_used(tmp_path: Path) -> None:
    secrets = {"RECEIPT_SECRETS": "n" * 20 + "," + "o" * 20}
    with serving(tmp_path, **secrets) as front:
        verification_id = sent(front)
        assert until(lambda: state(front, verification_id), "delivered") == "delivered"
        assert front.request("/receipts/sms-report/" + "o" * 20, [])[0] == 200
        assert front.request("/receipts/sms-report/" + "x" * 20, [])[0] == 404


def test_reports_in_the_queue_are_pulled_by_the_timer(tmp_path: Path) -> None:
    with serving(tmp_path, "--reports-to", "queue", "--timer-seconds", "0.5") as front:
        verification_id = sent(front)
        assert until(lambda: state(front, verification_id), "delivered") == "delivered"
        assert until(lambda: front.request("/_local/queues")[1], {}) == {}
