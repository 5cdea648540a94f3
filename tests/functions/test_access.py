"""Nothing is open by accident (I10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import Service

Setting = Callable[..., None]


@pytest.mark.parametrize("access", [None, "", "captcha", "api_key"])
def test_without_an_access_that_works_nothing_is_sent(
    service: Service, setting: Setting, access: str | None
) -> None:
    setting(ACCESS=access)
    answer = service.send()
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert "ACCESS" in answer.json["detail"]
    assert service.cloud.calls("dysms") == {}
    assert service.rows("counters") == []


@pytest.mark.parametrize("name", ["CODE_SECRETS", "NUMBER_SECRET", "DYSMS_SIGN_NAME"])
def test_without_a_secret_or_a_sign_nothing_is_sent_and_the_answer_says_what_to_set(
    service: Service, setting: Setting, name: str
) -> None:
    setting(**{name: None})
    answer = service.send()
    assert (answer.status, answer.code) == (500, "internal")
    assert name in answer.json["detail"]
    assert service.cloud.calls("tablestore") == {}


def test_an_empty_environment_names_everything_at_once(service: Service, setting: Setting) -> None:
    needed = ["CODE_SECRETS", "NUMBER_SECRET", "DYSMS_SIGN_NAME", "DYSMS_TEMPLATES"]
    setting(**dict.fromkeys(needed))
    detail = service.send().json["detail"]
    assert all(name in detail for name in needed)


def test_a_function_without_a_role_says_so(service: Service, setting: Setting) -> None:
    setting(ALIBABA_CLOUD_ACCESS_KEY_ID=None, ALIBABA_CLOUD_ACCESS_KEY_SECRET=None)
    setting(FC_FUNCTION_NAME="send-code")  # deployed: no machine of somebody's
    answer = service.send(headers={"Accept-Language": "en"})
    assert (answer.status, answer.code) == (500, "internal")
    assert "role" in answer.json["detail"]


def test_verifying_needs_no_access_setting(service: Service, setting: Setting) -> None:
    sent = service.sent()
    setting(ACCESS=None)
    assert service.verify(*sent).status == 200


def test_a_wrong_allow_list_is_named(service: Service, setting: Setting) -> None:
    setting(ALLOW_NUMBERS="13800138000,nobody")
    answer = service.send()
    assert answer.status == 500
    assert "ALLOW_NUMBERS" in answer.json["detail"]
    assert "13800138000" not in answer.text
