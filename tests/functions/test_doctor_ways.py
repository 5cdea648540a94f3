"""scripts/doctor on what is sent, registered, pushed to us and told: usage, receipts, alerts."""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture

from scripts.deployment import Deployment, completed
from scripts.doctor_checks.__main__ import main
from scripts.doctor_checks.case import Case, Wishes
from scripts.doctor_checks.receipts import addresses
from scripts.local_cloud.webhook import SECRET as WEBHOOK_SECRET
from shared.domain.rates import BEIJING
from tests.doctor import NOBODY, Captured, Doctor, server
from tests.functions.test_scripts import serving
from tests.service import RECEIPT_SECRET

RECEIVED = {"code": 0, "msg": "接收成功"}
KNOWING = {"known": RECEIPT_SECRET}
"""Answers 404 to who does not know the secret."""

# What is sent, against the cap


def statistics(*counts: int) -> dict[str, Any]:
    """Answer as QuerySendStatistics: counts of yesterday, the day before, and so on."""
    today = datetime.now(BEIJING)
    lines = [
        {"SendDate": (today - timedelta(days=before)).strftime("%Y%m%d"), "TotalCount": count}
        for before, count in enumerate(counts, start=1)
    ]
    return {"Code": "OK", "Data": {"TargetList": lines, "TotalSize": len(lines)}}


@pytest.mark.parametrize(
    ("counts", "total", "status", "word"),
    [
        ((), "5000/1d", "ok", "nothing was sent"),
        ((100, 90, 80), "5000/1d", "ok", "100 yesterday"),
        ((4001,), "5000/1d", "warning", "nearly reached"),
        ((4000,), "5000/1d", "ok", "4000 yesterday"),
        ((0, 4900), "5000/1d", "ok", "4900 on the busiest"),
        ((60, 70, 50), "500/1h", "warning", "12000 a day: too far off"),
        ((50, 40, 30), "5000/1d", "warning", "ten times the usual: 500/1d"),
        ((51, 40, 30), "5000/1d", "ok", "51 yesterday"),
        ((3, 2), "5000/1d", "ok", "3 yesterday"),
    ],
)
def test_the_cap_is_neither_near_nor_far(
    doctor: Doctor, counts: tuple[int, ...], total: str, status: str, word: str
) -> None:
    with server(body=statistics(*counts)) as address:
        found, said = doctor.check("usage", DYSMS_ENDPOINT=address, LIMIT_TOTAL=total)
    assert (found, word in said) == (status, True), said


@pytest.mark.parametrize(
    ("effect", "status", "word"),
    [
        ("error:Forbidden.RAM", "failure", "grant dysms:QuerySendStatistics"),
        ("error:isp.RAM_PERMISSION_DENY", "failure", "grant dysms:QuerySendStatistics"),
        ("drop", "failure", "no answer"),
    ],
)
def test_statistics_that_are_refused_are_told(
    doctor: Doctor, effect: str, status: str, word: str
) -> None:
    doctor.cloud.fault("dysms", "QuerySendStatistics", effect, -1)
    found, said = doctor.check("usage")
    assert (found, word in said) == (status, True), said


# The sign name, carrier by carrier


def sign(carriers: dict[str, int], *, tag: int = 2, **reason: Any) -> dict[str, Any]:
    reasons = [reason] if reason else []
    listed = [
        {"OperatorCode": code, "RegisterStatus": status, "RegisterStatusReasons": reasons}
        for code, status in carriers.items()
    ]
    return {"Code": "OK", "SignStatus": 1, "SignTag": tag, "SignIspRegisterDetailList": listed}


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (sign({"mobile": 3, "unicom": 1, "telecom": 3}), "ok", "all carriers"),
        (sign({}), "ok", "is not told"),
        (sign({"mobile": 3, "unicom": 3}), "warning", "China Telecom: not submitted"),
        (sign({"mobile": 3, "unicom": 3, "telecom": 2}), "warning", "lapsed"),
        (sign({"mobile": 0, "unicom": 0, "telecom": 3}), "warning", "China Mobile, China Unicom"),
        (sign({"mobile": 7, "unicom": 3, "telecom": 3}), "warning", "in state 7"),
        (sign({"mobile": 3, "unicom": 3, "telecom": 3}, tag=4), "warning", "bound numbers only"),
        (
            sign({"mobile": 0, "unicom": 3, "telecom": 3}, ReasonCode="QUALIFICATION_ERROR"),
            "warning",
            "(QUALIFICATION_ERROR)",
        ),
    ],
)
def test_each_carriers_registration_is_told_with_its_reason(
    doctor: Doctor, answer: dict[str, Any], status: str, word: str
) -> None:
    with server(body=answer) as address:
        found, said = doctor.check("sign", DYSMS_ENDPOINT=address)
    assert (found, word in said) == (status, True), said


