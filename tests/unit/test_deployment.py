"""s.yaml names handlers that exist, settings that exist, and time-outs that fit."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml

from shared.settings import NAMES
from tests.service import ROOT

S_YAML = yaml.safe_load((ROOT / "s.yaml").read_text("utf-8"))
FUNCTIONS = {name: resource["props"] for name, resource in S_YAML["resources"].items()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_door_that_answers_before_its_time_out(name: str) -> None:
    module, _, function = FUNCTIONS[name]["handler"].partition(".")
    door: Any = importlib.import_module(f"functions.{module}")
    assert callable(getattr(door, function))
    assert FUNCTIONS[name]["timeout"] > door.DEADLINE_SECONDS


def test_every_door_is_a_function() -> None:
    doors = {file.stem for file in (ROOT / "functions").glob("*.py")} - {"__init__"}
    assert doors == {props["handler"].partition(".")[0] for props in FUNCTIONS.values()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_variable_is_a_setting(name: str) -> None:
    assert set(FUNCTIONS[name]["environmentVariables"]) <= {*NAMES, "PYTHONPATH"}


def test_every_setting_reaches_the_functions_that_need_it() -> None:
    alerts = {"WARN_PERCENT", "ALERT_WEBHOOK", "ALERT_FORMAT", "ALERT_WEBHOOK_SECRET"}
    for name, props in FUNCTIONS.items():
        needed = set(NAMES) if name == "maintain" else set(NAMES) - alerts
        assert needed <= set(props["environmentVariables"]), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_trigger_is_open_by_accident(name: str) -> None:
    for trigger in FUNCTIONS[name]["triggers"]:
        if trigger["triggerType"] == "http":
            assert trigger["triggerConfig"]["authType"] != "anonymous"


def test_the_timer_maintains_every_minute() -> None:
    (trigger,) = FUNCTIONS["maintain"]["triggers"]
    assert trigger["triggerType"] == "timer"
    assert trigger["triggerConfig"] == {"cronExpression": "@every 1m", "enable": True}


def test_all_functions_share_one_bundle() -> None:
    assert len({props["code"] for props in FUNCTIONS.values()}) == 1
