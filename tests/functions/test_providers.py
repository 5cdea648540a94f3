"""Who sends: by region, scene and settings; the next one only where the first took nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest

from functions import maintain
from scripts.local_cloud.events import context, timer_event
from shared import wiring
from shared.domain.standing import FIRST_DELIVERY_PAUSE, FIRST_PAUSE
from shared.storage import tables
from tests.ends import delivered_by
from tests.service import PHONE, Service, at_once, wrong

Setting = Callable[..., None]
HONG_KONG, MACAU, TAIWAN, SINGAPORE = "+85291234567", "+85366123456", "+886912345678", "+6581234567"


@pytest.fixture
def both(setting: Setting) -> None:
    setting(SMS_PROVIDERS="dysms,dypns", LIMIT_IP="1000/1d", LIMIT_PHONE="100/60s")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def move(seconds: float) -> None:
        monkeypatch.setattr(wiring, "clock", lambda: time.time() + seconds)

    return move


def senders(service: Service) -> list[str]:
    """Return who sent, in order."""
    return [message["provider"] for message in reversed(service.cloud.outbox())]


def number(index: int) -> str:
    return str(13900139000 + index * 7919)


@pytest.mark.parametrize("name", ["dypns", "pnvs", "DYPNS"])
def test_pnvs_sends_a_code_of_ours_by_settings_alone(
    service: Service, setting: Setting, name: str
) -> None:
    setting(SMS_PROVIDERS=name, DYSMS_SIGN_NAME=None, DYSMS_TEMPLATES=None)
    verification_id, code = service.sent()
    (message,) = service.cloud.outbox()
    assert (message["provider"], message["out_id"]) == ("dypns", verification_id)
    assert message["params"] == {"code": code, "min": "5"}
    assert service.verify(verification_id, wrong(code)).code == "code_rejected"
    assert service.verify(verification_id, code).status == 200
    assert service.verify(verification_id, code).code == "code_rejected"


@pytest.mark.parametrize(
    ("scene", "template"),
    [
        ("sign_in", "100001"),
        ("register", "100001"),
        ("anything", "100001"),
        ("change_phone", "100002"),
        ("reset_password", "100003"),
        ("bind_phone", "100004"),
    ],
)
def test_a_scene_has_its_gifted_template(
    service: Service, setting: Setting, scene: str, template: str
) -> None:
    setting(SMS_PROVIDERS="dypns", SCENES=scene)
    service.sent(scene=scene)
    assert service.cloud.outbox()[0]["template_code"] == template


def test_the_minutes_follow_the_life_of_the_code(service: Service, setting: Setting) -> None:
    setting(SMS_PROVIDERS="dypns", CODE_TTL="120")
    service.sent()
    assert service.cloud.outbox()[0]["params"]["min"] == "2"


@pytest.mark.parametrize("phone", [HONG_KONG, MACAU, TAIWAN, SINGAPORE])
def test_pnvs_alone_refuses_numbers_outside_the_mainland(
    service: Service, setting: Setting, phone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    setting(SMS_PROVIDERS="dypns", REGIONS="CN,HK,MO,TW,SG")
    answer = service.send(phone)
    assert answer.code == "unsupported_region"
    assert "只能发送到中国内地" in answer.json["detail"]
    assert '"reason": "mainland_only"' in capsys.readouterr().out
    assert service.cloud.calls("dypns") == {}
    assert service.rows("phones") == []


def test_each_region_and_scene_has_its_own_order(service: Service, setting: Setting) -> None:
    setting(
        SMS_PROVIDERS="dypns,dysms;CN/reset_password=dysms;intl=dysms",
        REGIONS="CN,HK",
        LIMIT_REGION="*=100/1d",
        DYSMS_TEMPLATES="SMS_100001,intl=SMS_100010",
    )
    service.sent(number(1))
    service.sent(number(2), scene="reset_password")
    service.sent(HONG_KONG)
    found = [(m["provider"], m["template_code"]) for m in reversed(service.cloud.outbox())]
    assert found == [("dypns", "100001"), ("dysms", "SMS_100001"), ("dysms", "SMS_100010")]


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    "code", ["isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "Throttling.User", "Forbidden.RAM"]
)
def test_the_next_provider_sends_what_the_first_certainly_did_not_take(
    service: Service, code: str
) -> None:
    service.cloud.fault("dysms", "SendSms", f"error:{code}")
    verification_id, right = service.sent()
    assert senders(service) == ["dypns"]
    assert service.verify(verification_id, right).status == 200
    assert service.state(verification_id).json["provider"] == "dypns"


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("effect", "delivery"),
    [
        ("drop_after", "unconfirmed"),
        ("drop", "unconfirmed"),
        ("delay_after:4500", "unconfirmed"),
        ("error:isp.SYSTEM_ERROR", "unconfirmed"),
        ("error:ServiceUnavailable", "unconfirmed"),
        ("error:isv.NOBODY_KNOWS_THIS", "unconfirmed"),
    ],
)
def test_no_other_provider_is_asked_where_the_first_may_have_taken_it(
    service: Service, effect: str, delivery: str
) -> None:
    service.cloud.fault("dysms", "SendSms", effect)
    answer = service.send()
    assert answer.json["delivery"] == delivery
    assert service.cloud.calls("dypns") == {}
    assert len(service.cloud.outbox()) <= 1


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", "invalid_phone"),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "phone_blocked"),
        ("isv.BUSINESS_LIMIT_CONTROL", "rate_limited"),
        ("isv.DAY_LIMIT_CONTROL", "daily_cap_reached"),
    ],
)
def test_what_lies_with_the_number_or_a_cap_is_not_tried_elsewhere(
    service: Service, code: str, refusal: str
) -> None:
    service.cloud.fault("dysms", "SendSms", f"error:{code}")
    assert service.send().code == refusal
    assert service.cloud.calls("dypns") == {}
    assert service.cloud.outbox() == []


@pytest.mark.usefixtures("both")
def test_nothing_is_spent_where_every_provider_fails(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE", -1)
    service.cloud.fault("dypns", "SendSmsVerifyCode", "error:FUNCTION_NOT_OPENED", -1)
    assert service.send().code == "provider_rejected"
    assert service.counted("total") == 0
    assert service.rows("pending") == []
    assert service.cloud.calls("dypns") == {"SendSmsVerifyCode": 1}


@pytest.mark.usefixtures("both")
def test_a_provider_that_failed_is_asked_last_for_a_while(
    service: Service, later: Callable[[float], None]
) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE", -1)
    for index in range(4):
        service.sent(number(index))
    assert service.cloud.calls("dysms") == {"SendSms": 1}
    later(2 * FIRST_PAUSE + 5)
    service.sent(number(9))
    assert service.cloud.calls("dysms") == {"SendSms": 2}
    (row,) = service.rows("providers")
    assert (row["provider"], row["pause"], row["reason"]) == (
        "dysms",
        2 * FIRST_PAUSE,
        "isv.OUT_OF_SERVICE",
    )


@pytest.mark.usefixtures("both")
def test_a_provider_aside_is_asked_where_nobody_else_is_left(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    service.sent(number(1))
    service.cloud.fault("dypns", "SendSmsVerifyCode", "error:FUNCTION_NOT_OPENED")
    service.sent(number(2))
    assert senders(service) == ["dypns", "dysms"]


@pytest.mark.usefixtures("both")
def test_a_provider_is_tried_again_by_a_share_that_grows(
    service: Service, later: Callable[[float], None]
) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    service.sent(number(100))
    later(FIRST_PAUSE + 3)
    for index in range(60):
        service.sent(number(index))
    tried = senders(service).count("dysms")
    assert 1 <= tried <= 25, tried  # a tenth is expected: 6 of 60


@pytest.mark.usefixtures("both")
def test_a_provider_whose_messages_do_not_arrive_is_set_aside_and_told_of(
    service: Service, setting: Setting
) -> None:
    setting(ALERT_WEBHOOK=f"{service.cloud.openapi}/_local/webhook", ALERT_FORMAT="json")
    delivered_by("dysms", delivered=8, failed=22)
    delivered_by("dypns", delivered=30, failed=1)
    answer = maintain.handler(timer_event("every-minute"), context("maintain", {}))
    assert answer["outcome"] == "ok"
    service.sent()
    assert senders(service) == ["dypns"]
    (row,) = service.rows("providers")
    assert (row["provider"], row["pause"]) == ("dysms", FIRST_DELIVERY_PAUSE)
    (alert,) = [a["body"] for a in service.cloud.control("webhook")]
    assert (alert["kind"], alert["who"], alert["count"]) == ("set_aside", "dysms", 8)
    maintain.handler(timer_event("every-minute"), context("maintain", {}))
    assert len(service.cloud.control("webhook")) == 1


@pytest.mark.usefixtures("both")
def test_few_reports_and_silence_set_nobody_aside(service: Service) -> None:
    delivered_by("dysms", delivered=1, failed=15)
    maintain.handler(timer_event("every-minute"), context("maintain", {}))
    assert service.rows("providers") == []


def test_a_single_provider_costs_no_question_about_its_standing(service: Service) -> None:
    delivered_by("dysms", delivered=0, failed=50)
    maintain.handler(timer_event("every-minute"), context("maintain", {}))
    service.sent()
    assert service.rows("providers") == []


@pytest.mark.usefixtures("both")
def test_a_choice_costs_no_request(service: Service) -> None:
    before = service.cloud.calls("tablestore")
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    service.sent()
    after = service.cloud.calls("tablestore")
    made = {name: after[name] - before.get(name, 0) for name in ("BatchGetRow", "BatchWriteRow")}
    assert made == {"BatchGetRow": 1, "BatchWriteRow": 2}


@pytest.mark.usefixtures("both")
def test_each_request_makes_one_message_however_providers_fail(service: Service) -> None:
    for effect in ("drop_after", "error:isv.OUT_OF_SERVICE", "error:Throttling.User", "drop"):
        service.cloud.fault("dysms", "SendSms", effect, 10)
    for effect in ("error:FUNCTION_NOT_OPENED", "drop_after"):
        service.cloud.fault("dypns", "SendSmsVerifyCode", effect, 10)
    answers = at_once([partial(service.send, number(index)) for index in range(40)])
    made = [message["out_id"] for message in service.cloud.outbox()]
    assert len(made) == len(set(made))
    told = {a.json["verification_id"] for a in answers if a.status == 200}
    assert set(made) <= told


def test_a_gifted_sign_that_was_taken_away_stops_nobody(service: Service, setting: Setting) -> None:
    setting(SMS_PROVIDERS="dypns", PNVS_SIGN_NAME="不再赠送的签名,速通互联验证码")
    service.sent(number(1))
    service.sent(number(2))
    assert {m["sign_name"] for m in service.cloud.outbox()} == {"速通互联验证码"}
    assert service.cloud.calls("dypns") == {"SendSmsVerifyCode": 3}  # the good one comes first


def test_phones_are_the_same_for_both_providers(service: Service, setting: Setting) -> None:
    setting(SMS_PROVIDERS="dypns")
    service.sent("+86 138-0013-8000")
    assert service.cloud.outbox()[0]["phone"] == f"+86{PHONE}"


@pytest.mark.usefixtures("both")
def test_what_lies_with_one_template_sets_nobody_aside(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "error:isv.SMS_TEMPLATE_ILLEGAL", -1)
    for index in range(3):
        service.sent(number(index))
    assert service.cloud.calls("dysms") == {"SendSms": 3}
    assert senders(service) == ["dypns"] * 3
    assert service.rows("providers") == []


@pytest.mark.usefixtures("both")
def test_the_timer_does_the_rest_where_the_table_of_providers_is_missing(
    service: Service,
) -> None:
    client, prefix = wiring.store_client()
    client.delete_table(tables.PROVIDERS.name(prefix))
    answer = maintain.handler(timer_event("every-minute"), context("maintain", {}))
    assert answer["outcome"] == "ok"
    assert "asked" in answer


def test_a_provider_that_took_a_message_and_hung_up_is_settled_by_its_report(
    service: Service, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dypns,dysms")
    service.cloud.fault("dypns", "SendSmsVerifyCode", "drop_after")
    verification_id = service.send().json["verification_id"]
    assert senders(service) == ["dypns"]
    assert service.state(verification_id).json["state"] == "unconfirmed"
    report = service.report(verification_id, phone=PHONE)
    assert service.receipt([report], kind="pnvs-report").status == 200
    assert service.state(verification_id).json["state"] == "delivered"
    assert service.rows("pending") == []
    assert service.verify(verification_id, service.code_of(verification_id)).status == 200
