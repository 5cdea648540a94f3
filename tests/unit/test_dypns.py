"""What PNVS' answers mean, whatever they are; an answer is given at our edge."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from alibabacloud_dypnsapi20170525.client import Client
from pytest_mock import MockerFixture

from shared.credentials import Keys
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.guess_ports import CheckAnswer, Checked
from shared.ports import CodeMessage, Outcome, Verdict
from shared.providers.dypns import Dypns
from shared.setting_rules import GIFTED_SIGNS, GIFTED_TEMPLATES
from tests.unit.captcha_server import Server

MAINLAND = PhoneNumber("+8613800138000", "CN", 86)
HONG_KONG = PhoneNumber("+85261234567", "HK", 852)
NOT_ANSWERS = ["{}", "[]", "null", '{"Code": 0}', '{"Code": ""}', "<html>", '{"Code": ["OK"]}', ""]


def provider(endpoint: str = "https://dypnsapi.aliyuncs.com") -> Dypns:
    return Dypns(
        Keys("id", "secret", "token"),
        endpoint=endpoint,
        sign_names=GIFTED_SIGNS,
        templates=GIFTED_TEMPLATES,
        params={"*": {"code": "code", "min": "min"}},
        managed=True,
    )


def within(seconds: float = 5) -> Deadline:
    return Deadline.after(seconds, clock=time.monotonic)


def send(
    number: PhoneNumber = MAINLAND, *, deadline: Deadline | None = None, **options: Any
) -> Outcome:
    message = CodeMessage(number, "sign_in", "123456", CodePolicy(6, 300, 3), "v1")
    return provider(**options).send(message, deadline=deadline or within())


def check(server: Server, answer: Any, status: int = 200) -> CheckAnswer:
    server.answer = (status, (answer if isinstance(answer, str) else json.dumps(answer)).encode())
    return provider(server.url).check(MAINLAND, "v1", "123456", deadline=within())


@pytest.mark.parametrize("status", [200, 408])
@pytest.mark.parametrize("body", NOT_ANSWERS)
def test_an_answer_that_is_none_leaves_open_what_became_of_a_message(
    body: str, status: int
) -> None:
    with Server() as server:
        server.answer = (status, body.encode())
        outcome = send(endpoint=server.url)
    assert (outcome.verdict, outcome.elsewhere) == (Verdict.UNCONFIRMED, False)


@pytest.mark.parametrize("status", [200, 408])
@pytest.mark.parametrize("body", NOT_ANSWERS)
def test_an_answer_that_is_none_finds_no_code_right(body: str, status: int) -> None:
    with Server() as server:
        assert check(server, body, status).checked is Checked.UNCLEAR


@pytest.mark.parametrize(
    ("model", "means"),
    [
        ({"VerifyResult": "PASS", "OutId": "v1"}, Checked.RIGHT),
        ({"VerifyResult": "PASS", "OutId": ""}, Checked.RIGHT),
        ({"VerifyResult": "PASS"}, Checked.RIGHT),
        ({"VerifyResult": "PASS", "OutId": "v2"}, Checked.WRONG),
        ({"VerifyResult": "UNKNOWN", "OutId": "v1"}, Checked.WRONG),
        ({"VerifyResult": "pass", "OutId": "v1"}, Checked.WRONG),
        ({}, Checked.WRONG),
        (None, Checked.WRONG),
    ],
)
def test_only_a_pass_of_this_very_message_finds_a_code_right(
    model: dict[str, str] | None, means: Checked
) -> None:
    with Server() as server:
        assert check(server, {"Code": "OK", "Model": model}).checked is means


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "answer",
    [
        {"Code": "isv.WRONG_123456", "Message": "13800138000"},
        {"Code": "isv.ValidateFail.123456"},
        {"Code": "OK", "Model": {"VerifyResult": "123456 of 13800138000"}},
        {"Code": "x" * 5000},
    ],
)
def test_what_a_check_answers_is_told_without_code_or_number(answer: Any, status: int) -> None:
    with Server() as server:
        told = check(server, answer, status).code
    assert "123456" not in told
    assert "13800138000" not in told
    assert len(told) <= 64


def test_a_number_abroad_is_not_handed_over() -> None:
    with Server() as server:
        outcome = send(HONG_KONG, endpoint=server.url)
        assert server.path == ""
    assert (outcome.code, outcome.reached, outcome.elsewhere) == ("mainland_only", False, True)


@pytest.mark.parametrize(("seconds", "tried"), [(5, len(GIFTED_SIGNS)), (0.9, 1)])
def test_no_sign_name_is_tried_without_time_for_its_answer(
    mocker: MockerFixture, seconds: float, tried: int
) -> None:
    body = SimpleNamespace(code="InvalidSignName", message="", model=None)
    call = mocker.patch.object(
        Client, "send_sms_verify_code_with_options", return_value=SimpleNamespace(body=body)
    )
    assert send(deadline=within(seconds)).verdict is Verdict.MISCONFIGURED
    assert call.call_count == tried


def test_no_other_sign_name_is_tried_where_one_may_have_been_taken(mocker: MockerFixture) -> None:
    body = SimpleNamespace(code="isv.NOBODY_KNOWS_THIS", message="", model=None)
    call = mocker.patch.object(
        Client, "send_sms_verify_code_with_options", return_value=SimpleNamespace(body=body)
    )
    assert send().verdict is Verdict.UNCONFIRMED
    assert call.call_count == 1
