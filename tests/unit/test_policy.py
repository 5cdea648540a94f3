"""scripts/policy: documents that RAM takes, narrow ones, and complaints that say what to do."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml

from scripts import deployment
from scripts.policies.__main__ import main
from scripts.policies.commands import ALL_NEEDS
from scripts.policies.documents import LONGEST
from scripts.policies.needs import FUNCTIONS, MARKS, RESOURCES
from scripts.policies.runtime_needs import STORE_CALLS
from shared.storage import tables
from tests.service import ROOT

Captured = pytest.CaptureFixture[str]
UID = "1234567890123456"
PLACE = {
    "ALIBABA_CLOUD_ACCOUNT_ID": UID,
    "REGION": "cn-hangzhou",
    "TABLESTORE_INSTANCE": "Sms-Prod",
    "TABLE_PREFIX": "sms_verify_prod_",
    "STAGE": "prod",
    "FUNCTION_ROLE": "sms-verify-prod",
}
OTHERS = ("DOMAIN", "LOG_PROJECT", "LOG_STORE", "ENV_FILE", "CAPTCHA", "SMS_PROVIDERS")
POLICIES = ("runtime", "deployer", "operator", "caller")

ACTION = re.compile(r"(ots|dysms|dypns|yundun-afs|fc|ram|log):[A-Z][A-Za-z]+")
ARN = re.compile(
    r"acs:(ots|fc|log):[a-z0-9-]+:[0-9]{16}:[a-z-]+/[A-Za-z0-9_.*-]+(/[A-Za-z0-9_.*-]+)*"
    r"|acs:ram::[0-9]{16}:role/[a-z0-9.-]+"
)


@pytest.fixture(autouse=True)
def _one_deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in PLACE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(deployment, "ROOT", tmp_path)  # no .env of whoever runs the tests
    (tmp_path / "s.yaml").write_text((ROOT / "s.yaml").read_text("utf-8"), "utf-8")


def ran(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def printed(capsys: Captured, *arguments: str) -> dict[str, Any]:
    code, out, err = ran(capsys, *arguments)
    assert code == 0, err
    assert len(out) <= LONGEST
    found: dict[str, Any] = json.loads(out)
    return found


def allowed(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return each action with the resources that it is allowed on."""
    found: dict[str, set[str]] = {}
    for statement in document["Statement"]:
        for action in statement["Action"]:
            found.setdefault(action, set()).update(statement["Resource"])
    return found


def table(suffix: str) -> str:
    return f"acs:ots:cn-hangzhou:{UID}:instance/sms-prod/table/sms_verify_prod_{suffix}"


@pytest.mark.parametrize("options", [(), ("--source-ip", "203.0.113.0/24")])
@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_has_the_form_that_ram_takes(
    capsys: Captured, policy: str, options: tuple[str, ...]
) -> None:
    document = printed(capsys, policy, *options)
    assert set(document) == {"Version", "Statement"}
    assert document["Version"] == "1"
    for statement in document["Statement"]:
        assert set(statement) <= {"Effect", "Action", "Resource", "Condition"}
        assert statement["Effect"] == "Allow"
        assert all(ACTION.fullmatch(action) for action in statement["Action"])
        assert all(on == "*" or ARN.fullmatch(on) for on in statement["Resource"])


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_allows_a_service_as_a_whole_or_anything_everywhere(
    capsys: Captured, policy: str
) -> None:
    without_resources = {"dysms", "yundun-afs", "dypns"}
    for action, on in allowed(printed(capsys, policy)).items():
        assert "*" not in action
        if "*" in on:
            named = action == "fc:GetTempBucketToken"
            assert named or action.split(":")[0] in without_resources, action


def test_the_runtime_writes_the_lists_for_opt_outs_only_and_no_table_of_another_stage(
    capsys: Captured,
) -> None:
    found = allowed(printed(capsys, "runtime"))
    writing = [name for name in found if re.match("ots:(Put|Update|Delete|BatchWrite)", name)]
    assert [name for name in writing if table("lists") in found[name]] == ["ots:BatchWriteRow"]
    writers = {by for by, call, on in STORE_CALLS if "lists" in on and "Write" in call}
    assert writers == {"receipts", "receipts_mns"}
    ours = {table(known.suffix) for known in tables.ALL}
    assert set().union(*(on for name, on in found.items() if name.startswith("ots:"))) == ours