# Where receipts are pushed to


def test_the_receipts_door_of_the_local_service_answers_in_time_and_stores_nothing(
    tmp_path: Path, capsys: Captured
) -> None:
    with serving(tmp_path) as front:
        before = front.request("/_local/calls")[1].get("tablestore", {})
        main(["--env-file", str(tmp_path / "doors.env"), "--json"])
        (found,) = (
            check
            for check in json.loads(capsys.readouterr().out)["checks"]
            if check["id"] == "receipts"
        )
        after = front.request("/_local/calls")[1]["tablestore"]
    assert found["status"] == "ok", found
    assert "of 700" in found["findings"][0]["found"]["en"]
    assert after.get("BatchWriteRow", 0) == before.get("BatchWriteRow", 0)


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        ({"body": RECEIVED}, "failure", "a wrong secret gets 200"),
        ({"body": RECEIVED, **KNOWING}, "ok", "of 700"),
        ({"body": RECEIVED, "delays": [0.71], **KNOWING}, "warning", "minInstances"),
        ({"body": RECEIVED, "delays": [0, 0.71], **KNOWING}, "failure", "more cpu"),
        ({"body": {"msg": "ok"}}, "failure", "not taken (sms-report 200"),
        ({"body": {"code": "0"}}, "failure", "not taken"),
        ({"body": {"code": True}}, "failure", "not taken"),
        ({"body": RECEIVED, "status": 404}, "failure", "other RECEIPT_SECRETS"),
        ({"body": RECEIVED, "status": 301}, "warning", "redirected"),
        ({"body": RECEIVED, "status": 502}, "failure", "log of the receipts function"),
    ],
)
def test_a_receipts_door_that_would_not_do_for_aliyun_is_told(
    doctor: Doctor, answer: dict[str, Any], status: str, word: str
) -> None:
    seen: list[str] = []
    with server(seen=seen, **answer) as address:
        found, said = doctor.check("receipts", "--receipts-url", f"{address}/receipts/x/y")
    assert (found, word in said) == (status, True), said
    assert seen[0] == f"/receipts/sms-report/{RECEIPT_SECRET}"
    assert RECEIPT_SECRET not in said


def test_a_door_that_does_not_answer_or_is_nowhere_is_told(doctor: Doctor) -> None:
    status, said = doctor.check("receipts", "--receipts-url", NOBODY)
    assert (status, "does not answer" in said) == ("failure", True)
    assert "--receipts-url" in doctor.check("receipts")[1]
    assert doctor.check("receipts", RECEIPT_SECRETS="")[0] == "ok"


@pytest.mark.parametrize(
    ("url", "values", "found"),
    [
        ("https://x.com/", {}, ["https://x.com", "http://x.com"]),
        ("x.com/receipts/sms-report/secret", {}, ["https://x.com", "http://x.com"]),
        ("http://x.com:8080/stage", {}, ["http://x.com:8080/stage"]),
        ("", {"DOMAIN": "x.com"}, ["https://x.com", "http://x.com"]),
        ("", {"FRONT_URL": "http://127.0.0.1:9000", "DOMAIN": "x"}, ["http://127.0.0.1:9000"]),
        ("", {}, []),
    ],
)
def test_both_schemes_are_tried_where_no_port_says_which(
    url: str, values: dict[str, str], found: list[str]
) -> None:
    case = Case(Deployment(completed(values)), "http", wishes=Wishes(receipts_url=url))
    assert addresses(case) == found


