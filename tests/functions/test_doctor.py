"""scripts/doctor on the local cloud, through the real SDKs: each check fails by its own cause."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tablestore import CapacityUnit, OTSClient, ReservedThroughput, TableMeta, TableOptions

from scripts.doctor_checks.__main__ import main
from scripts.doctor_checks.reviews import SENT
from shared import wiring
from shared.storage.bootstrap import bootstrap
from shared.storage.tables import ALL
from tests.doctor import ID, NOBODY, SECRET, TOKEN, Captured, Doctor, environment_of, server
from tests.functions.test_scripts import serving
from tests.service import ROOT, Cloud, Service

# As a whole


def test_a_deployment_that_works_passes_every_check(doctor: Doctor) -> None:
    found = json.loads(doctor("--json"))
    assert found["ok"] is True
    assert found["summary"] == {"ok": 27, "warning": 1, "failure": 0, "skipped": 1}
    (noted,) = (check["id"] for check in found["checks"] if check["status"] == "warning")
    assert noted == "endpoints"  # they are on this machine
    (unseen,) = (check["id"] for check in found["checks"] if check["status"] == "skipped")
    assert unseen == "receipts"  # nobody said where
    for check in found["checks"]:
        assert check["milliseconds"] >= 0
        assert check["findings"]


def test_the_local_service_passes_as_scripts_serve_leaves_it(
    tmp_path: Path, capsys: Captured
) -> None:
    with serving(tmp_path):
        assert main(["--env-file", str(tmp_path / "doors.env"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["checks"]
    noted = {check["id"]: check["status"] for check in found if check["status"] != "ok"}
    assert noted == {"secrets": "warning", "endpoints": "warning"}


@pytest.mark.parametrize(
    "arguments", [["--gateway", "apigw"], ["--captcha", "turnstile"], ["--captcha", "aliyun"]]
)
def test_the_local_service_passes_with_its_options_too(
    tmp_path: Path, capsys: Captured, arguments: list[str]
) -> None:
    with serving(tmp_path, *arguments):
        code = main(["--env-file", str(tmp_path / "doors.env"), "--lang", "en"])
    assert code == 0, capsys.readouterr().out


def test_one_failing_check_does_not_stop_the_others(doctor: Doctor) -> None:
    found = json.loads(doctor("--json", code=1, DYSMS_SIGN_NAME="无此签名"))
    statuses = {check["id"]: check["status"] for check in found["checks"]}
    assert statuses.pop("sign") == "failure"
    assert set(statuses.values()) == {"ok", "warning", "skipped"}
    assert found["ok"] is False


def test_what_depends_on_a_failed_check_is_skipped_and_says_why(doctor: Doctor) -> None:
    for name in ("identity", "tables", "sign", "templates"):
        status, said = doctor.check(name, **{ID: None, SECRET: None, TOKEN: None})
        assert status == "skipped"
        assert "keys" in said


def test_offline_asks_nobody(doctor: Doctor) -> None:
    doctor.cloud.reset()
    bootstrap(*wiring.store_client(environment_of(doctor.cloud)), say=lambda _: None)
    before = doctor.cloud.control("calls")
    found = json.loads(doctor("--offline", "--json", **{ID: None, SECRET: None, TOKEN: None}))
    assert doctor.cloud.control("calls") == before
    assert "size" in {check["id"] for check in found["checks"]}
    assert "tables" not in {check["id"] for check in found["checks"]}


def test_warnings_fail_where_one_is_strict(doctor: Doctor) -> None:
    doctor("--offline")
    doctor("--offline", "--strict", code=1)


# Each check by its own cause


@pytest.mark.parametrize(
    ("ahead", "status", "word"),
    [
        (0, "ok", r"[01] s "),
        (60, "warning", r"(59|60|61) s behind"),
        (-60, "warning", r"(59|60|61) s ahead"),
        (960, "failure", r"9(59|60|61) s behind"),
        (-960, "failure", r"9(59|60|61) s ahead"),
    ],
)
def test_a_clock_that_is_off_is_told(doctor: Doctor, ahead: float, status: str, word: str) -> None:
    with server(ahead=ahead) as address:
        found, said = doctor.check("clock", DYSMS_ENDPOINT=address)
    assert found == status
    assert re.search(word, said), said


def test_the_clock_is_compared_with_the_store_where_sms_does_not_answer(doctor: Doctor) -> None:
    assert doctor.check("clock", DYSMS_ENDPOINT=NOBODY)[0] == "ok"
    nowhere = {"DYSMS_ENDPOINT": NOBODY, "TABLESTORE_ENDPOINT": NOBODY}
    assert doctor.check("clock", **nowhere)[0] == "warning"


@pytest.mark.parametrize(
    ("keys", "status", "word"),
    [
        ({}, "ok", "temporary"),
        ({TOKEN: None}, "warning", "long-lived"),
        ({ID: "STS.abc", TOKEN: None}, "failure", "without their token"),
        ({ID: None}, "failure", "no keys"),
        ({SECRET: ""}, "failure", "no keys"),
    ],
)
def test_keys_are_there_whole_and_temporary(
    doctor: Doctor, keys: dict[str, str | None], status: str, word: str
) -> None:
    found, said = doctor.check("keys", **keys)
    assert (found, word in said) == (status, True)


def test_who_the_keys_are_is_told(doctor: Doctor) -> None:
    assert "account 1000000000000001, role local" in doctor.check("identity")[1]


def test_a_role_of_another_account_is_a_failure(doctor: Doctor) -> None:
    found, said = doctor.check("identity", FUNCTION_ROLE="acs:ram::42:role/local")
    assert (found, "another account, 42" in said) == ("failure", True)


@pytest.mark.parametrize(
    ("arn", "status", "word"),
    [
        ("acs:ram::1000000000000001:root", "warning", "root"),
        ("acs:ram::1000000000000001:user/ann", "ok", "user ann"),
    ],
)
def test_the_root_of_an_account_is_not_for_daily_use(
    doctor: Doctor, arn: str, status: str, word: str
) -> None:
    with server(body={"AccountId": "1000000000000001", "Arn": arn}) as address:
        found, said = doctor.check("identity", STS_ENDPOINT=address)
    assert (found, word in said) == (status, True)


@pytest.mark.parametrize(
    ("effect", "status", "word"),
    [
        ("error:Throttling.User", "warning", "wait a moment"),
        ("error:Forbidden.RAM", "failure", "grant sts:GetCallerIdentity"),
        ("error:InvalidSecurityToken.Expired", "failure", "SECURITY_TOKEN"),
        ("error:SomethingNew", "failure", "SomethingNew"),
        ("drop", "failure", "no answer"),
    ],
)
def test_what_sts_refuses_is_told_with_what_to_do(
    doctor: Doctor, effect: str, status: str, word: str
) -> None:
    doctor.cloud.fault("sts", "GetCallerIdentity", effect)
    found, said = doctor.check("identity")
    assert (found, word in said) == (status, True), said


def test_a_wrong_secret_fails_whatever_needs_it(doctor: Doctor) -> None:
    for name in ("identity", "tables", "sign", "templates"):
        status, said = doctor.check(name, **{SECRET: "wrong-secret-wrong"})
        assert status == "failure"
        assert "SignatureDoesNotMatch" in said or "OTSAuthFailed" in said
        assert "check " in said


def store_of(cloud: Cloud) -> Any:
    return OTSClient(cloud.tablestore, "local", "local-secret", "local")


def test_tables_that_are_missing_are_named(doctor: Doctor) -> None:
    found, said = doctor.check("tables", TABLE_PREFIX="other_")
    assert found == "failure"
    for table in ALL:
        assert f"other_{table.suffix} is missing" in said
    assert "scripts/bootstrap" in said


@pytest.mark.parametrize(
    ("options", "status", "word"),
    [
        (TableOptions(86_400, 1, None), "failure", "live 86400 s, not 3456000"),
        (TableOptions(40 * 86_400, 5, None), "warning", "keeps 5 versions"),
    ],
)
def test_tables_with_other_options_are_named(
    doctor: Doctor, options: Any, status: str, word: str
) -> None:
    store_of(doctor.cloud).update_table("doctor_phones", options)
    found, said = doctor.check("tables")
    bootstrap(*wiring.store_client(environment_of(doctor.cloud)), say=lambda _: None)
    assert (found, word in said) == (status, True), said
    assert doctor.check("tables")[0] == "ok"


def test_a_table_with_another_key_is_named(doctor: Doctor) -> None:
    client, name = store_of(doctor.cloud), "keyed_phones"
    throughput = ReservedThroughput(CapacityUnit(0, 0))
    client.create_table(TableMeta(name, [("other", "STRING")]), TableOptions(-1, 1), throughput)
    try:
        found, said = doctor.check("tables", TABLE_PREFIX="keyed_")
    finally:
        client.delete_table(name)
    assert (found, "another primary key" in said) == ("failure", True)


@pytest.mark.parametrize(
    ("operation", "effect", "word"),
    [
        ("ListTable", "error:OTSNoPermissionAccess", "ots:ListTable"),
        ("DescribeTable", "error:OTSNoPermissionAccess", "ots:DescribeTable"),
        ("GetRow", "error:OTSNoPermissionAccess", "ots:GetRow"),
        ("ListTable", "error:OTSAuthFailed", "network settings"),
        ("GetRow", "error:OTSTableNotReady", "wait a moment"),
        ("ListTable", "drop", "TABLESTORE_ENDPOINT"),
    ],
)
def test_what_the_store_refuses_is_told_with_what_to_do(
    doctor: Doctor, operation: str, effect: str, word: str
) -> None:
    doctor.cloud.fault("tablestore", operation, effect, -1)
    found, said = doctor.check("tables")
    assert (found, word in said) == ("failure", True), said


def test_a_store_that_cannot_be_reached_is_told(doctor: Doctor) -> None:
    found, said = doctor.check("tables", TABLESTORE_ENDPOINT=NOBODY)
    assert (found, "TABLESTORE_ENDPOINT" in said) == ("failure", True)


@pytest.mark.parametrize(
    ("name", "status", "word"),
    [
        ("通过", "ok", "approved"),
        ("审核中", "failure", "under review"),
        ("被驳回", "failure", "与资质不符"),
        ("已取消", "failure", "cancelled"),
        ("无此签名", "failure", "isv.SMS_SIGNATURE_ILLEGAL"),
        ("未报备", "warning", "China Unicom: being registered"),
        ("未报备", "warning", "China Telecom: refused"),
    ],
)
def test_the_sign_name_is_approved_and_registered(
    doctor: Doctor, name: str, status: str, word: str
) -> None:
    found, said = doctor.check("sign", DYSMS_SIGN_NAME=name)
    assert (found, word in said) == (status, True), said


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({}, "ok", "SMS_1 is approved and fits"),
        ({"DYSMS_TEMPLATES": "SMS_2"}, "warning", "we send min"),
        ({"DYSMS_TEMPLATES": "SMS_2", "DYSMS_TEMPLATE_PARAMS": "code=code"}, "ok", "fits"),
        ({"DYSMS_TEMPLATE_PARAMS": "code=code"}, "failure", "SMS_1 has min"),
        ({"DYSMS_TEMPLATES": "SMS_3"}, "failure", "SMS_3 has name"),
        ({"DYSMS_TEMPLATES": "SMS_4"}, "failure", "no variable for the code"),
        ({"DYSMS_TEMPLATE_PARAMS": "min=min"}, "failure", "SMS_1 has code"),
        ({"DYSMS_TEMPLATES": "SMS_5"}, "failure", "under review"),
        ({"DYSMS_TEMPLATES": "SMS_6"}, "failure", "变量属性不符"),
        ({"DYSMS_TEMPLATES": "SMS_7"}, "failure", "cancelled"),
        ({"DYSMS_TEMPLATES": "SMS_8"}, "warning", "no verification template"),
        ({"DYSMS_TEMPLATES": "SMS_9"}, "failure", "international"),
        ({"DYSMS_TEMPLATES": "SMS_1,intl/*=SMS_9", "REGIONS": "CN,HK"}, "ok", "SMS_9 is approved"),
        ({"DYSMS_TEMPLATES": "SMS_1,HK/*=SMS_9", "REGIONS": "CN,HK,SG"}, "warning", "SG would get"),
        ({"DYSMS_TEMPLATES": "SMS_1,CN/*=SMS_9"}, "failure", "international"),
        ({"DYSMS_TEMPLATES": "SMS_1,intl/*=SMS_99", "REGIONS": "CN,HK"}, "failure", "SMS_99"),
        ({"DYSMS_TEMPLATES": "SMS_10"}, "ok", "fits"),
        ({"DYSMS_TEMPLATES": "SMS_10", "CODE_LENGTH": "8"}, "warning", "4 to 6"),
        ({"DYSMS_TEMPLATES": "SMS_1,reset_password=SMS_99"}, "failure", "SMS_99"),
        ({"DYSMS_TEMPLATES": "SMS_5,reset_password=SMS_1"}, "failure", "SMS_1 is approved"),
    ],
)
def test_templates_are_approved_and_take_what_is_sent(
    doctor: Doctor, changes: dict[str, str], status: str, word: str
) -> None:
    found, said = doctor.check("templates", **changes)
    assert (found, word in said) == (status, True), said


def test_the_variables_that_the_doctor_knows_are_those_that_are_sent(service: Service) -> None:
    service.sent()
    assert set(service.cloud.outbox()[0]["params"]) == set(SENT)


@pytest.mark.parametrize(
    ("name", "operation"), [("sign", "GetSmsSign"), ("templates", "GetSmsTemplate")]
)
@pytest.mark.parametrize(
    ("effect", "status", "word"),
    [
        ("error:Throttling.User", "warning", "wait a moment"),
        ("error:isp.RAM_PERMISSION_DENY", "failure", "grant dysms:Get"),
        ("error:Forbidden.RAM", "failure", "grant dysms:Get"),
        ("drop_after", "failure", "no answer"),
    ],
)
def test_what_sms_refuses_is_told_with_what_to_do(
    doctor: Doctor, name: str, operation: str, effect: str, status: str, word: str
) -> None:
    doctor.cloud.fault("dysms", operation, effect)
    found, said = doctor.check(name)
    assert (found, word in said) == (status, True), said


def test_a_service_that_does_not_answer_is_not_waited_for(doctor: Doctor) -> None:
    doctor.cloud.fault("dysms", "GetSmsSign", "delay:20000")
    began = time.monotonic()
    assert doctor.check("sign")[0] == "failure"
    assert time.monotonic() - began < 10


# How it speaks


def test_it_speaks_chinese_unless_english_is_asked_for(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "已通过审核" in doctor()
    assert "is approved" in doctor("--lang", "en")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert "is approved" in doctor()
    assert "已通过审核" in doctor("--lang", "zh")


def test_one_advice_for_many_findings_is_given_once(doctor: Doctor) -> None:
    assert doctor("--lang", "en", code=1, TABLE_PREFIX="other_").count("run scripts/bootstrap") == 1


@pytest.mark.parametrize(
    "arguments",
    [["--front", "cdn"], ["--lang", "fr"], ["--env-file", "/nowhere/.env"], ["now"], ["--fast"]],
)
def test_what_was_typed_wrongly_is_explained_in_both_languages(
    capsys: Captured, arguments: list[str]
) -> None:
    assert main(arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert "用法有误" in written.err
    assert "scripts/doctor --help" in written.err


def test_a_front_that_is_none_is_explained(doctor: Doctor, capsys: Captured) -> None:
    assert main(["--env-file", str(doctor.write(FRONT="cdn"))]) == 2
    assert "FRONT is one of http, apigw, proxy" in capsys.readouterr().err
    assert doctor.check("client_ip", FRONT="proxy")[0] == "failure"


def test_two_deployments_at_once_are_a_failure(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("ENV_FILE", str(doctor.write()))
    monkeypatch.setenv("TABLESTORE_INSTANCE", "theirs")
    assert main(["--json"]) == 1
    (check,) = json.loads(capsys.readouterr().out)["checks"]
    assert (check["id"], check["status"]) == ("sources", "failure")


def script(*arguments: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VENV": sys.prefix, "LANG": "en_US.UTF-8"}
    return subprocess.run(
        [ROOT / "scripts" / "doctor", *arguments],
        env=environment,
        text=True,
        check=False,
        **{"capture_output": True, **streams},
    )


def test_the_script_works_from_any_directory_and_ends_with_its_code(
    doctor: Doctor, tmp_path: Path
) -> None:
    file = str(doctor.write())
    done = script("--env-file", file, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "27 ok, 1 warning, 0 failure, 1 skipped" in done.stdout
    assert "\033" not in done.stdout
    assert "\r" not in done.stdout
    done = script("--env-file", file, "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["ok"] is True
    assert script("--offline", cwd=tmp_path).returncode == 1
    assert "Usage: scripts/doctor" in script("--help").stdout


def test_a_terminal_sees_colours_and_what_is_looked_at(doctor: Doctor) -> None:
    ours, theirs = pty.openpty()
    options = {"stdout": theirs, "stderr": theirs, "capture_output": False}
    assert script("--env-file", str(doctor.write()), **options).returncode == 0
    os.close(theirs)
    written = os.read(ours, 65_536)
    os.close(ours)
    assert "... templates" in written.decode()
    assert "\033[32mok" in written.decode()