def test_the_runtime_may_call_only_the_products_in_use(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def services(*options: str) -> set[str]:
        return {a.split(":")[0] for a in allowed(printed(capsys, "runtime", *options))}

    assert services() == {"ots", "dysms"}
    monkeypatch.setenv("CAPTCHA", "turnstile")
    assert services() == {"ots", "dysms"}
    monkeypatch.setenv("CAPTCHA", "aliyun")
    assert services() == {"ots", "dysms", "yundun-afs"}
    assert services("--products", "dysms") == {"ots", "dysms"}
    assert services("--products", "dysms,captcha") == {"ots", "dysms", "yundun-afs"}
    assert services("--products", "pnvs") == {"ots", "dypns"}


def test_the_operator_writes_nothing_and_ranges_over_lists_and_messages_only(
    capsys: Captured,
) -> None:
    found = allowed(printed(capsys, "operator"))
    assert not [
        name for name in found if re.match("ots:(Put|Update|Delete|BatchWrite|Create)", name)
    ]
    assert found["ots:GetRange"] == {table("lists"), table("messages")}
    assert table("pending") not in set().union(*(found[name] for name in found if "Get" in name))
    assert "dysms:SendSms" not in found


def test_editing_the_lists_adds_their_table_only(capsys: Captured) -> None:
    reading = allowed(printed(capsys, "operator"))
    found = allowed(printed(capsys, "operator", "--edit-lists"))
    assert found == {**reading, "ots:PutRow": {table("lists")}, "ots:DeleteRow": {table("lists")}}


def test_the_deployer_passes_one_role_to_function_compute_only(capsys: Captured) -> None:
    statements = printed(capsys, "deployer")["Statement"]
    (passing,) = [s for s in statements if "ram:PassRole" in s["Action"]]
    assert passing["Action"] == ["ram:PassRole"]
    assert passing["Resource"] == [f"acs:ram::{UID}:role/sms-verify-prod"]
    assert passing["Condition"] == {"StringEquals": {"acs:Service": "fc.aliyuncs.com"}}


def test_the_deployer_deletes_nothing_and_grants_nothing(capsys: Captured) -> None:
    found = allowed(printed(capsys, "deployer", "--domain", "sms.example.com"))
    assert not [name for name in found if ":Delete" in name]
    assert [name for name in found if name.startswith("ram:")] == ["ram:PassRole"]


def functions(*names: str) -> set[str]:
    """Return the functions of stage prod, with all that belongs to each."""
    arns = {f"acs:fc:cn-hangzhou:{UID}:functions/sms-verify-prod-{name}" for name in names}
    return arns | {f"{arn}/*" for arn in arns}


def test_the_functions_are_those_of_s_yaml() -> None:
    resources = yaml.safe_load((ROOT / "s.yaml").read_text("utf-8"))["resources"].values()
    names = [resource["props"]["functionName"] for resource in resources]
    assert [f"sms-verify-${{vars.stage}}-{name}" for name in FUNCTIONS] == names
    assert deployment.function_names("prod") == tuple(f"sms-verify-prod-{n}" for n in FUNCTIONS)


def test_the_deployer_reaches_every_function_and_trigger_of_s_yaml_and_no_other(
    capsys: Captured,
) -> None:
    found = allowed(printed(capsys, "deployer"))
    assert found["fc:UpdateFunction"] == functions(*FUNCTIONS)
    named = {arn for arn in functions(*FUNCTIONS) if not arn.endswith("*")}
    assert found["fc:UpdateTrigger"] == {f"{arn}/triggers/*" for arn in named}


def test_the_caller_invokes_the_doors_and_not_the_timer(capsys: Captured) -> None:
    found = allowed(printed(capsys, "caller"))
    assert found == {"fc:InvokeFunction": functions("send-code", "verify-code", "messages")}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_reaches_a_stage_whose_name_begins_alike(
    capsys: Captured, policy: str, name: str
) -> None:
    other = f"acs:fc:cn-hangzhou:{UID}:functions/sms-verify-prod-2-{name}"
    for on in allowed(printed(capsys, policy)).values():
        for pattern in on - {"*"}:
            for arn in (other, f"{other}/LATEST", f"{other}/triggers/http"):
                assert not fnmatchcase(arn, pattern)


def test_the_deployer_creates_logs_only_where_no_project_is_named(capsys: Captured) -> None:
    assert "log:CreateProject" in allowed(printed(capsys, "deployer"))
    found = allowed(printed(capsys, "deployer", "--log-project", "my-logs"))
    assert not [name for name in found if name.startswith("log:")]


def test_the_deployer_touches_a_custom_domain_only_where_one_is_named(capsys: Captured) -> None:
    assert "fc:UpdateCustomDomain" not in allowed(printed(capsys, "deployer"))
    found = allowed(printed(capsys, "deployer", "--domain", "sms.example.com"))
    domain = f"acs:fc:cn-hangzhou:{UID}:custom-domains/sms.example.com"
    assert found["fc:UpdateCustomDomain"] == {domain}


def test_a_role_may_be_named_by_its_arn(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNCTION_ROLE", f"acs:ram::{UID}:role/Sms-Runtime")
    found = allowed(printed(capsys, "deployer"))
    assert found["ram:PassRole"] == {f"acs:ram::{UID}:role/sms-runtime"}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_source_ip_restricts_every_statement(capsys: Captured, policy: str) -> None:
    wanted = ("203.0.113.7", "198.51.100.0/24")
    options = [part for network in wanted for part in ("--source-ip", network)]
    for statement in printed(capsys, policy, *options)["Statement"]:
        assert statement["Condition"]["IpAddress"] == {"acs:SourceIp": list(wanted)}


def test_only_function_compute_may_take_on_the_role(capsys: Captured) -> None:
    assert printed(capsys, "trust")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["fc.aliyuncs.com"]},
        }
    ]


