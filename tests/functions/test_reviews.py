"""Review results of sign names and templates, and the alert for a rejected one in use."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from functions import maintain
from scripts.local_cloud.events import context, timer_event
from shared import wiring
from shared.domain.alerts import daily_budget
from shared.domain.reviews import Review, latest
from shared.storage.alerts import TablestoreAlerts
from tests.fakes import PASSES
from tests.service import Service

Setting = Callable[..., None]
SIGN, TEMPLATE = "本地测试", "SMS_100001"


def sign(status: str = "rejected", **fields: Any) -> dict[str, Any]:
    return {
        "sign_name": SIGN,
        "sign_status": status,
        "reason": "与资质不符",
        "orderId": "20001",
        "create_date": "2026-11-21 17:00:00",
        **fields,
    }


def template(status: str = "rejected", **fields: Any) -> dict[str, Any]:
    return {
        "template_code": TEMPLATE,
        "template_name": "登录",
        "template_status": status,
        "reason": "变量属性不符",
        "order_id": "30001",
        "create_date": "2026-11-21 17:00:00",
        **fields,
    }


def push(service: Service, kind: str, entry: dict[str, Any]) -> None:
    assert service.receipt([entry], kind=kind).status == 200


def stored(service: Service, key: str) -> Review | None:
    (row,) = (row for row in service.rows("receipts") if row["receipt"] == key)
    found = [Review.from_json(row[name]) for name in row if name.startswith("review_")]
    return latest(found)


def run() -> dict[str, Any]:
    return maintain.handler(timer_event("every-minute"), context("maintain", {}))


@pytest.mark.parametrize(
    ("kind", "entry", "key"),
    [
        ("sign-report", sign("approved"), f"sign/{SIGN}"),
        ("sign-report", sign("approved", sign_name=f"【{SIGN}】"), f"sign/{SIGN}"),
        ("template-report", template("approving"), f"template/{TEMPLATE}"),
    ],
)
def test_a_result_is_kept_by_sign_or_template(
    service: Service, kind: str, entry: dict[str, Any], key: str
) -> None:
    for _ in range(2):
        push(service, kind, entry)
    found = stored(service, key)
    assert found is not None
    assert found.status in ("approved", "approving")
    assert service.rows("alerts") == []


def test_the_order_of_results_does_not_matter() -> None:
    results = [
        Review("sign", SIGN, "approving", created_at=1),
        Review("sign", SIGN, "rejected", created_at=1),
        Review("sign", SIGN, "approved", created_at=2),
        Review("sign", SIGN, "approving", created_at=2),
    ]
    for order in itertools.permutations(results):
        assert latest(order) == results[2]


@pytest.mark.parametrize(
    ("kind", "entry", "name"),
    [("sign-report", sign(), SIGN), ("template-report", template(), TEMPLATE)],
)
def test_a_rejected_one_in_use_is_told_once_by_the_timer(
    service: Service, setting: Setting, kind: str, entry: dict[str, Any], name: str
) -> None:
    setting(ALERT_WEBHOOK=f"{service.cloud.openapi}/_local/webhook", ALERT_FORMAT="json")
    for _ in range(2):
        push(service, kind, entry)
    assert run()["sent"] == 1
    push(service, kind, entry)
    assert run()["sent"] == 0
    (told,) = service.cloud.control("webhook")
    body = told["body"] if isinstance(told["body"], dict) else json.loads(told["body"])
    assert (body["kind"], body["who"]) == ("rejected", name)
    assert name in body["text"]["zh"]
    assert entry["reason"] in body["text"]["en"]


def test_without_a_webhook_the_log_tells(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    push(service, "sign-report", sign())
    assert run()["logged"] == 1
    written = capfd.readouterr().out
    assert '"kind": "rejected"' in written
    assert SIGN in written


def test_a_second_rejection_is_told_again(service: Service) -> None:
    push(service, "sign-report", sign())
    assert run()["logged"] == 1
    push(service, "sign-report", sign(orderId="20002", create_date="2026-11-22 17:00:00"))
    assert run()["logged"] == 1


@pytest.mark.parametrize(
    ("kind", "entry", "settings"),
    [
        (
            "template-report",
            template(template_code="SMS_154950909"),
            {"DYSMS_TEMPLATES": "SMS_154950909"},
        ),
        ("sign-report", sign(sign_name="小米（中国）"), {"DYSMS_SIGN_NAME": "小米（中国）"}),
    ],
)
def test_a_name_in_use_is_known_whatever_digits_and_widths_it_has(
    service: Service, setting: Setting, kind: str, entry: dict[str, Any], settings: dict[str, str]
) -> None:
    setting(**settings)
    push(service, kind, entry)
    assert run()["logged"] == 1


def test_a_rejection_is_told_however_many_caps_were_told_that_day(
    service: Service, setting: Setting
) -> None:
    """Caps are filled by whoever sends, so they must not use up what a rejection needs."""
    setting(ALERT_WEBHOOK=f"{service.cloud.openapi}/_local/webhook", ALERT_FORMAT="json")
    client, prefix = wiring.store_client()
    store, budget = TablestoreAlerts(client, prefix), daily_budget(now=time.time())
    while store.spend(budget, deadline=PASSES):
        pass
    push(service, "sign-report", sign())
    assert run()["sent"] == 1


def test_templates_with_long_codes_are_told_apart(service: Service) -> None:
    for code in ("SMS_154950909", "SMS_151111909"):
        push(service, "template-report", template("approved", template_code=code))
    kept = {row["receipt"] for row in service.rows("receipts")}
    assert kept == {"template/SMS_154950909", "template/SMS_151111909"}


def test_a_rejected_one_that_nobody_uses_is_only_kept(service: Service) -> None:
    push(service, "sign-report", sign(sign_name="别的签名"))
    push(service, "template-report", template(template_code="SMS_9"))
    assert service.rows("alerts") == []
    assert len(service.rows("receipts")) == 2


@pytest.mark.parametrize("step", [0, 1])
def test_an_alert_that_cannot_be_kept_is_not_acknowledged(service: Service, step: int) -> None:
    for _ in range(step):
        service.cloud.fault("tablestore", "BatchWriteRow", "delay:0")
    service.cloud.fault("tablestore", "BatchWriteRow", "drop", -1)
    assert service.receipt([sign()], kind="sign-report").status == 503
    service.cloud.control("faults", {"clear": True})
    push(service, "sign-report", sign())
    assert run()["logged"] == 1


def test_a_status_that_nobody_knows_is_set_aside(service: Service) -> None:
    push(service, "sign-report", sign("lost"))
    (row,) = service.rows("receipts")
    assert row["receipt"].startswith("poison/")
