"""scripts/ops records and statistics: what Aliyun knows, beside what we know."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.utils_models import Config

from scripts.ops_cli import days
from scripts.ops_cli.desk import Deployed
from scripts.ops_cli.sent_records import of_dysms, without_code
from shared.domain.rates import BEIJING
from shared.rules import rules_of
from tests.service import PHONE, Service

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
OTHER = "18912345678"


Said = Callable[..., str]


def day(ago: int = 0) -> str:
    return f"{datetime.fromtimestamp(time.time(), BEIJING) - timedelta(days=ago):%Y-%m-%d}"


def reported(service: Service, verification_id: str, *, success: bool, tell: bool = True) -> None:
    """Let a carrier report a message to Aliyun, and Aliyun to us unless told otherwise."""
    (message,) = (m for m in service.cloud.outbox() if m["out_id"] == verification_id)
    code = "DELIVERED" if success else "MK:0001"
    wish = {"biz_id": message["biz_id"], "success": success, "err_code": code}
    service.cloud.control("report", wish)
    if tell:
        report = service.report(verification_id, message["phone"], success=success, err_code=code)
        service.receipt([report])


def foreign(service: Service, count: int = 1) -> None:
    """Let another system of the same account send, with its own OutId."""
    client = Client(
        Config(
            access_key_id="local",
            access_key_secret="local-secret",
            endpoint=service.cloud.openapi.removeprefix("http://"),
            protocol="HTTP",
        )
    )
    for _ in range(count):
        client.send_sms(
            SendSmsRequest(
                phone_numbers=PHONE,
                sign_name="本地测试",
                template_code="SMS_100003",
                template_param='{"code": "7788"}',
                out_id=f"order of {PHONE}",
            )
        )


def test_records_stand_beside_what_we_know_without_number_and_code(
    service: Service, said: Said, setting: Setting
) -> None:
    setting(LIMIT_PHONE="10/1d", PHONE_SHARE="1")
    verification_id, code = service.sent()
    reported(service, verification_id, success=True)
    assert service.verify(verification_id, code).status == 200
    live_id, live = service.sent()
    foreign(service)
    text = said("records", "--phone", "+86 138-0013-8000")
    for hidden in (PHONE, code, live, "7788"):
        assert hidden not in text
    (first,) = (line for line in text.splitlines() if verification_id in line)
    assert first.count("delivered") == 2
    assert "DELIVERED" in first
    assert "verified" in first
    assert live_id in text
    assert "验证码是****" in text
    assert "5分钟" in text
    found = json.loads(said("records", "--phone", PHONE, "--json", "--day", day()))
    assert [one["verification_id"] for one in found] == [None, live_id, verification_id]
    assert [one["our_state"] for one in found] == [None, "accepted", "delivered"]
    assert PHONE not in json.dumps(found)


def test_a_report_that_never_came_to_us_is_seen_as_a_difference(
    service: Service, said: Said
) -> None:
    verification_id, _ = service.sent()
    reported(service, verification_id, success=False, tell=False)
    (found,) = json.loads(said("records", "--phone", PHONE, "--json"))
    assert (found["state"], found["code"], found["our_state"]) == ("failed", "MK:0001", "accepted")


def test_records_of_more_than_one_page_are_all_read(service: Service) -> None:
    foreign(service, 5)
    rules = rules_of(os.environ)
    deployed = Deployed(os.environ, rules, time.time())
    number, today = rules.numbers.read(PHONE), days.today(time.time())
    assert len(of_dysms(deployed, number, today, size=2)) == 5
    assert service.cloud.calls("dysms")["QuerySendDetails"] == 3


def test_records_are_shown_when_our_own_store_does_not_answer(service: Service, said: Said) -> None:
    verification_id, _ = service.sent()
    service.cloud.fault("tablestore", "GetRow", "error:OTSServerBusy", count=3)
    text = said("records", "--phone", PHONE)
    assert "Our own store does not answer" in text
    assert "SMS_100001" in text
    assert verification_id not in text


def test_a_number_without_records_is_told(said: Said) -> None:
    assert "no record of +86138****8000" in said("records", "--phone", PHONE)


@pytest.mark.parametrize("text", ["yesterday", day(-1), day(31), "20261121"])
def test_a_day_that_aliyun_does_not_keep_is_refused_before_it_is_asked(
    service: Service, said: Said, text: str
) -> None:
    assert "--day" in said("records", "--phone", PHONE, "--day", text, fails=2)
    assert "QuerySendDetails" not in service.cloud.calls("dysms")


def test_a_refusal_of_aliyun_says_what_to_do_and_names_no_number(
    service: Service, said: Said
) -> None:
    service.cloud.fault("dysms", "QuerySendDetails", "error:Forbidden.RAM")
    text = said("records", "--phone", PHONE, fails=1)
    assert "Grant dysms:QuerySendDetails" in text
    assert PHONE not in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("您的验证码是123456，5分钟内有效", "您的验证码是****,5分钟内有效"),
        ("code 123 456 for 13800138000", "code **** for ****"),
        ("Ｇ１２３ or a1b2c3", "**** or ****"),
        ("１２３４", "****"),
        ("12-34 56", "****"),
        ("nothing to hide: 123", "nothing to hide: 123"),
    ],
)
def test_whatever_may_be_a_code_is_hidden_whole(text: str, hidden: str) -> None:
    assert without_code(text) == hidden


def test_aliyuns_counts_stand_beside_ours_with_the_gap(
    service: Service, said: Said, setting: Setting
) -> None:
    setting(LIMIT_PHONE="10/1d", PHONE_SHARE="1", TEST_NUMBERS="13700137000=123456@2099-01-01")
    sent = [service.sent()[0] for _ in range(2)] + [service.sent(OTHER)[0]]
    assert service.send("13700137000").status == 200
    service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH")
    assert service.send(OTHER).status == 502
    reported(service, sent[0], success=True)
    reported(service, sent[1], success=False)
    foreign(service)
    *_, today = json.loads(said("statistics", "--json"))
    assert today["day"] == day()
    theirs, ours = today["aliyun"], today["ours"]
    assert (theirs["sent"], theirs["delivered"], theirs["failed"], theirs["open"]) == (4, 1, 1, 2)
    assert theirs["share"] == 0.25
    assert (ours["sent"], ours["delivered"], ours["failed"]) == (3, 1, 1)
    assert today["gap"] == 1
    text = said("statistics", "--from", day(2))
    assert len(text.splitlines()) == 5
    assert text.splitlines()[-1].split() == (
        ["合计", "total", "4", "1", "1", "2", "25.0%", "3", "1", "1", "+1"]
    )


def test_messages_abroad_count_apart(service: Service, said: Said, setting: Setting) -> None:
    setting(REGIONS="CN,HK")
    service.sent()
    service.sent("+85251234567")

    def sent(*options: str) -> tuple[int, int]:
        found: dict[str, Any] = json.loads(said("statistics", "--json", *options))[-1]
        return found["aliyun"]["sent"], found["ours"]["sent"]

    assert sent("--abroad") == (1, 1)
    assert sent() == (1, 1)


@pytest.mark.parametrize(
    "options",
    [("--from", day(31)), ("--to", "tomorrow"), ("--from", day(1), "--to", day(3))],
)
def test_a_span_that_makes_no_sense_is_refused(said: Said, options: tuple[str, ...]) -> None:
    said("statistics", *options, fails=2)


def test_statistics_on_a_day_long_past_span_a_week_at_most_what_is_kept(said: Said) -> None:
    found = json.loads(said("statistics", "--to", day(28), "--json"))
    assert [one["day"] for one in found] == [day(30), day(29), day(28)]


def test_records_of_pnvs_are_read_there(
    service: Service, said: Said, setting: Callable[..., None]
) -> None:
    setting(SMS_PROVIDERS="dypns")
    verification_id, code = service.sent()
    text = said("records", "--phone", PHONE, "--provider", "dypns")
    assert verification_id in text
    assert "100001" in text
    assert code not in text
    assert service.cloud.calls("dypns")["QuerySendDetails"] == 1
    assert "QuerySendDetails" not in service.cloud.calls("dysms")