FUNCTIONS_ROLE = "acs:ram::1000000000000001:role/sms-verify-prod"
SMS_ROLE = "acs:ram::1000000000000002:role/Sms-Sender"


def test_a_role_in_another_account_trusts_the_functions_role_alone(capsys: Captured) -> None:
    options = ("--role", FUNCTIONS_ROLE, "--external-id", "agreed")
    assert printed(capsys, "trust", *options)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"RAM": [FUNCTIONS_ROLE]},
            "Condition": {"StringEquals": {"sts:ExternalId": "agreed"}},
        }
    ]
    (statement,) = printed(capsys, "trust", "--role", FUNCTIONS_ROLE)["Statement"]
    assert "Condition" not in statement


def test_the_functions_role_may_assume_that_one_and_no_other(capsys: Captured) -> None:
    assert printed(capsys, "assume", "--role", SMS_ROLE)["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": SMS_ROLE}
    ]


def test_a_role_that_has_the_sms_touches_nothing_else(capsys: Captured) -> None:
    place = ("--account", "1000000000000002", "--region", "cn-hangzhou")
    found = allowed(printed(capsys, "sms", *place, "--products", "dysms,captcha,mns"))
    assert set(found) == {
        "dysms:SendSms",
        "dysms:QuerySendDetails",
        "dybase:QueryTokenForMnsQueue",
    }


@pytest.mark.parametrize(
    "role", ["sms-verify-prod", "acs:ram::*:role/x", "acs:ram::12345678:role/*"]
)
@pytest.mark.parametrize("command", ["trust", "assume"])
def test_a_role_that_is_none_or_many_is_refused(capsys: Captured, command: str, role: str) -> None:
    code, out, err = ran(capsys, command, "--role", role)
    assert (code, out) == (2, "")
    assert "acs:ram::<account ID>" in err


@pytest.mark.parametrize("policy", POLICIES)
def test_the_longest_names_still_fit(capsys: Captured, policy: str) -> None:
    options = ["--region", "cn-heyuan-acdr-1"]
    if policy in ("runtime", "deployer", "operator"):
        options += ["--instance", "a" * 16, "--prefix", "p" * 64]
    if policy in ("runtime", "operator"):
        options += ["--products", "dysms,captcha,pnvs"]
    if policy == "deployer":
        options += ["--functions", "f" * 64, "--role", "r" * 64, "--domain", "d" * 60 + ".cn"]
    printed(capsys, policy, *options)


def test_a_policy_that_is_too_long_is_complained_about(capsys: Captured) -> None:
    networks = [f"--source-ip=198.51.{third}.0/24" for third in range(120)]
    code, out, err = ran(capsys, "runtime", *networks)
    assert (code, out) == (1, "")
    assert "6144" in err
    assert "--source-ip" in err


