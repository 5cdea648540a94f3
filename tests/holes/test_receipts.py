"""Reports that come after a code's end, or again (hole: forged, replayed and late receipts)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.service import RECEIPT_SECRET, Service, wrong

Setting = Callable[..., None]
At = Callable[[float], None]


def kept(service: Service) -> list[dict[str, Any]]:
    """Return what is known of the messages beside their reports."""
    return [
        {name: value for name, value in row.items() if not name.startswith("report_")}
        for row in service.rows("messages")
    ]


@pytest.mark.parametrize("end", ["spent", "used_up", "replaced", "expired", "refused"])
@pytest.mark.parametrize("kind", ["sms-report", "pnvs-report"])
def test_no_late_report_brings_a_dead_code_back(
    service: Service, setting: Setting, at: At, end: str, kind: str
) -> None:
    setting(LIMIT_PHONE="10/60s")
    at(0)
    if end == "refused":
        service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
        service.send()
        (row,) = service.rows("messages")
        dead, code = row["verification_id"], "123456"
    else:
        dead, code = service.sent()
    if end == "spent":
        assert service.verify(dead, code).status == 200
    elif end == "used_up":
        for _ in range(3):
            service.verify(dead, wrong(code))
    elif end == "replaced":
        service.sent(replaces=dead)
    elif end == "expired":
        at(301)
    before = kept(service)
    for success, reason in ((True, "DELIVERED"), (False, "MK:0001"), (False, "EXPIRED")):
        report = service.report(dead, success=success, err_code=reason)
        assert service.receipt([report, {**report, "state": "live", "left": 3}], kind=kind).status
        assert service.verify(dead, code).code == "code_rejected"
    assert kept(service) == before


def test_a_replayed_report_changes_nothing_at_all(service: Service) -> None:
    verification_id, _ = service.sent()
    early = service.report(verification_id, success=False, err_code="EXPIRED")
    last = service.report(verification_id)
    for report in (early, last):
        assert service.receipt([report]).status == 200
    tables = ("messages", "pending", "receipts", "health", "lists", "phones")
    before = [service.rows(table) for table in tables]
    for report in (early, last, early):
        assert service.receipt([report] * 3).status == 200
    assert [service.rows(table) for table in tables] == before
    assert service.state(verification_id).json["state"] == "delivered"


@pytest.mark.parametrize("spelling", [str.lower, str.upper, str.swapcase, lambda s: s + "%20"])
def test_no_spelling_of_the_secret_opens_the_door(
    service: Service, spelling: Callable[[str], str]
) -> None:
    verification_id, _ = service.sent()
    encoded = "".join(f"%{ord(char):02X}" for char in RECEIPT_SECRET)
    for secret in (spelling(RECEIPT_SECRET), encoded, f"../{RECEIPT_SECRET}x"):
        answer = service.receipt([service.report(verification_id)], secret=secret)
        assert answer.status == 404
    assert service.state(verification_id).json["state"] == "accepted"
