"""What the SMS service's answers mean; the SDK's own method is replaced at our edge."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.exceptions import (
    ClientException,
    ServerException,
    ThrottlingException,
)
from pytest_mock import MockerFixture

from shared.credentials import Keys
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.ports import CodeMessage, Outcome, Verdict
from shared.providers.dysms import Dysms
from tests.unit.captcha_server import Server

MAINLAND = PhoneNumber("+8613800138000", "CN", 86)
ABROAD = PhoneNumber("+85261234567", "HK", 852)
FURTHER = PhoneNumber("+6581234567", "SG", 65)


def send(number: PhoneNumber = MAINLAND, seconds: float = 5, **options: Any) -> Outcome:
    settings = {
        "templates": {"*": "SMS_1", "bind": "SMS_2"},
        "params": {"*": {"code": "c", "min": "m"}},
    }
    code = options.pop("code", "123456")
    endpoint = options.pop("endpoint", "https://dysmsapi.aliyuncs.com")
    provider = Dysms(
        Keys("id", "secret", "token"),
        endpoint=endpoint,
        sign_name="sign",
        **{**settings, **options},
    )
    message = CodeMessage(number, "bind", code, CodePolicy(6, 300, 3), "v1")
    return provider.send(message, deadline=Deadline.after(seconds, clock=time.monotonic))


def answers(mocker: MockerFixture, code: str, text: str = "", biz_id: str | None = None) -> Any:
    body = SimpleNamespace(code=code, message=text, biz_id=biz_id)
    result = SimpleNamespace(body=body)
    return mocker.patch.object(Client, "send_sms_with_options", return_value=result)


def test_an_accepted_message_has_its_biz_id(mocker: MockerFixture) -> None:
    answers(mocker, "OK", "OK", "42^0")
    assert send() == Outcome(Verdict.ACCEPTED, "dysms", "OK", "42^0", template="SMS_2")


def test_the_request_carries_what_the_service_wants(mocker: MockerFixture) -> None:
    call = answers(mocker, "OK")
    send()
    request = call.call_args.args[0]
    assert request.phone_numbers == "13800138000"
    assert (request.sign_name, request.template_code, request.out_id) == ("sign", "SMS_2", "v1")
    assert request.template_param == '{"c": "123456", "m": "5"}'


def test_a_number_abroad_is_dialled_with_its_country_code(mocker: MockerFixture) -> None:
    call = answers(mocker, "OK")
    send(ABROAD)
    assert call.call_args.args[0].phone_numbers == "85261234567"


def test_a_template_gets_only_the_variables_that_it_has(mocker: MockerFixture) -> None:
    call = answers(mocker, "OK")
    send(params={"*": {"code": "code"}})
    assert call.call_args.args[0].template_param == '{"code": "123456"}'


@pytest.mark.parametrize("status", [200, 408])
@pytest.mark.parametrize("body", ["{}", "[]", "null", '{"Code": 0}', '{"Code": ""}', "<html>"])
def test_an_answer_that_is_none_leaves_it_open(body: str, status: int) -> None:
    with Server() as server:
        server.answer = (status, body.encode())
        outcome = send(endpoint=server.url)
    assert outcome.verdict is Verdict.UNCONFIRMED


@pytest.mark.parametrize(
    ("number", "template"), [(MAINLAND, "SMS_1"), (ABROAD, "SMS_HK"), (FURTHER, "SMS_I")]
)
def test_a_number_gets_the_template_of_its_region(
    mocker: MockerFixture, number: PhoneNumber, template: str
) -> None:
    call = answers(mocker, "OK")
    outcome = send(number, templates={"*": "SMS_1", "intl/*": "SMS_I", "HK/*": "SMS_HK"})
    assert call.call_args.args[0].template_code == outcome.template == template


def test_a_region_without_a_template_is_not_asked_for(mocker: MockerFixture) -> None:
    call = answers(mocker, "OK")
    outcome = send(ABROAD, templates={"CN/*": "SMS_1"})
    assert (outcome.verdict, outcome.code) == (Verdict.MISCONFIGURED, "no_template")
    assert (outcome.reached, outcome.elsewhere) == (False, True)
    assert not call.called


@pytest.mark.parametrize("code", ["", "12 34", "1" * 36, "１２３４"])
def test_a_code_that_no_template_takes_is_not_handed_over(mocker: MockerFixture, code: str) -> None:
    call = answers(mocker, "OK")
    outcome = send(code=code)
    assert (outcome.verdict, outcome.code) == (Verdict.MISCONFIGURED, "template_params")
    assert (outcome.reached, outcome.elsewhere, outcome.template) == (False, True, "SMS_2")
    assert not call.called


def test_each_template_has_its_own_variables(mocker: MockerFixture) -> None:
    call = answers(mocker, "OK")
    send(params={"*": {"code": "code", "min": "min"}, "SMS_2": {"code": "captcha"}})
    assert call.call_args.args[0].template_param == '{"captcha": "123456"}'


def test_no_wait_is_longer_than_what_is_left(mocker: MockerFixture) -> None:
    call = answers(mocker, "OK")
    send(seconds=2)
    runtime = call.call_args.args[1]
    assert runtime.connect_timeout + runtime.read_timeout <= 2000


@pytest.mark.parametrize(
    ("code", "text", "seconds"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", 60),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", 3600),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:40", 86_400),
        ("isv.BUSINESS_LIMIT_CONTROL", "something new", 60),
        ("VALVE:M_MC", "", 60),
        ("VALVE:D_MC", "", 86_400),
    ],
)
def test_a_flow_limit_says_how_long_to_wait(
    mocker: MockerFixture, code: str, text: str, seconds: int
) -> None:
    answers(mocker, code, text)
    assert (send().verdict, send().retry_after) == (Verdict.WAIT, seconds)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (
            ClientException(status_code=400, code="Throttling.User", message="slow down"),
            Verdict.TRY_LATER,
        ),
        (
            ThrottlingException(status_code=429, code="Throttling", retry_after=3000),
            Verdict.TRY_LATER,
        ),
        (
            ClientException(status_code=403, code="Forbidden.RAM", message="no"),
            Verdict.MISCONFIGURED,
        ),
        (
            ClientException(status_code=404, code="InvalidAccessKeyId.NotFound", message="no"),
            Verdict.MISCONFIGURED,
        ),
        (
            ServerException(status_code=500, code="InternalError", message="oops"),
            Verdict.UNCONFIRMED,
        ),
        (
            ServerException(status_code=503, code="ServiceUnavailable", message="oops"),
            Verdict.UNCONFIRMED,
        ),
    ],
)
def test_an_error_of_the_gateway_has_its_meaning(
    mocker: MockerFixture, error: Exception, verdict: Verdict
) -> None:
    mocker.patch.object(Client, "send_sms_with_options", side_effect=error)
    assert send().verdict is verdict


@pytest.mark.parametrize("status", [400, 403, 404, 408, 429, 500, 503])
def test_a_code_that_is_not_known_leaves_it_open_whatever_the_status(
    mocker: MockerFixture, status: int
) -> None:
    said = {"Message": "no such thing for 13800138000"}
    error = ClientException(status_code=status, code="Something.New", message="no", data=said)
    mocker.patch.object(Client, "send_sms_with_options", side_effect=error)
    outcome = send()
    assert (outcome.verdict, outcome.elsewhere) == (Verdict.UNCONFIRMED, False)
    assert outcome.text == "no such thing for ****"


def test_an_error_that_calls_itself_ok_is_no_acceptance(mocker: MockerFixture) -> None:
    error = ServerException(status_code=502, code="OK", message="oops")
    mocker.patch.object(Client, "send_sms_with_options", side_effect=error)
    assert send().verdict is Verdict.UNCONFIRMED


def test_throttling_says_how_long_to_wait(mocker: MockerFixture) -> None:
    error = ThrottlingException(status_code=429, code="Throttling", retry_after=2500)
    mocker.patch.object(Client, "send_sms_with_options", side_effect=error)
    assert send().retry_after == 3


def test_an_address_that_nobody_listens_on_took_nothing() -> None:
    provider = Dysms(
        Keys("id", "secret", None),
        endpoint="http://127.0.0.1:9",
        sign_name="sign",
        templates={"*": "SMS_1"},
        params={"*": {"code": "code"}},
    )
    message = CodeMessage(MAINLAND, "bind", "123456", CodePolicy(6, 300, 3), "v1")
    outcome = provider.send(message, deadline=Deadline.after(5, clock=time.monotonic))
    assert (outcome.verdict, outcome.reached) == (Verdict.TRY_LATER, False)
    assert outcome.elsewhere


def test_a_message_shows_neither_its_code_nor_its_number() -> None:
    shown = repr(CodeMessage(MAINLAND, "bind", "123456", CodePolicy(6, 300, 3), "v1"))
    assert "123456" not in shown
    assert "13800138000" not in shown
