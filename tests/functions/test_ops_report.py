"""scripts/ops report on what the real doors stored and wrote, and the week to try it on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from scripts.ops_cli.__main__ import main
from shared import wiring
from shared.domain.rates import BEIJING
from shared.storage import messages
from tests.service import PHONE, ROOT, Service

pytestmark = pytest.mark.once

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 21, 17, 0, 30, tzinfo=BEIJING).timestamp()


@pytest.fixture(autouse=True)
def _at_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "clock", lambda: NOW)


@pytest.fixture
def report(tmp_path: Path, capsys: Captured) -> Callable[..., str]:
    """Make a report and return its page, or what was complained."""

    def make(*arguments: str, fails: int = 0) -> str:
        capsys.readouterr()
        place = tmp_path / "report.html"
        assert main(["report", "--out", str(place), *arguments]) == fails
        said = capsys.readouterr()
        return said.err if fails else place.read_text("utf-8")

    return make


Report = Callable[..., str]


def test_what_the_doors_did_is_in_the_report(
    service: Service, report: Report, setting: Setting, capsys: Captured, tmp_path: Path
) -> None:
    verification_id, code = service.sent()
    service.receipt([service.report(verification_id)])
    assert service.verify(verification_id, code).status == 200
    late, _ = service.sent("18900189000")
    service.receipt(
        [service.report(late, "18900189000", success=False, err_code="MK:0013", sms_size="0")]
    )
    setting(LIMIT_TOTAL="2/1d")
    assert service.send("13700137000").code == "daily_cap_reached"
    log = tmp_path / "log.txt"
    log.write_text(re.sub(r'"time": "[^"]*"', f'"time": "{_iso(NOW)}"', capsys.readouterr().out))
    page = report("--days", "1", "--log", str(log), "--price", "0.5")
    assert "2 codes were sent by SMS. 50.0% arrived and 50.0% were entered" in page
    assert "¥0.50" in page
    assert "MK:0013" in page
    assert "1 were refused" in page
    assert "LIMIT_TOTAL stood at 2 of 2 (100%)" in page
    for secret in (PHONE, "18900189000", code, verification_id, service.address):
        assert secret not in page


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, BEIJING).isoformat(timespec="milliseconds")


def test_pages_of_the_store_are_followed_to_the_end(
    service: Service, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PAGE_ROWS", 2)
    for number in range(5):
        service.sent(f"1380013800{number}")
    assert "5 codes were sent" in report()


def test_only_the_days_that_were_asked_for_count(service: Service, report: Report) -> None:
    service.sent()
    assert "No code was sent" in report("--days", "3", "--until", "2026-11-20")
    assert "1 codes were sent" in report("--days", "3")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--log", "no-such-file"), "there is no file no-such-file"),
        (("--until", "20.11.2026"), "--until is written 2026-11-20"),
        (("--until", "2999-01-01"), "in the future"),
        (("--out", "no-such-folder/report.html"), "its folder has to exist"),
        (("--days", "41"), "--days has a wrong value"),
        (("--price", "free"), "--price has a wrong value"),
    ],
)
def test_what_cannot_be_done_is_said(
    service: Service, report: Report, arguments: tuple[str, ...], word: str
) -> None:
    assert word in report(*arguments, fails=2)


def test_logs_of_another_time_are_noticed(
    service: Service, capsys: Captured, tmp_path: Path
) -> None:
    log = tmp_path / "old.json"
    log.write_text('{"time": "2020-01-01T00:00:00+00:00", "event": "send_code", "status": 400}\n')
    assert main(["report", "--out", str(tmp_path / "r.html"), "--log", str(log)]) == 0
    assert "The logs hold no line of this time" in capsys.readouterr().err


def test_the_sample_week_shows_spike_outage_and_attack(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.report.sample", "--scale", "0.12"]
    subprocess.run([*command, "--out", str(tmp_path)], cwd=ROOT, check=True, timeout=300)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "A spike: " in page
    assert "An attack is suspected: from Sat 11-21 02:00" in page
    assert "No log was given" not in page
    assert len((tmp_path / "log.jsonl").read_text("utf-8").splitlines()) > 300
