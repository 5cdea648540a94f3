"""s.yaml, rendered by the Serverless Devs CLI, describes functions that FC takes and that exist."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
from typing import Any

import pytest
from pydantic_core import to_jsonable_python

from scripts.deployment import FIXED, RENAMED
from scripts.doctor_checks.settings import environment_bytes
from shared.queue_settings import NAMES as QUEUE_NAMES
from shared.queue_settings import read_queue_settings
from shared.receipt_settings import NAMES as RECEIPT_NAMES
from shared.receipt_settings import read_receipt_settings, receipt_secrets
from shared.settings import NAMES, read_settings
from tests.deploy.fc3 import ENVIRONMENT_BYTES, Function, complaints
from tests.deploy.fc3_schema import find, schema_complaints
from tests.deploy.samples import FULL, REQUIRED
from tests.deploy.serverless_devs import ROOT, Project

TEXT = (ROOT / "s.yaml").read_text("utf-8")
ASKED: dict[str, str] = dict(re.findall(r"env\('(\w+)'(, '[^']*')?\)", TEXT))
DEPLOY_ONLY = {
    "REGION",
    "STAGE",
    "RUNTIME",
    "FUNCTION_ROLE",
    "LOG_PROJECT",
    "LOG_STORE",
    "TRIGGER_AUTH",
}
MAINTAIN = {"WARN_PERCENT", "ALERT_WEBHOOK", "ALERT_FORMAT", "ALERT_WEBHOOK_SECRET"}
MAINTAIN |= {"RECONCILE_AFTER", "RECONCILE_QPS"}
RECEIPTS = {"RECEIPT_SECRETS", "OPT_OUT_WORDS", *QUEUE_NAMES}
"""What one function alone is given."""

WITHOUT_PNVS = {"DYSMS_SIGN_NAME", "DYSMS_TEMPLATES"}
"""Required where Dysms sends, which scripts/doctor says; s.yaml cannot know."""

LEAN = ("receipts", "receipts_mns")
"""Those that do without pydantic."""

ROOM_BYTES = 512
FUNCTIONS = ("send_code", "verify_code", "messages", "receipts", "receipts_mns", "maintain")
SERVICE = {
    **dict.fromkeys(("send_code", "verify_code", "messages"), set(NAMES) - MAINTAIN - RECEIPTS),
    "maintain": set(NAMES) - RECEIPTS,
    "receipts": set(RECEIPT_NAMES),
    "receipts_mns": {*RECEIPT_NAMES, *QUEUE_NAMES} - {"RECEIPT_SECRETS"},
}
"""The settings of each function."""


@pytest.fixture(scope="module", params=[REQUIRED, FULL], ids=["required", "full"])
def given(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def functions(shared_project: Project, given: dict[str, str]) -> dict[str, Any]:
    resources = shared_project.preview(given)["resources"]
    assert {resource["component"] for resource in resources.values()} == {"fc3"}
    return {name: resource["props"] for name, resource in resources.items()}


def test_every_door_is_a_function(functions: dict[str, Any]) -> None:
    doors = {file.stem for file in (ROOT / "functions").glob("*.py")} - {"__init__"}
    assert doors == {props["handler"].partition(".")[0] for props in functions.values()}
    assert doors == set(functions) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_compute_takes_the_function(functions: dict[str, Any], name: str) -> None:
    assert complaints(Function, functions[name]) == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_components_schema_takes_the_function(functions: dict[str, Any], name: str) -> None:
    schema = find()
    if schema is None:
        pytest.skip("no fc3.schema.json here (FC3_SCHEMA); the model in fc3.py was checked")
    assert schema_complaints(json.loads(schema.read_text("utf-8")), functions[name]) == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_door_answers_before_its_time_out(functions: dict[str, Any], name: str) -> None:
    module, _, function = functions[name]["handler"].partition(".")
    door: Any = importlib.import_module(f"functions.{module}")
    assert callable(getattr(door, function))
    assert functions[name]["timeout"] > door.DEADLINE_SECONDS


def test_every_variable_is_a_setting_and_every_setting_arrives(functions: dict[str, Any]) -> None:
    for name, props in functions.items():
        fixed = {*RENAMED, *({"PYTHONPATH"} if name in LEAN else FIXED)}
        assert set(props["environmentVariables"]) == SERVICE[name] | fixed, name
    assert set().union(*SERVICE.values()) == set(NAMES)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("receipts", {"RECEIPT_SECRETS", "NUMBER_SECRET"}),
        ("receipts_mns", {"NUMBER_SECRET"}),
    ],
)
def test_a_function_of_receipts_is_given_no_secret_that_it_does_not_need(
    functions: dict[str, Any], name: str, needed: set[str]
) -> None:
    given_ = functions[name]["environmentVariables"]
    assert {one for one in given_ if "SECRET" in one or "KEY" in one} == needed


def test_each_value_arrives_under_its_own_name(
    functions: dict[str, Any], given: dict[str, str]
) -> None:
    for props in functions.values():
        for name, value in props["environmentVariables"].items():
            assert value == FIXED.get(name, given.get(RENAMED.get(name, name), ""))


def test_the_functions_read_their_settings_and_defaults_are_those_of_the_code(
    functions: dict[str, Any], given: dict[str, str]
) -> None:
    for name, props in functions.items():
        if name in LEAN:
            continue
        there = read_settings(props["environmentVariables"])
        here = read_settings({name: given[name] for name in given if name in NAMES})
        own = MAINTAIN | RECEIPTS
        others = {name.lower() for name in own - set(props["environmentVariables"])}
        dumped = [to_jsonable_python(one.model_dump(exclude=others)) for one in (there, here)]
        assert dumped[0] == dumped[1]


def test_the_functions_of_receipts_read_their_settings_too(
    functions: dict[str, Any], given: dict[str, str]
) -> None:
    account = {"FC_ACCOUNT_ID": "1"}
    pulls = functions["receipts_mns"]["environmentVariables"]
    assert read_receipt_settings(pulls) == read_receipt_settings(given)
    renamed = {ours: given[theirs] for ours, theirs in RENAMED.items() if theirs in given}
    here, there = ({**one, **account} for one in ({**given, **renamed}, pulls))
    assert read_queue_settings(there, None) == read_queue_settings(here, None)
    there = functions["receipts"]["environmentVariables"]
    assert read_receipt_settings(there) == read_receipt_settings(given)
    if given.get("RECEIPT_SECRETS"):
        assert receipt_secrets(there) == receipt_secrets(given)


def test_the_environment_leaves_room_below_the_limit(functions: dict[str, Any]) -> None:
    largest = max(environment_bytes(props["environmentVariables"]) for props in functions.values())
    assert largest <= ENVIRONMENT_BYTES - ROOM_BYTES


def test_all_functions_share_one_bundle(functions: dict[str, Any]) -> None:
    assert {props["code"] for props in functions.values()} == {"./.build/code.zip"}


def test_preflights_reach_the_code(functions: dict[str, Any]) -> None:
    for name, method in (("send_code", "POST"), ("verify_code", "POST"), ("messages", "GET")):
        (trigger,) = functions[name]["triggers"]
        assert trigger["triggerConfig"]["methods"] == [method, "OPTIONS"]


def test_receipts_are_open_to_whoever_knows_the_secret_in_the_path(
    functions: dict[str, Any],
) -> None:
    (trigger,) = functions["receipts"]["triggers"]
    assert trigger["triggerConfig"]["authType"] == "anonymous"
    assert trigger["triggerConfig"]["methods"] == ["POST"]


def test_the_timer_maintains_every_minute_and_runs_never_overlap(functions: dict[str, Any]) -> None:
    maintain = functions["maintain"]
    (trigger,) = maintain["triggers"]
    assert trigger["triggerType"] == "timer"
    assert trigger["triggerConfig"] == {"cronExpression": "@every 1m", "enable": True}
    assert maintain["timeout"] <= 60
    assert maintain["asyncInvokeConfig"]["maxAsyncRetryAttempts"] == 0


def test_queues_are_pulled_every_minute_where_some_are_named(
    functions: dict[str, Any], given: dict[str, str]
) -> None:
    (trigger,) = functions["receipts_mns"]["triggers"]
    wanted = bool(given.get("RECEIPT_QUEUES"))
    assert trigger["triggerConfig"] == {"cronExpression": "@every 1m", "enable": wanted}


def test_no_trigger_is_open_unless_somebody_says_so(shared_project: Project) -> None:
    for asked, rendered in ({}, "function"), ({"TRIGGER_AUTH": "anonymous"}, "anonymous"):
        resources = shared_project.preview({**REQUIRED, **asked})["resources"]
        kinds = {
            trigger["triggerConfig"]["authType"]
            for name, resource in resources.items()
            for trigger in resource["props"]["triggers"]
            if trigger["triggerType"] == "http" and name != "receipts"
        }
        assert kinds == {rendered}


def test_two_stages_have_nothing_in_common(shared_project: Project) -> None:
    names: dict[str, set[str]] = {}
    for stage in ("dev", "prod"):
        own = {**REQUIRED, "STAGE": stage, "TABLE_PREFIX": f"sms_verify_{stage}_"}
        resources = shared_project.preview(own)["resources"].values()
        names[stage] = {resource["props"]["functionName"] for resource in resources}
        assert len(names[stage]) == len(FUNCTIONS)
    assert not names["dev"] & names["prod"]


def test_logs_go_where_the_deployer_says(shared_project: Project) -> None:
    for asked, project, logstore in (
        ({}, None, None),
        ({"LOG_PROJECT": "mine"}, "mine", "sms-verify"),
        ({"LOG_PROJECT": "mine", "LOG_STORE": "here"}, "mine", "here"),
    ):
        resources = shared_project.preview({**REQUIRED, **asked})["resources"].values()
        for resource in resources:
            config = resource["props"]["logConfig"]
            found = (None, None) if config == "auto" else (config["project"], config["logstore"])
            assert found == (project, logstore)


@pytest.mark.parametrize(
    "wrong",
    [
        {"RUNTIME": "python3.11"},
        {"REGION": "cn-hongkong"},
        {"TRIGGER_AUTH": "nope"},
        {"STAGE": "a stage"},
        {"API_KEYS": "x" * 4096},
    ],
    ids=lambda wrong: ",".join(wrong),
)
def test_a_wrong_value_is_seen(shared_project: Project, wrong: dict[str, str]) -> None:
    rendered = shared_project.preview({**REQUIRED, **wrong})["resources"]
    assert complaints(Function, rendered["send_code"]["props"])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("timeout: 10", "timout: 10"),
        ("memorySize: 512", "memorySize: 4096"),
        ("methods: [POST, OPTIONS]", "method: [POST, OPTIONS]"),
        ("handler: send_code.handler", "handlr: send_code.handler"),
    ],
)
def test_a_slip_in_the_file_is_seen(project: Project, right: str, wrong: str) -> None:
    assert right in TEXT
    (project.folder / "s.yaml").write_text(TEXT.replace(right, wrong), "utf-8")
    rendered = project.preview(REQUIRED)["resources"]
    assert complaints(Function, rendered["send_code"]["props"])


@pytest.mark.parametrize("name", ["FUNCTION_ROLE", "CODE_SECRETS", "TABLE_PREFIX", "ACCESS"])
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_what_must_be_set_is_asked_for_by_name(
    shared_project: Project, name: str, how: str
) -> None:
    given = {**REQUIRED, name: ""}
    if how == "missing":
        del given[name]
    with pytest.raises(subprocess.CalledProcessError) as refused:
        shared_project.preview(given)
    assert f"env('{name}') not found" in refused.value.stdout + refused.value.stderr


def test_nothing_else_is_asked_for() -> None:
    assert set(ASKED) == set(NAMES) | DEPLOY_ONLY | set(RENAMED.values())
    assert {name for name, default in ASKED.items() if not default} == set(REQUIRED) - WITHOUT_PNVS
