"""What operations cost is measured, and the pages say what was measured."""

from __future__ import annotations

import os
import subprocess

import pytest
import tablestore.protobuf.table_store_pb2 as pb

from scripts.costing import prices
from scripts.costing.bench import Bench, Spent, bench
from scripts.costing.bill import GB, Line, Size, idle_month, size, verifications
from scripts.costing.measured import Measured
from scripts.costing.units import Units, consumed
from tests.service import ROOT

pytestmark = pytest.mark.once


def of(read: int, write: int, *, answered: int = 0, logged: int = 0) -> Spent:
    return Spent(1, Units(read, write), answered, logged, 1.0)


MEASURED = Measured(
    {
        "send_accepted": of(10, 5, answered=101, logged=100),
        "verify_accepted": of(3, 2),
        "report": of(1, 1),
        "maintain_idle": of(4, 1),
    },
    701,
)


def lines(found: list[Line]) -> dict[str, float]:
    return {line.what: line.yuan for line in found}


def sending(at: Bench, **more: str) -> Units:
    """What a send spends that is not the first one."""
    at.send()
    body = {"phone": at.phone(), "scene": "sign_in", **more}
    return at.spent(lambda: at.ask("/send-code", body)).units


def test_the_pages_say_what_is_measured() -> None:
    ended = subprocess.run(
        [str(ROOT / "scripts" / "cost"), "--check"],
        env={**os.environ, "LIMIT_IP": "1/1d"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_every_row_of_a_batch_counts_and_a_refused_condition_is_a_read_and_a_write() -> None:
    answer = pb.BatchWriteRowResponse()
    rows = answer.tables.add(table_name="t").rows
    for read, write in ((1, 2), (0, 1)):
        unit = rows.add(is_ok=True).consumed.capacity_unit
        unit.read, unit.write = read, write
    rows.add(is_ok=False).error.code = "OTSConditionCheckFail"
    rows.add(is_ok=False).error.code = "OTSServerBusy"
    found = consumed("BatchWriteRow", 200, answer.SerializeToString())
    assert found == Units(1 + 1, 2 + 1 + 1)


@pytest.mark.parametrize(
    ("code", "units"), [("OTSConditionCheckFail", Units(1, 1)), ("OTSServerBusy", Units())]
)
def test_of_requests_that_fail_only_those_with_a_condition_cost(code: str, units: Units) -> None:
    assert consumed("UpdateRow", 403, pb.Error(code=code).SerializeToString()) == units


def test_a_bill_is_what_was_measured_times_how_often_times_its_price() -> None:
    found = lines(list(verifications(MEASURED, count=1_000_000)))
    assert found["sms"] == pytest.approx(45_000)
    assert found["pnvs"] == pytest.approx(40_000)
    assert found["reads"] == pytest.approx(14 * 1_000_000 * 0.01 / 10_000)
    assert found["writes"] == pytest.approx(8 * 1_000_000 * 0.02 / 10_000)
    assert found["stored"] == pytest.approx(800e6 / GB * 40 * 24 * 0.0014)
    assert found["outbound"] == pytest.approx(200e6 / GB * 0.8)
    assert found["logged"] == pytest.approx(100e6 / GB * 0.4)


def test_a_call_costs_by_itself_and_by_the_second() -> None:
    assert Size(0.35, 0.5).units(0.5) == pytest.approx(0.0075 + 0.5 * (0.35 + 0.075))
    assert size() == Size(0.35, 0.5)


def test_the_timer_runs_every_minute_whether_anybody_signs_in_or_not() -> None:
    found = lines(list(idle_month(MEASURED)))
    assert found["reads"] == pytest.approx(43_200 * 4 * 0.01 / 10_000)


@pytest.mark.parametrize(
    ("count", "yuan"), [(100_000, 0.042), (100_001, 0.040), (10_000_001, 0.036)]
)
def test_a_months_volume_has_its_tier(count: int, yuan: float) -> None:
    assert prices.PNVS.price(count).yuan == yuan


@pytest.mark.parametrize(
    ("settings", "more", "units"),
    [
        ({"LIMIT_TOTAL": "5000/1d,9000/1mo"}, {}, Units(2, 1)),
        ({}, {"device_id": "a device"}, Units(2, 1)),
        ({"CAPTCHA": "turnstile", "CAPTCHA_SCENES": "sign_in"}, {"captcha": "a"}, Units(2, 1)),
        ({"SMS_PROVIDERS": "dysms,dypns"}, {}, Units(2, 0)),
        ({"SEQUENCE_GUARD": "off"}, {}, Units(-2, -1)),
    ],
)
def test_what_more_settings_cost_is_as_the_page_says(
    settings: dict[str, str], more: dict[str, str], units: Units
) -> None:
    if "CAPTCHA" in settings:
        settings = {**settings, "TURNSTILE_SECRET": "local-turnstile-secret"}
    with bench({}) as at:
        plain = sending(at)
        os.environ.update(settings)
        if "CAPTCHA" in settings:
            os.environ["TURNSTILE_ENDPOINT"] = at.cloud.openapi
            body = {"phone": at.phone(), "scene": "sign_in", "captcha": "b"}
            found = at.spent(lambda: at.ask("/send-code", body)).units
        else:
            found = sending(at, **more)
    assert found == plain + units


def test_measuring_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMIT_IP", "7/1d")
    before = dict(os.environ)
    with bench({}):
        assert "LIMIT_IP" not in os.environ
    assert dict(os.environ) == before