@pytest.mark.parametrize(
    ("policy", "option", "value"),
    [
        ("runtime", "--account", "admin@example.com"),
        ("runtime", "--account", "12345678901234*6"),
        ("runtime", "--region", "hangzhou"),
        ("runtime", "--region", "cn-*"),
        ("runtime", "--instance", "ab"),
        ("runtime", "--instance", "a" * 17),
        ("runtime", "--instance", "https://sms-prod.cn-hangzhou.ots.aliyuncs.com"),
        ("runtime", "--instance", "sms*"),
        ("runtime", "--prefix", "sms-verify-"),
        ("runtime", "--prefix", "*"),
        ("runtime", "--products", "sms"),
        ("runtime", "--products", ","),
        ("runtime", "--source-ip", "here"),
        ("runtime", "--source-ip", "203.0.113.1/24"),
        ("runtime", "--source-ip", "0.0.0.0/0"),
        ("deployer", "--functions", "*"),
        ("deployer", "--stage", "prod/../other"),
        ("deployer", "--role", "*"),
        ("deployer", "--role", "acs:ram::9999999999999999:role/theirs"),
        ("deployer", "--domain", "https://sms.example.com"),
        ("deployer", "--domain", "*.example.com"),
        ("deployer", "--log-project", "*"),
    ],
)
def test_what_is_typed_wrongly_gives_no_policy_and_is_explained(
    capsys: Captured, policy: str, option: str, value: str
) -> None:
    code, out, err = ran(capsys, policy, option, value)
    assert (code, out) == (2, "")
    chinese, english = err.splitlines()
    named = ("--functions", "--stage") if option == "--stage" else (option,)
    assert any(name in chinese for name in named)
    assert any(name in english for name in named)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("ALIBABA_CLOUD_ACCOUNT_ID", "--account"),
        ("TABLESTORE_INSTANCE", "--instance"),
        ("TABLE_PREFIX", "--prefix"),
    ],
)
def test_what_is_missing_is_named_with_where_it_is_looked_for(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, name: str, option: str
) -> None:
    monkeypatch.delenv(name)
    code, out, err = ran(capsys, "runtime")
    assert (code, out) == (2, "")
    assert all(option in line and name in line for line in err.splitlines())


def test_names_come_from_an_env_file_alone_where_one_is_named(
    capsys: Captured, tmp_path: Any
) -> None:
    file = tmp_path / "other.env"
    file.write_text("TABLESTORE_INSTANCE=other\nTABLE_PREFIX=other_\n", "utf-8")
    found = allowed(printed(capsys, "--env-file", str(file), "operator"))
    there = f"acs:ots:cn-hangzhou:{UID}:instance/other/table/other_"
    assert found["ots:GetRange"] == {f"{there}lists", f"{there}messages"}


def test_the_account_comes_from_the_file_too(
    capsys: Captured, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("ALIBABA_CLOUD_ACCOUNT_ID=2222222222222222\n", "utf-8")
    (first, *_) = allowed(printed(capsys, "caller"))["fc:InvokeFunction"]
    assert f":{UID}:" in first  # the environment wins
    monkeypatch.delenv("ALIBABA_CLOUD_ACCOUNT_ID")
    for options in ((), ("--env-file", str(file))):
        found = allowed(printed(capsys, *options, "caller", "--region=cn-hangzhou", "--stage=dev"))
        assert all(":2222222222222222:" in arn for arn in found["fc:InvokeFunction"])


def test_actions_that_no_documentation_names_are_told_of(capsys: Captured) -> None:
    _, _, err = ran(capsys, "runtime", "--products", "captcha")
    assert "yundun-afs:VerifyCaptcha" in err
    _, _, err = ran(capsys, "runtime")
    assert err == ""


def test_the_table_has_every_need_with_its_source_and_mark(capsys: Captured) -> None:
    _, out, _ = ran(capsys, "table", "--json")
    found = json.loads(out)
    assert len(found) == len(ALL_NEEDS)
    for need in found:
        assert need["mark"] in MARKS
        assert need["source"]
        assert set(need["on"]) <= set(RESOURCES)
        assert bool(need["on"]) == (need["action"] is not None)


def test_the_table_is_shown_for_people_and_as_markdown(capsys: Captured) -> None:
    _, out, _ = ran(capsys, "table")
    assert "ots:BatchWriteRow" in out
    assert "documented by Alibaba Cloud" in out
    _, out, _ = ran(capsys, "table", "--markdown")
    head, rule, *rows = out.splitlines()
    assert head.count("|") == rule.count("|") == 8
    assert len(rows) == len(ALL_NEEDS)
    assert all(row.count("|") == 8 for row in rows)


@pytest.mark.parametrize(
    "command", [(), *((name,) for name in (*POLICIES, "trust", "assume", "sms", "table"))]
)
def test_every_command_explains_itself(capsys: Captured, command: tuple[str, ...]) -> None:
    code, out, _ = ran(capsys, *command, "--help")
    assert code == 0
    assert f"Usage: {' '.join(['scripts/policy', *command])}" in out
