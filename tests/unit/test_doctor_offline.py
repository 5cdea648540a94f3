"""The checks of scripts/doctor that need no network, each seen to pass and to fail."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.deployment import FIXED, Deployment, completed
from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import FAILURE, OK, SKIPPED, WARNING, Result, run_all
from scripts.doctor_checks.checks import CHECKS
from scripts.doctor_checks.folding import folded
from scripts.doctor_checks.runtime import handed_over
from scripts.doctor_checks.settings import environment_bytes
from scripts.local_cloud.local_settings import LOCAL_SETTINGS
from shared.settings import NAMES
from tests.service import ROOT

CODE_SECRET = "pZ3vYqT1mKc7RxW9dLs0HbNf4JgAe6Uo"
NUMBER_SECRET = "Xk2QwB8tVn5MzD1yGr7CjP4hSa9FeL6u"
PHONE, TEST_CODE = "13800138000", "246813"
NOW = 1_795_250_000.0  # 2026-11-21
GOOD = {
    "ACCESS": "api_key",
    "API_KEYS": json.dumps({"shop": hashlib.sha256(b"random enough").hexdigest()}),
    "TRIGGER_AUTH": "anonymous",
    "CODE_SECRETS": CODE_SECRET,
    "NUMBER_SECRET": NUMBER_SECRET,
    "DYSMS_SIGN_NAME": "公司",
    "DYSMS_TEMPLATES": "SMS_1",
    "TABLESTORE_ENDPOINT": "https://ours.cn-hangzhou.ots.aliyuncs.com",
    "TABLESTORE_INSTANCE": "ours",
    "TABLE_PREFIX": "sms_verify_dev_",
    "FUNCTION_ROLE": "acs:ram::123:role/sms-verify",
}
LOCAL = {"TABLESTORE_ENDPOINT": "http://127.0.0.1:9", "TABLESTORE_INSTANCE": "local"}
OFFLINE = [check for check in CHECKS if not check.network]

Examined = dict[str, Result]


def examined(
    *, front: str = "http", alone: bool = False, unknown: tuple[str, ...] = (), **changes: str
) -> Examined:
    """Run all checks that need no network on good settings with some changes."""
    values = completed({**GOOD, **changes})
    case = Case(Deployment(values, alone=alone, unknown=unknown), front, clock=lambda: NOW)
    return {result.check.id: result for result in run_all(OFFLINE, case, starting=lambda _: None)}


def said(result: Result) -> str:
    texts = [(*finding.found, *(finding.advice or ())) for finding in result.findings]
    return " ".join(part for text in texts for part in text)


def test_nothing_is_wrong_with_good_settings() -> None:
    found = examined()
    assert {result.status for result in found.values()} == {OK}
    assert set(found) == {check.id for check in OFFLINE}


def test_what_is_wrong_or_missing_is_told_at_once() -> None:
    found = examined(CODE_LENGTH="9", DYSMS_SIGN_NAME="", TABLE_PREFIX="", SCENES="a,a")
    told = said(found["settings"])
    for text in ("CODE_LENGTH is wrong", "DYSMS_SIGN_NAME is not set", "TABLE_PREFIX is not set"):
        assert text in told
    assert found["settings"].status == FAILURE


def test_settings_that_contradict_each_other_are_told() -> None:
    found = examined(CAPTCHA_SCENES="sign_in")
    assert "CAPTCHA_SCENES needs CAPTCHA" in said(found["settings"])


def test_a_setting_that_is_wrong_hides_no_other_finding() -> None:
    found = examined(CODE_LENGTH="9", NUMBER_SECRET="n" * 32, REGION="eu-central-1")
    assert [found[name].status for name in ("settings", "secrets", "region")] == [FAILURE] * 3


def test_a_check_whose_setting_cannot_be_read_is_skipped_and_says_why() -> None:
    found = examined(CLIENT_IP="somebody")
    assert found["client_ip"].status == SKIPPED
    assert "CLIENT_IP" in said(found["client_ip"])


def test_a_variable_that_nobody_reads_is_told() -> None:
    found = examined(unknown=("LIMIT_IPS",))
    assert found["sources"].status == WARNING
    assert "LIMIT_IPS" in said(found["sources"])


def test_a_file_of_secrets_that_others_can_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "some.env"
    file.touch(0o600)
    case = Case(Deployment(completed(GOOD), file=file), "http")
    (result,) = run_all(CHECKS[:1], case, starting=lambda _: None)
    assert result.status == OK
    file.chmod(0o644)
    (result,) = run_all(CHECKS[:1], case, starting=lambda _: None)
    assert result.status == WARNING


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"CODE_SECRETS": "c" * 32}, FAILURE),
        ({"CODE_SECRETS": "abcdefgh1" * 4}, FAILURE),
        ({"CODE_SECRETS": f"{CODE_SECRET},changeme-changeme"}, FAILURE),
        ({"CODE_SECRETS": f"my-secret-{CODE_SECRET}"}, FAILURE),
        ({"CODE_SECRETS": LOCAL_SETTINGS["CODE_SECRETS"]}, FAILURE),
        ({"NUMBER_SECRET": LOCAL_SETTINGS["NUMBER_SECRET"]}, FAILURE),
        ({"NUMBER_SECRET": CODE_SECRET}, FAILURE),
        ({"CODE_SECRETS": f"{NUMBER_SECRET},{CODE_SECRET}"}, FAILURE),
        ({"CODE_SECRETS": f"{CODE_SECRET},{CODE_SECRET}"}, WARNING),
        ({"CODE_SECRETS": CODE_SECRET[:16]}, WARNING),
        ({"CODE_SECRETS": f"{CODE_SECRET},{CODE_SECRET[::-1]}"}, OK),
        ({"CODE_SECRETS": hashlib.md5(b"x", usedforsecurity=False).hexdigest()}, OK),
        ({"NUMBER_SECRET": ""}, SKIPPED),
        ({"RECEIPT_SECRETS": "hQ7-tYb2_kWm5ZcP8xRd3LsV9nGf6JaE"}, OK),
        ({"RECEIPT_SECRETS": "r" * 32}, FAILURE),
        ({"RECEIPT_SECRETS": NUMBER_SECRET}, FAILURE),
        ({"RECEIPT_SECRETS": CODE_SECRET}, FAILURE),
        ({**LOCAL, "CODE_SECRETS": LOCAL_SETTINGS["CODE_SECRETS"]}, WARNING),
        ({**LOCAL, "CODE_SECRETS": "c" * 32}, FAILURE),
        *(
            ({"CAPTCHA": "turnstile", "TURNSTILE_SECRET": secret}, status)
            for secret, status in (
                ("1x0000000000000000000000000000000AA", FAILURE),
                ("2x0000000000000000000000000000000AA", FAILURE),
                ("3x0000000000000000000000000000000AA", FAILURE),
                (LOCAL_SETTINGS["TURNSTILE_SECRET"], FAILURE),
                ("0x4AAAAAAA" + CODE_SECRET, OK),
            )
        ),
        *(
            ({"API_KEYS": json.dumps({"shop": hashlib.sha256(key).hexdigest()})}, FAILURE)
            for key in (b"", b"shop", b"password", b"changeme")
        ),
        ({"API_KEYS": json.dumps({"shop": "0" * 64})}, FAILURE),
        ({"TEST_NUMBERS": f"{PHONE}={TEST_CODE}@2027-01-31"}, OK),
        ({"TEST_NUMBERS": f"{PHONE}={TEST_CODE}@2027-12-31"}, WARNING),
        ({"TEST_NUMBERS": f"{PHONE}={TEST_CODE}@2026-01-31"}, WARNING),
        ({"ALERT_WEBHOOK": "http://example.com/hook?access_token=abc"}, WARNING),
        ({"ALERT_WEBHOOK": "https://example.com/hook?access_token=abc"}, OK),
        ({"ALERT_WEBHOOK": "http://127.0.0.1:9/hook"}, OK),
    ],
)
def test_secrets_are_strong_apart_and_no_examples(changes: dict[str, str], status: str) -> None:
    found = examined(**changes)["secrets"]
    assert found.status == status, said(found)


@pytest.mark.parametrize(
    ("access", "auth", "front", "status"),
    [
        ("api_key", "anonymous", "http", OK),
        ("api_key", "function", "http", FAILURE),
        ("api_key", "function", "apigw", OK),
        ("captcha", "function", "proxy", FAILURE),
        ("captcha", "anonymous", "http", OK),
        ("gateway", "function", "http", OK),
        ("gateway", "jwt", "http", OK),
        ("gateway", "anonymous", "http", FAILURE),
        ("gateway", "anonymous", "apigw", FAILURE),
        ("gateway", "nobody", "http", FAILURE),
        ("", "function", "http", FAILURE),
    ],
)
def test_the_trigger_lets_in_who_should_come_in_and_nobody_else(
    access: str, auth: str, front: str, status: str
) -> None:
    captcha = {"CAPTCHA": "aliyun", "ALIYUN_CAPTCHA_SCENE_IDS": "x"}
    found = examined(front=front, ACCESS=access, TRIGGER_AUTH=auth, **captcha)
    assert found["access"].status == status, said(found["access"])


@pytest.mark.parametrize(
    "changes", [{"ACCESS": "api_key", "API_KEYS": ""}, {"ACCESS": "captcha", "CAPTCHA": ""}]
)
def test_an_access_that_lets_nobody_send_is_told(changes: dict[str, str]) -> None:
    assert examined(**changes)["access"].status == FAILURE


@pytest.mark.parametrize(
    ("front", "rule", "access", "status"),
    [
        ("http", "peer", "api_key", OK),
        ("http", "peer", "captcha", OK),
        ("http", "peer", "gateway", WARNING),
        ("http", "hops:1", "captcha", FAILURE),
        ("http", "header:X-Real-IP", "api_key", FAILURE),
        ("http", "header:X-Real-IP", "gateway", WARNING),
        ("apigw", "peer", "captcha", FAILURE),
        ("apigw", "peer", "gateway", WARNING),
        ("apigw", "peer", "api_key", OK),
        ("apigw", "hops:1", "captcha", OK),
        ("apigw", "header:X-Client", "gateway", OK),
        ("proxy", "peer", "api_key", FAILURE),
        ("proxy", "hops:2", "gateway", OK),
        ("proxy", "hops:2", "captcha", WARNING),
    ],
)
def test_the_address_that_counts_fits_what_is_in_front(
    front: str, rule: str, access: str, status: str
) -> None:
    auth = "function" if access == "gateway" else "anonymous"
    found = examined(front=front, CLIENT_IP=rule, ACCESS=access, TRIGGER_AUTH=auth)["client_ip"]
    assert found.status == status, said(found)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"REGION": "cn-shanghai"}, OK),
        ({"REGION": ""}, OK),
        ({"REGION": "cn-hongkong"}, FAILURE),
        ({"REGION": "ap-southeast-1"}, FAILURE),
        ({"REGION": "ap-southeast-1", "REGIONS": "SG"}, OK),
        ({"REGION": "somewhere"}, FAILURE),
        ({"RUNTIME": "python3.12"}, OK),
        ({"RUNTIME": "python3.9"}, FAILURE),
    ],
)
def test_the_region_can_send_where_it_should(changes: dict[str, str], status: str) -> None:
    found = examined(**changes)["region"]
    assert found.status == status, said(found)


@pytest.mark.parametrize(
    ("stage", "status", "word"),
    [
        ("", OK, "dev"),
        ("qa-2_b", OK, "qa-2_b"),
        ("my stage", FAILURE, "letters"),
        ("测试", FAILURE, "letters"),
        ("a/b", FAILURE, "letters"),
        ("s" * 40, OK, "s" * 40),
        ("s" * 41, FAILURE, "by 1 characters"),
    ],
)
def test_functions_can_be_named_after_the_stage(stage: str, status: str, word: str) -> None:
    found = examined(STAGE=stage)["stage"]
    assert found.status == status, said(found)
    assert word in said(found)


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"TABLESTORE_ENDPOINT": "http://ours.cn-hangzhou.ots.aliyuncs.com"}, FAILURE, "clear"),
        ({"DYSMS_ENDPOINT": "http://dysmsapi.aliyuncs.com"}, FAILURE, "DYSMS_ENDPOINT"),
        ({"DYSMS_ENDPOINT": "http://127.0.0.1:9"}, FAILURE, "this machine"),
        ({"TABLESTORE_INSTANCE": "theirs"}, FAILURE, "another instance"),
        ({"TABLESTORE_INSTANCE": "OURS"}, OK, ""),
        ({"REGION": "cn-beijing"}, WARNING, "slow"),
        (
            {
                "TABLESTORE_ENDPOINT": "https://ours.cn-hangzhou.vpc.tablestore.aliyuncs.com",
                "REGION": "cn-beijing",
            },
            FAILURE,
            "never answers",
        ),
        (
            {"TABLESTORE_ENDPOINT": "https://ours.cn-hangzhou.vpc.tablestore.aliyuncs.com"},
            WARNING,
            "https://ours.cn-hangzhou.ots.aliyuncs.com",
        ),
        (
            {"TABLESTORE_ENDPOINT": "https://ours.cn-hangzhou.ots-internal.aliyuncs.com"},
            FAILURE,
            "classic",
        ),
        ({"TABLESTORE_ENDPOINT": "https://ours.cn-hangzhou.tablestore.aliyuncs.com"}, OK, ""),
        ({"TABLESTORE_ENDPOINT": "https://store.example.com"}, WARNING, "unusual"),
        (LOCAL, FAILURE, "--env-file"),
        ({"TABLESTORE_ENDPOINT": ""}, OK, "as far as"),
    ],
)
def test_endpoints_are_safe_near_and_ones_own(
    changes: dict[str, str], status: str, word: str
) -> None:
    found = examined(**changes)["endpoints"]
    assert found.status == status, said(found)
    assert word in said(found)


def test_this_machine_is_a_place_for_the_local_service_only() -> None:
    assert examined(alone=True, **LOCAL)["endpoints"].status == WARNING
    assert examined(alone=False, **LOCAL)["endpoints"].status == FAILURE
    for name in ("DYSMS_ENDPOINT", "ALIYUN_CAPTCHA_ENDPOINT", "TURNSTILE_ENDPOINT"):
        elsewhere = examined(alone=True, **{name: "http://127.0.0.1:9"})["endpoints"]
        assert elsewhere.status == FAILURE
        assert name in said(elsewhere)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("acs:ram::123:role/sms-verify", OK),
        ("sms-verify", OK),
        ("", FAILURE),
        ("acs:ram::123:user/sms-verify", FAILURE),
        ("acs:ram::<account>:role/sms-verify", FAILURE),
    ],
)
def test_the_functions_have_a_role(role: str, status: str) -> None:
    assert examined(FUNCTION_ROLE=role)["role"].status == status


@pytest.mark.parametrize(
    ("account", "role", "status"),
    [
        ("123", "acs:ram::123:role/sms-verify", OK),
        ("123", "sms-verify", OK),
        ("1234", "acs:ram::123:role/sms-verify", FAILURE),
    ],
)
def test_the_role_is_of_the_account_that_is_named(account: str, role: str, status: str) -> None:
    found = examined(ALIBABA_CLOUD_ACCOUNT_ID=account, FUNCTION_ROLE=role)["role"]
    assert found.status == status, said(found)


@pytest.mark.parametrize(("numbers", "status"), [(10, OK), (220, WARNING), (400, FAILURE)])
def test_the_environment_fits_function_compute(numbers: int, status: str) -> None:
    phones = ",".join(str(13_800_138_000 + index) for index in range(numbers))
    found = examined(ALLOW_NUMBERS=phones)["size"]
    assert found.status == status, said(found)


def test_the_size_counts_all_that_a_function_is_given() -> None:
    texts = (finding.found[1] for finding in examined()["size"].findings)
    (about,) = (int(text.split()[1]) for text in texts)
    given = {name: GOOD.get(name, "") for name in NAMES}
    assert about == environment_bytes({**FIXED, **given})


def callers(**keys: Any) -> dict[str, str]:
    return {"API_KEYS": json.dumps(keys)}


ONE, OTHER = (hashlib.sha256(name).hexdigest() for name in (b"one of many", b"another of many"))


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"API_KEYS": "", "ACCESS": "gateway"}, OK, "not set"),
        (callers(shop=ONE, app=OTHER), OK, "2 callers: shop, app"),
        (callers(shop=ONE, app=ONE), FAILURE, "one key in API_KEYS serves shop, app"),
        ({"API_KEYS": f'{{"shop": "{ONE}", "shop": "{OTHER}"}}'}, FAILURE, "names shop twice"),
        (callers(shop={"sha256": [ONE, OTHER]}), WARNING, "2 keys"),
        (callers(**{"my shop": ONE}), FAILURE, "what a name should not"),
        (callers(shop={"sha256": ONE, "scenes": ["sign_in"]}), OK, "shop"),
        (callers(shop={"sha256": ONE, "scenes": ["signin"]}), FAILURE, "signin, which is not"),
        (callers(shop={"sha256": ONE, "scenes": []}), FAILURE, "no scene"),
        (callers(shop={"sha256": ONE, "limit": "100/1d"}), OK, "shop"),
        (callers(shop={"sha256": ONE, "limit": "5001/1d"}), WARNING, "more than LIMIT_TOTAL"),
        ({"ACCESS": "gateway"}, WARNING, "nobody looks"),
    ],
)
def test_each_caller_has_a_key_scenes_and_a_limit_that_make_sense(
    changes: dict[str, str], status: str, word: str
) -> None:
    found = examined(**changes)["api_keys"]
    assert (found.status, word in said(found)) == (status, True), said(found)
    assert ONE not in said(found)


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({}, OK, "keeps within"),
        ({"LIMIT_PHONE": "1/60s,4/1h,8/1d"}, OK, "keeps within"),
        ({"LIMIT_PHONE": "1/2m,10/24h"}, WARNING, "10/1h > 5/1h"),
        ({"LIMIT_PHONE": "1/15m,96/24h"}, WARNING, "40 at most"),
        ({"LIMIT_PHONE": "2/60s,5/1h,10/24h"}, WARNING, "2/1m > 1/1m"),
        ({"LIMIT_PHONE": "1/60s"}, WARNING, "40 at most"),
        ({"LIMIT_PHONE": "10/24h"}, WARNING, "10/1m > 1/1m, 10/1h > 5/1h"),
        ({"ALLOW_NUMBERS": PHONE}, WARNING, "console's own allow-list"),
        ({"ALLOW_NUMBERS": PHONE, "LIMIT_ALLOWED": "10/24h"}, OK, "keeps within"),
        ({"LIMIT_PHONE": "1/60s", "SMS_PROVIDERS": "dypns"}, OK, "not used"),
    ],
)
def test_our_limits_are_not_above_aliyuns(changes: dict[str, str], status: str, word: str) -> None:
    found = examined(**changes)["caps"]
    assert (found.status, word in said(found)) == (status, True), said(found)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("    CODE_SECRETS: ${env('CODE_SECRETS')}", []),
        ("    # ALIBABA_CLOUD_ACCESS_KEY_ID: never here", []),
        ("    ALIBABA_CLOUD_ACCESS_KEY_ID: LTAI5t", ["ALIBABA_CLOUD_ACCESS_KEY_ID"]),
        (
            "    KEY: ${env('ALIBABA_CLOUD_ACCESS_KEY_SECRET', '')}",
            ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        ),
    ],
)
def test_a_key_that_is_handed_to_the_functions_is_seen(
    tmp_path: Path, line: str, names: list[str]
) -> None:
    (tmp_path / "s.mine.yaml").write_text(f"environmentVariables:\n{line}\n", "utf-8")
    assert handed_over(tmp_path) == names


def test_the_age_of_the_functions_python_is_told() -> None:
    assert "mended it until 2026-10; use python3.12" in said(examined()["runtime"])
    assert "mend it until 2028-10" in said(examined(RUNTIME="python3.12")["runtime"])


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("as it is", 20, ["as it is"]),
        ("grant this, and that", 12, ["grant this,", "and that"]),
        ("授予权限，然后重试", 10, ["授予权限，", "然后重试"]),
        ("授予权限，然后重试", 9, ["授予权", "限，然后", "重试"]),
        ("a-word-without-end now", 5, ["a-word-without-end", "now"]),
        ("", 9, [""]),
    ],
)
def test_texts_fit_the_screen(text: str, room: int, lines: list[str]) -> None:
    assert folded(text, room=room) == lines


def test_a_check_that_breaks_is_a_failure_and_the_others_run() -> None:
    def breaks(case: Case) -> Any:
        raise ValueError(CODE_SECRET)

    broken: list[Any] = [replace(OFFLINE[0], run=breaks), *OFFLINE[1:]]
    case = Case(Deployment(completed(GOOD)), "http", clock=lambda: NOW)
    first, *others = run_all(broken, case, starting=lambda _: None)
    assert first.status == FAILURE
    assert "ValueError" in said(first)
    assert CODE_SECRET not in said(first)
    assert {result.status for result in others} == {OK}


HIDDEN: list[dict[str, str]] = [
    {},
    {"CODE_SECRETS": "c" * 32, "NUMBER_SECRET": "n" * 31},
    {"CODE_SECRETS": "changeme-changeme"},
    {"NUMBER_SECRET": "short"},
    {"RECEIPT_SECRETS": "receipt/canary"},
    {"TEST_NUMBERS": f"{PHONE}={TEST_CODE}@2028-01-31", "ALLOW_NUMBERS": "13912345678,12345"},
    {"ALERT_WEBHOOK": "http://example.com/hook?access_token=tokentoken"},
    {"CAPTCHA": "turnstile", "TURNSTILE_SECRET": "1x0000000000000000000000000000000AA"},
    {"ACCESS": "secret-in-the-wrong-place", "TRIGGER_AUTH": "another-secret-in-it"},
    {"REGION": "misplaced-secret!", "FUNCTION_ROLE": "misplaced secret"},
    {"TABLESTORE_ENDPOINT": "https://user:hunter22@ours.cn-hangzhou.ots.aliyuncs.com"},
]


@pytest.mark.parametrize("changes", HIDDEN)
def test_no_finding_repeats_a_secret_or_a_number(changes: dict[str, str]) -> None:
    told = " ".join(said(result) for result in examined(**changes).values())
    shown = {"TABLESTORE_INSTANCE", "TABLE_PREFIX", "DYSMS_SIGN_NAME", "DYSMS_TEMPLATES"}
    values = {
        **{name: text for name, text in GOOD.items() if "SECRET" in name or name == "API_KEYS"},
        **{name: text for name, text in changes.items() if name not in shown},
    }
    for value in (*values.values(), PHONE, "13912345678", TEST_CODE, "tokentoken", "hunter22"):
        assert value not in told


def test_what_needs_no_network_loads_no_sdk() -> None:
    code = (
        "import sys\nfrom scripts.doctor_checks.__main__ import main\nmain(['--offline'])\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert not [name for name in loaded if name.startswith(("tablestore", "Tea", "alibabacloud"))]


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({}, OK, "fit"),
        ({"CODE_LENGTH": "6"}, OK, "fit"),
        ({"CODE_LENGTH": "8"}, WARNING, "4 to 6"),
        ({"REGIONS": "CN,HK"}, WARNING, "HK: no template for abroad"),
        ({"REGIONS": "CN,HK", "DYSMS_TEMPLATES": "SMS_1,intl/*=SMS_2"}, OK, "fit"),
        ({"REGIONS": "CN,HK,SG", "DYSMS_TEMPLATES": "SMS_1,HK/*=SMS_2"}, WARNING, "SG: no"),
        ({"REGIONS": "CN,HK", "DYSMS_TEMPLATES": "SMS_1,HK/bind=SMS_2"}, WARNING, "HK: no"),
        ({"REGIONS": "HK,SG"}, OK, "fit"),
    ],
)
def test_a_message_that_aliyun_may_refuse_is_warned_of(
    changes: dict[str, str], status: str, word: str
) -> None:
    found = examined(**changes)["messages"]
    assert (found.status, word in said(found)) == (status, True), said(found)
