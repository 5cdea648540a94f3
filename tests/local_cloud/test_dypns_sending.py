"""The stand-in for PNVS, asked by the real SDK: SendSmsVerifyCode."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.local_cloud.dypns import PARAMS, PHONE, SIGNS, send
from tests.service import Cloud


def test_a_code_that_aliyun_makes_reaches_the_phone_and_not_the_caller(pnvs: Cloud) -> None:
    body = send(pnvs, out_id="out-1")
    (message,) = pnvs.outbox()
    code = message["params"]["code"]
    assert (body.code, body.success) == ("OK", True)
    assert body.model.out_id == "out-1"
    assert body.model.verify_code is None
    assert re.fullmatch(r"\d{4}", code)
    assert message.pop("at") > 0
    assert message == {
        "phone": "+8613800138000",
        "sign_name": SIGNS[0],
        "template_code": "100001",
        "params": {"code": code, "min": "5"},
        "text": f"【{SIGNS[0]}】您正在登录或注册，验证码{code}，5分钟内有效。请勿告诉他人。",
        "out_id": "out-1",
        "biz_id": body.model.biz_id,
        "provider": "dypns",
        "state": "accepted",
        "err_code": "",
        "reported_at": 0.0,
    }


def test_a_code_of_the_callers_own_is_delivered_as_it_is(pnvs: Cloud) -> None:
    params = json.dumps({"code": "135790", "min": "5"})
    body = send(pnvs, template_param=params, return_verify_code=True)
    assert (body.code, body.model.verify_code) == ("OK", None)
    assert pnvs.outbox()[0]["params"]["code"] == "135790"


def test_a_code_is_told_to_a_caller_who_asks(pnvs: Cloud) -> None:
    body = send(pnvs, return_verify_code=True)
    assert body.model.verify_code == pnvs.outbox()[0]["params"]["code"]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (1, r"\d{8}"),
        (2, r"[A-Z]{8}"),
        (3, r"[a-z]{8}"),
        (4, r"[A-Za-z]{8}"),
        (5, r"[\dA-Z]{8}"),
        (6, r"[\da-z]{8}"),
        (7, r"[\dA-Za-z]{8}"),
    ],
)
def test_a_code_has_the_length_and_letters_asked_for(pnvs: Cloud, kind: int, form: str) -> None:
    send(pnvs, code_length=8, code_type=kind)
    assert re.fullmatch(form, pnvs.outbox()[0]["params"]["code"])


@pytest.mark.parametrize("sign_name", SIGNS)
@pytest.mark.parametrize("template_code", [str(number) for number in range(100001, 100006)])
def test_every_gifted_sign_goes_with_every_gifted_template(
    pnvs: Cloud, sign_name: str, template_code: str
) -> None:
    assert send(pnvs, sign_name=sign_name, template_code=template_code).code == "OK"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "1380013800"}, "MOBILE_NUMBER_ILLEGAL"),
        ({"phone": "+8613800138000"}, "MOBILE_NUMBER_ILLEGAL"),
        ({"phone": "13800138000,13900139000"}, "MOBILE_NUMBER_ILLEGAL"),
        ({"phone": "85261234567"}, "MOBILE_NUMBER_ILLEGAL"),
        ({"country_code": "852"}, "isv.INVALID_PARAMETERS"),
        ({"scheme_name": "名" * 21}, "isv.INVALID_PARAMETERS"),
        ({"sign_name": "本地测试"}, "isv.INVALID_PARAMETERS"),
        ({"template_code": "SMS_100001"}, "isv.INVALID_PARAMETERS"),
        ({"template_param": '{"code": "##code##"}'}, "isv.INVALID_PARAMETERS"),
        (
            {"template_param": '{"code": "##code##", "min": "5", "name": "x"}'},
            "isv.INVALID_PARAMETERS",
        ),
        ({"template_param": "code=1"}, "isv.INVALID_PARAMETERS"),
        ({"template_param": "[]"}, "isv.INVALID_PARAMETERS"),
        ({"out_id": "o" * 257}, "isv.INVALID_PARAMETERS"),
        ({"code_length": 3}, "isv.INVALID_PARAMETERS"),
        ({"code_length": 9}, "isv.INVALID_PARAMETERS"),
        ({"code_type": 0}, "isv.INVALID_PARAMETERS"),
        ({"code_type": 8}, "isv.INVALID_PARAMETERS"),
        ({"valid_time": 0}, "isv.INVALID_PARAMETERS"),
        ({"duplicate_policy": 3}, "isv.INVALID_PARAMETERS"),
        ({"interval": -1}, "isv.INVALID_PARAMETERS"),
        ({"auto_retry": 7}, "isv.INVALID_PARAMETERS"),
        ({"return_verify_code": "perhaps"}, "isv.INVALID_PARAMETERS"),
    ],
)
def test_a_bad_parameter_is_refused(pnvs: Cloud, changes: dict[str, Any], code: str) -> None:
    body = send(pnvs, **changes)
    assert (body.code, body.success, body.model) == (code, False, None)
    assert pnvs.outbox() == []


@pytest.mark.parametrize("name", ["phone", "sign_name", "template_code", "template_param"])
def test_a_parameter_that_is_missing_is_named(pnvs: Cloud, name: str) -> None:
    with pytest.raises(ClientException) as error:
        send(pnvs, **{name: None})
    assert error.value.code.startswith("Missing")
    assert error.value.status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"scheme_name": "名" * 20},
        {"out_id": "o" * 256},
        {"country_code": "86"},
        {"auto_retry": 1},
        {"valid_time": 1},
        {"sms_up_extend_code": "90999"},
    ],
)
def test_the_edges_of_what_is_allowed_are_allowed(pnvs: Cloud, changes: dict[str, Any]) -> None:
    assert send(pnvs, **changes).code == "OK"


def test_a_number_waits_out_the_interval_of_its_scheme(pnvs: Cloud) -> None:
    assert send(pnvs, interval=60).code == "OK"
    again = send(pnvs, interval=60)
    assert (again.code, again.success) == ("biz.FREQUENCY", False)
    assert send(pnvs, interval=60, scheme_name="other").code == "OK"
    assert send(pnvs, "13900139000", interval=60).code == "OK"
    assert send(pnvs, interval=0).code == "OK"


def test_the_interval_is_a_minute_unless_told_otherwise(pnvs: Cloud) -> None:
    assert [send(pnvs, interval=None).code for _ in range(2)] == ["OK", "biz.FREQUENCY"]


def test_the_flow_limits_of_sms_hold_here_too() -> None:
    cloud = Cloud.start("--sms-flow-limits", "60:1,86400:10", "--no-reports")
    try:
        assert [send(cloud).code for _ in range(2)] == ["OK", "BUSINESS_LIMIT_CONTROL"]
        assert send(cloud, sign_name=SIGNS[1]).code == "OK"
    finally:
        cloud.stop()


def test_forty_messages_a_day_are_all_that_a_number_gets(pnvs: Cloud) -> None:
    codes = [send(pnvs, sign_name=SIGNS[number % 5]).code for number in range(41)]
    assert codes == ["OK"] * 40 + ["BUSINESS_LIMIT_CONTROL"]


def test_a_catalogue_of_ones_own_may_name_other_gifts(tmp_path: Any) -> None:
    catalogue = tmp_path / "catalogue.json"
    gifts = {"sign_names": ["新赠签名"], "templates": {"100009": "码${code}"}}
    catalogue.write_text(json.dumps({"sign_names": [], "templates": {}, "pnvs": gifts}), "utf-8")
    cloud = Cloud.start("--catalogue", str(catalogue))
    try:
        gift = {"sign_name": "新赠签名", "template_code": "100009"}
        assert send(cloud, template_param='{"code": "1357"}', **gift).code == "OK"
        assert cloud.outbox()[0]["text"] == "【新赠签名】码1357"
        assert send(cloud, PHONE, template_param=PARAMS).code == "isv.INVALID_PARAMETERS"
    finally:
        cloud.stop()
