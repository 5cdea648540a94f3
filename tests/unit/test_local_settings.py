"""What scripts/serve gives the doors to run with."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.local_cloud.local_settings import environment

ADDRESSES = {
    name: f"http://127.0.0.1:{port}"
    for port, name in enumerate(("tablestore", "openapi", "mns", "dypns"), 9001)
}


def given(**changes: Any) -> dict[str, str]:
    return environment(
        ADDRESSES, **{"front": "http", "reports_to": "push", "captcha": None, **changes}
    )


def test_every_product_is_asked_where_its_stand_in_listens() -> None:
    found = given()
    assert found["DYSMS_ENDPOINT"] == found["STS_ENDPOINT"] == ADDRESSES["openapi"]
    assert found["PNVS_ENDPOINT"] == ADDRESSES["dypns"]
    assert found["MNS_ENDPOINT"] == ADDRESSES["mns"]


@pytest.mark.parametrize(
    "name",
    ["SMS_PROVIDERS", "PNVS_ENDPOINT", "STS_ENDPOINT", "ALIBABA_CLOUD_ROLE_ARN", "LIMIT_IP"],
)
def test_what_the_caller_sets_comes_first(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "the caller's")
    assert given()[name] == "the caller's"


def test_what_is_no_setting_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING_ELSE", "the caller's")
    assert "SOMETHING_ELSE" not in given()


def test_reports_in_queues_are_pulled_by_the_doors() -> None:
    assert "RECEIPT_QUEUES" not in given()
    assert "pnvs-report" in given(reports_to="both")["RECEIPT_QUEUES"]