# Alerts


def hooked(doctor: Doctor, **more: str) -> dict[str, str]:
    return {
        "ALERT_WEBHOOK": f"{doctor.cloud.openapi}/_local/webhook?access_token=local",
        "ALERT_FORMAT": "dingtalk",
        "ALERT_WEBHOOK_SECRET": WEBHOOK_SECRET,
        **more,
    }


def test_a_webhook_is_connected_to_and_sent_nothing(doctor: Doctor) -> None:
    before = doctor.cloud.control("webhook")
    status, said = doctor.check("webhook", **hooked(doctor))
    assert (status, "nothing sent" in said) == ("ok", True), said
    assert doctor.cloud.control("webhook") == before
    status, said = doctor.check("webhook", **hooked(doctor, ALERT_WEBHOOK=f"{NOBODY}/x?token=abc"))
    assert (status, "no connection" in said) == ("failure", True)


@pytest.mark.parametrize(
    ("url", "changes", "status", "word"),
    [
        ("https://oapi.dingtalk.com/robot/send?access_token=abc", {}, "warning", "keyword"),
        (
            "https://oapi.dingtalk.com/robot/send?access_token=abc",
            {"ALERT_WEBHOOK_SECRET": "SECabc"},
            "ok",
            "connected",
        ),
        ("https://oapi.dingtalk.com/robot/send", {}, "failure", "without access_token"),
        (
            "https://oapi.dingtalk.com/robot/send?access_token=abc",
            {"ALERT_FORMAT": "json"},
            "failure",
            "shows nothing",
        ),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc", {}, "failure", "Feishu"),
        ("https://example.com/hook", {}, "ok", "connected"),
    ],
)
def test_a_webhook_has_the_form_that_its_host_takes(
    doctor: Doctor,
    mocker: MockerFixture,
    url: str,
    changes: dict[str, str],
    status: str,
    word: str,
) -> None:
    mocker.patch("socket.create_connection")
    mocker.patch("ssl.SSLContext.wrap_socket")
    found, said = doctor.check("webhook", ALERT_WEBHOOK=url, **changes)
    assert (found, word in said) == (status, True), said
    assert "abc" not in said


def test_a_name_that_nobody_knows_and_a_door_without_tls_are_told(doctor: Doctor) -> None:
    assert "cannot be resolved" in doctor.check("webhook", ALERT_WEBHOOK="https://x.invalid/h")[1]
    plain = doctor.cloud.openapi.replace("http:", "https:")
    assert "TLS" in doctor.check("webhook", ALERT_WEBHOOK=f"{plain}/h")[1]


@pytest.mark.parametrize(("answer", "sent"), [("y\n", 1), ("n\n", 0), ("", 0)])
def test_a_test_alert_is_sent_to_who_says_yes(
    doctor: Doctor, capsys: Captured, monkeypatch: pytest.MonkeyPatch, answer: str, sent: int
) -> None:
    before = len(doctor.cloud.control("webhook"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    file = str(doctor.write(**hooked(doctor)))
    assert main(["--env-file", file, "--send-test-alert", "--lang", "en"]) == (0 if sent else 1)
    written = capsys.readouterr()
    assert "one test alert" in written.err
    assert len(doctor.cloud.control("webhook")) - before == sent
    if sent:
        newest = doctor.cloud.control("webhook")[0]
        assert newest["signature"] == "right"
        assert "测试" in newest["body"]["text"]["content"]
        assert "the test alert was taken" in written.out


def test_a_test_alert_that_is_refused_is_told(doctor: Doctor) -> None:
    wrong = hooked(doctor, ALERT_WEBHOOK_SECRET="another-secret")
    status, said = doctor.check("webhook", "--send-test-alert", "--yes", **wrong)
    assert (status, "310000" in said) == ("failure", True), said


@pytest.mark.parametrize(
    "option", [["--as-role"], ["--receipts-url", "https://x.com"], ["--send-test-alert"]]
)
def test_what_asks_somebody_is_not_for_offline(capsys: Captured, option: list[str]) -> None:
    assert main(["--offline", *option]) == 2
    assert "--offline" in capsys.readouterr().err
