"""scripts/doctor trying calls: permissions, account, PNVS, captcha, queues; nothing comes of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tablestore import INF_MAX, INF_MIN, Direction

from scripts.doctor_checks.allowed import BY_DOCTOR, UNTRIED
from scripts.doctor_checks.product_calls import CALLS
from scripts.doctor_checks.store_calls import REQUESTS
from scripts.local_cloud.openapi.sts import EXTERNAL_ID, ROLE, SMS_ROLE, UNTRUSTING_ROLE
from scripts.policies.people_needs import OPERATOR_NEEDS
from scripts.policies.runtime_needs import RUNTIME_NEEDS
from shared import wiring
from shared.storage.tables import ALL
from tests.doctor import NOBODY, Doctor, environment_of, server

NEEDS = [need for need in (*RUNTIME_NEEDS, *OPERATOR_NEEDS) if need.action and need.by != BY_DOCTOR]


@pytest.fixture
def everything(doctor: Doctor) -> dict[str, str]:
    """Switch on every product that has calls of its own."""
    doctor.cloud.control("queues", {"visibility": 30})
    return {
        "SMS_PROVIDERS": "dysms,dypns",
        "CAPTCHA": "aliyun",
        "RECEIPT_QUEUES": "sms-report,sms-up",
        "DYBASE_ENDPOINT": doctor.cloud.openapi,
        "MNS_ENDPOINT": doctor.cloud.mns,
    }


@pytest.fixture
def calls(doctor: Doctor) -> Any:
    """Return the calls that were made since the test began."""
    before = doctor.cloud.control("calls")

    def made(service: str) -> dict[str, int]:
        now, then = doctor.cloud.calls(service), before.get(service, {})
        return {name: count - then.get(name, 0) for name, count in now.items()}

    return made


def rows(doctor: Doctor) -> int:
    """Count the rows of all tables."""
    client, prefix = wiring.store_client(environment_of(doctor.cloud))
    found = 0
    for table in ALL:
        ((key, _),) = table.keys
        _, _, some, _ = client.get_range(
            table.name(prefix), Direction.FORWARD, [(key, INF_MIN)], [(key, INF_MAX)]
        )
        found += len(some)
    return found


# Each permission by its own call


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: f"{need.by} {need.call}")
def test_every_need_of_the_policies_is_tried_or_says_why_not(need: Any) -> None:
    of_store = need.action.startswith("ots:")
    assert need.call in REQUESTS if of_store else need.action in {**CALLS, **UNTRIED}


def test_the_functions_calls_are_tried_as_their_role_and_nothing_comes_of_it(
    doctor: Doctor, everything: dict[str, str], calls: Any
) -> None:
    doctor.cloud.control("queues", {"type": "SmsReport", "message": {"success": True}})
    used = doctor.cloud.control("keys")["used"]
    status, said = doctor.check("allowed", "--as-role", **everything)
    assert (status, "calls are allowed" in said) == ("ok", True), said
    for service in ("tablestore", "dysms", "dypns", "captcha", "dybase"):
        assert doctor.cloud.control("keys")["used"][service] > used.get(service, 0), service
    for service, operation in (
        ("dysms", "SendSms"),
        ("dypns", "SendSmsVerifyCode"),
        ("dypns", "CheckSmsVerifyCode"),
        ("dybase", "QueryTokenForMnsQueue"),
        ("captcha", "VerifyIntelligentCaptcha"),
        ("tablestore", "BatchWriteRow"),
        ("tablestore", "UpdateRow"),
    ):
        assert calls(service).get(operation, 0) > 0, operation
    assert doctor.cloud.outbox() == []
    assert rows(doctor) == 0
    assert doctor.cloud.control("queues")["SmsReport"] == {"messages": 1, "hidden": 0}


@pytest.mark.parametrize(
    ("service", "operation", "effect", "status", "word"),
    [
        ("tablestore", "UpdateRow", "error:OTSNoPermissionAccess", "failure", "on messages"),
        ("tablestore", "GetRange", "error:OTSNoPermissionAccess", "failure", "alerts, pending"),
        ("tablestore", "BatchWriteRow", "partial:0:OTSNoPermissionAccess", "failure", "on phones"),
        ("tablestore", "BatchGetRow", "partial:0:OTSNoPermissionAccess", "failure", "on phones"),
        ("tablestore", "UpdateRow", "error:OTSServerBusy", "warning", "OTSServerBusy"),
        ("dysms", "SendSms", "error:isp.RAM_PERMISSION_DENY", "failure", "grant dysms:SendSms"),
        ("dysms", "SendSms", "error:Forbidden.RAM", "failure", "may not call SendSms"),
        ("dysms", "QuerySendDetails", "error:Throttling.User", "warning", "wait a moment"),
        ("dypns", "CheckSmsVerifyCode", "error:NoPermission", "failure", "dypns:CheckSms"),
        ("captcha", "*", "error:Forbidden.RAM", "failure", "yundun-afs:VerifyCaptcha"),
        ("dybase", "*", "error:Forbidden.RAM", "failure", "dybase:QueryTokenForMnsQueue"),
        ("dysms", "SendSms", "drop", "failure", "no answer"),
        ("dysms", "SendSms", "error:InvalidAccessKeyId.NotFound", "failure", "ACCESS_KEY_ID"),
    ],
)
def test_what_the_role_may_not_do_is_named_with_what_to_grant(
    doctor: Doctor,
    everything: dict[str, str],
    service: str,
    operation: str,
    effect: str,
    status: str,
    word: str,
) -> None:
    count = 1 if effect.startswith("partial") else -1
    doctor.cloud.fault(service, operation, effect, count)
    found, said = doctor.check("allowed", "--as-role", **everything)
    assert (found, word in said) == (status, True), said


def test_without_the_role_the_operators_own_calls_are_tried(doctor: Doctor, calls: Any) -> None:
    status, said = doctor.check("allowed")
    assert status == "ok", said
    assert calls("dysms")["QuerySmsSignList"] == 1
    assert not calls("tablestore").get("BatchWriteRow")
    assert "--as-role" in doctor.check("acting")[1]


@pytest.mark.parametrize(
    ("service", "operation", "effect", "word"),
    [
        ("tablestore", "GetRange", "error:OTSNoPermissionAccess", "scripts/policy operator"),
        ("dysms", "QuerySmsSignList", "error:Forbidden.RAM", "scripts/policy operator"),
    ],
)
def test_what_an_operator_may_do_without_is_a_warning(
    doctor: Doctor, service: str, operation: str, effect: str, word: str
) -> None:
    doctor.cloud.fault(service, operation, effect, -1)
    status, said = doctor.check("allowed")
    assert (status, word in said) == ("warning", True), said


def test_who_tries_is_told(doctor: Doctor) -> None:
    status, said = doctor.check("acting", "--as-role", FUNCTION_ROLE="local")
    assert status == "failure"  # a bare name needs the account's number
    named = {"FUNCTION_ROLE": "local", "ALIBABA_CLOUD_ACCOUNT_ID": "1000000000000001"}
    status, said = doctor.check("acting", "--as-role", **named)
    assert (status, "the functions' role, local" in said) == ("ok", True), said


@pytest.mark.parametrize(
    ("role", "effect", "word"),
    [
        (UNTRUSTING_ROLE, "", "trust policy"),
        (ROLE.replace("local", "gone"), "", "EntityNotExist"),
        (ROLE, "drop", "STS did not answer"),
    ],
)
def test_a_role_that_cannot_be_assumed_is_told_and_nothing_is_tried_as_it(
    doctor: Doctor, role: str, effect: str, word: str
) -> None:
    if effect:
        doctor.cloud.fault("sts", "AssumeRole", effect, -1)
    named = {"FUNCTION_ROLE": role, "ALIBABA_CLOUD_ACCOUNT_ID": "1000000000000001"}
    found = json.loads(doctor("--as-role", "--json", code=1, **named))["checks"]
    checks = {check["id"]: check for check in found}
    assert checks["acting"]["status"] == "failure"
    assert word in json.dumps(checks["acting"]["findings"])
    for name in ("allowed", "money", "pnvs", "captcha", "queues"):
        assert checks[name]["status"] == "skipped"


def test_sms_in_another_account_is_tried_by_the_role_there(doctor: Doctor, calls: Any) -> None:
    other = {"SMS_ROLE_ARN": SMS_ROLE, "SMS_ROLE_EXTERNAL_ID": EXTERNAL_ID}
    assert doctor.check("allowed", "--as-role", **other)[0] == "ok"
    assert calls("sts")["AssumeRole"] == 2
    assert doctor.check("money", "--as-role", **other)[0] == "ok"
    for name in ("sign", "templates", "money", "usage"):
        status, said = doctor.check(name, **other)
        assert (status, "another account, 1000000000000002" in said) == ("skipped", True)
    wrong = {**other, "SMS_ROLE_EXTERNAL_ID": "of-somebody-else"}
    assert doctor.check("acting", "--as-role", **wrong)[0] == "failure"


# Account and balance


@pytest.mark.parametrize(
    ("effect", "status", "word"),
    [
        ("", "ok", "balance warning"),
        ("error:isv.AMOUNT_NOT_ENOUGH", "failure", "Top up"),
        ("error:isv.OUT_OF_SERVICE", "failure", "stopped (debts)"),
        ("error:isv.PRODUCT_UN_SUBSCRIPT", "failure", "Activate the short message service"),
        ("error:isv.ACCOUNT_ABNORMAL", "failure", "not in order"),
        ("error:isv.DAY_LIMIT_CONTROL", "failure", "total that was set in the console"),
        ("error:isv.DENY_IP_RANGE", "failure", "region"),
        ("error:isv.SOMETHING_NEW", "warning", "isv.SOMETHING_NEW"),
        ("error:isp.SYSTEM_ERROR", "warning", "wait a moment"),
        ("error:isp.RAM_PERMISSION_DENY", "skipped", "says nothing of the functions"),
        ("drop", "failure", "no answer"),
    ],
)
def test_what_the_account_lacks_is_told_without_sending(
    doctor: Doctor, effect: str, status: str, word: str
) -> None:
    if effect:
        doctor.cloud.fault("dysms", "SendSms", effect)
    found, said = doctor.check("money")
    assert (found, word in said) == (status, True), said
    assert doctor.cloud.outbox() == []


def test_nobodys_number_and_no_code_is_all_that_senders_are_asked_with(doctor: Doctor) -> None:
    """Either would be refused alone, so a service that overlooks one still sends nothing."""
    seen: list[str] = []
    with server(body={"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, seen=seen) as address:
        for name, changes in (("money", {"DYSMS_ENDPOINT": address}), ("pnvs", PNVS)):
            doctor.check(name, **{**changes, "PNVS_ENDPOINT": address})
    asked = [dict(parse_qsl(urlsplit(path).query)) for path in seen]
    senders = [query for query in asked if "TemplateParam" in query]
    assert len(senders) > 1
    for query in senders:
        assert query.get("PhoneNumbers", query.get("PhoneNumber")) == "0"
        assert query["TemplateParam"] == "{}"


# PNVS

PNVS = {"SMS_PROVIDERS": "dypns"}


@pytest.mark.parametrize(
    ("operation", "effect", "status", "word"),
    [
        ("", "", "ok", "activated"),
        ("CheckSmsVerifyCode", "error:FUNCTION_NOT_OPENED", "failure", "not activated"),
        ("CheckSmsVerifyCode", "error:isv.PRODUCT_UN_SUBSCRIPT", "failure", "Activate"),
        ("SendSmsVerifyCode", "error:OFFER_NOT_ORDER_STATUS", "failure", "not activated"),
        ("SendSmsVerifyCode", "error:isv.OUT_OF_SERVICE", "failure", "Top up"),
        ("SendSmsVerifyCode", "error:InvalidSignName", "warning", "云渚科技验证平台"),
        ("CheckSmsVerifyCode", "error:isv.ValidateFail:400", "ok", "activated"),
        ("CheckSmsVerifyCode", "error:Forbidden.RAM", "skipped", "--as-role"),
        ("CheckSmsVerifyCode", "drop", "failure", "no answer"),
    ],
)
def test_pnvs_is_activated_and_takes_its_sign_names(
    doctor: Doctor, operation: str, effect: str, status: str, word: str
) -> None:
    if effect:
        doctor.cloud.fault("dypns", operation, effect)
    found, said = doctor.check("pnvs", **PNVS)
    assert (found, word in said) == (status, True), said
    assert doctor.cloud.outbox() == []


def test_pnvs_is_not_asked_where_it_is_not_used(doctor: Doctor, calls: Any) -> None:
    assert "not used" in doctor.check("pnvs")[1]
    assert not any(calls("dypns").values())


# Captcha

ALIYUN = {"CAPTCHA": "aliyun", "ALIYUN_CAPTCHA_SCENE_IDS": "local"}
TURNSTILE = {"CAPTCHA": "turnstile"}
VERDICT = {"Success": True, "Code": "Success", "Result": {"VerifyResult": True, "VerifyCode": "T"}}


@pytest.mark.parametrize(
    ("changes", "effect", "status", "word"),
    [
        ({}, "", "ok", "no captcha"),
        (ALIYUN, "", "ok", "a false token is refused (F001)"),
        (
            {**ALIYUN, "ALIYUN_CAPTCHA_SCENE_IDS": "local,reset_password=theirs"},
            "",
            "failure",
            "theirs",
        ),
        (ALIYUN, "error:Forbidden.RAM", "skipped", "VerifyIntelligentCaptcha"),
        (ALIYUN, "error:InvalidAccessKeyId.NotFound", "failure", "ACCESS_KEY"),
        (ALIYUN, "error:Odd", "warning", "Odd"),
        (ALIYUN, "drop", "failure", "no answer"),
        (TURNSTILE, "", "ok", "invalid-input-response"),
        ({**TURNSTILE, "TURNSTILE_SECRET": "0x4AAAAAAAnobodys"}, "", "failure", "does not know"),
        (
            {**TURNSTILE, "TURNSTILE_SECRET": "1x0000000000000000000000000000000AA"},
            "",
            "failure",
            "stops nobody",
        ),
        (TURNSTILE, "error:internal-error", "warning", "internal-error"),
        (TURNSTILE, "error:503", "warning", "no answer of use"),
        (TURNSTILE, "drop", "warning", "no answer of use"),
    ],
)
def test_the_captcha_service_knows_us_and_refuses_what_is_no_token(
    doctor: Doctor, changes: dict[str, str], effect: str, status: str, word: str
) -> None:
    if effect:
        doctor.cloud.fault("captcha", "*", effect)
    found, said = doctor.check("captcha", **changes)
    assert (found, word in said) == (status, True), said


def test_a_captcha_that_passes_everything_is_a_failure(doctor: Doctor) -> None:
    with server(body=VERDICT) as address:
        found, said = doctor.check("captcha", **{**ALIYUN, "ALIYUN_CAPTCHA_ENDPOINT": address})
    assert (found, "test mode" in said) == ("failure", True), said


# Queues


@pytest.mark.parametrize(
    ("service", "effect", "status", "word"),
    [
        ("", "", "ok", "nothing was taken"),
        ("dybase", "error:Forbidden.RAM", "skipped", "QueryTokenForMnsQueue"),
        ("dybase", "error:isv.INVALID_PARAMETERS", "failure", "no keys to the queue"),
        ("dybase", "drop", "failure", "no answer"),
        ("mns", "error:QueueNotExist", "failure", "sms-report: there is no such queue"),
        ("mns", "error:AccessDenied", "failure", "refused lent keys"),
        ("mns", "error:InternalError", "warning", "InternalError"),
        ("mns", "drop", "failure", "MNS does not answer"),
    ],
)
def test_the_queues_are_reached_and_nothing_is_taken_from_them(
    doctor: Doctor,
    everything: dict[str, str],
    service: str,
    effect: str,
    status: str,
    word: str,
) -> None:
    if service:
        doctor.cloud.fault(service, "*", effect, -1)
    doctor.cloud.control("queues", {"type": "SmsUp", "message": {"content": "TD"}})
    before = doctor.cloud.control("queues")["SmsUp"]["messages"]
    found, said = doctor.check("queues", **everything)
    assert (found, word in said) == (status, True), said
    assert doctor.cloud.control("queues")["SmsUp"] == {"messages": before, "hidden": 0}


def test_queues_need_the_accounts_number(doctor: Doctor, everything: dict[str, str]) -> None:
    status, said = doctor.check("queues", **everything, FUNCTION_ROLE="local")
    assert (status, "ALIBABA_CLOUD_ACCOUNT_ID" in said) == ("skipped", True)
    nowhere = {**everything, "MNS_ENDPOINT": NOBODY}
    assert doctor.check("queues", **nowhere)[0] == "failure"
