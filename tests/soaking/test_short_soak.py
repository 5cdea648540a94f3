"""A short soak: half a minute of people and failures, and every rule holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.soaking.__main__ import main

STAND_INS = ("tablestore", "openapi", "mns", "dypns")


@pytest.mark.once
def test_every_rule_holds_while_everything_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, report = tmp_path / "figures.json", tmp_path / "soak.svg"
    options = f"--minutes 0.5 --users 16 --seed 11 --json {figures} --report {report}"
    assert main([*options.split(), "--keep", str(tmp_path / "kept")]) == 0, capsys.readouterr().out
    found = json.loads(figures.read_text("utf-8"))
    assert found["broken"] == {}
    # Far below what a busy machine comes to: that much happened at all.
    assert found["messages"] > 20
    assert found["answers"]["verify-code"]["verified"] > 5
    assert sum(found["faults"].values()) > 10
    assert all(found["outages"].get(name, 0) >= 1 for name in STAND_INS)
    assert found["outages"]["all of them (kill -9)"] >= 1
    assert sum(n for name, n in found["outages"].items() if name.startswith("functions")) >= 2
    assert report.read_text("utf-8").startswith("<svg")


@pytest.mark.once
def test_where_nothing_fails_every_refused_send_is_given_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    options = f"--calm --minutes 0.2 --users 12 --seed 5 --json {figures}"
    assert main(options.split()) == 0, capsys.readouterr().out
    found = json.loads(figures.read_text("utf-8"))
    assert found["above"] == 0
    assert found["answers"]["send-code"]["rate_limited"] > 0
    refusals = {"rate_limited", "captcha_required", "captcha_failed"}
    known = {"accepted", "unconfirmed", *refusals}  # a second click may come before the answer
    assert set(found["answers"]["send-code"]) <= known


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").touch()
    assert main(["--keep", str(tmp_path)]) == 1
    assert "not empty" in capsys.readouterr().err


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "kill -9" in capsys.readouterr().out
