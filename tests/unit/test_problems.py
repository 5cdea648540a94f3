"""Every public code has its status and its words, in both languages."""

from __future__ import annotations

import pytest

from shared.errors import InvalidRequest, Misconfigured, Refused
from shared.problems import _INVALID, CHINESE, ENGLISH, PROBLEMS, describe, language

CONTRACT = {
    "invalid_request": 400,
    "unauthorized": 401,
    "invalid_phone": 400,
    "unsupported_region": 400,
    "unknown_scene": 400,
    "code_rejected": 400,
    "captcha_required": 400,
    "captcha_failed": 403,
    "phone_blocked": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "payload_too_large": 413,
    "rate_limited": 429,
    "daily_cap_reached": 429,
    "provider_rejected": 502,
    "provider_unavailable": 503,
    "storage_unavailable": 503,
    "internal": 500,
}


def test_codes_and_statuses_are_those_of_the_contract() -> None:
    assert {code: problem.status for code, problem in PROBLEMS.items()} == CONTRACT


@pytest.mark.parametrize("lang", [CHINESE, ENGLISH])
@pytest.mark.parametrize("code", CONTRACT)
def test_every_code_can_be_put_in_words(code: str, lang: int) -> None:
    refusal = Refused(
        code, facts={"problem": "missing", "field": "f", "allow": "POST", "limit": "1"}
    )
    status, document = describe(refusal, lang=lang, request_id="r")
    assert status == CONTRACT[code]
    assert document["title"]
    assert "{" not in document["detail"]


@pytest.mark.parametrize("lang", [CHINESE, ENGLISH])
@pytest.mark.parametrize("problem", _INVALID)
def test_every_problem_of_a_request_can_be_put_in_words(problem: str, lang: int) -> None:
    _, document = describe(InvalidRequest(problem, field="phone"), lang=lang, request_id="r")
    assert len(document["detail"]) > 5


def test_what_is_to_be_set_is_said_in_the_readers_language() -> None:
    refusal = Misconfigured([("缺一", "one is missing"), ("缺二", "two is missing")])
    assert "缺一；缺二" in describe(refusal, lang=CHINESE, request_id="r")[1]["detail"]
    english = describe(refusal, lang=ENGLISH, request_id="r")[1]["detail"]
    assert "one is missing; two is missing" in english


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", CHINESE),
        ("en", ENGLISH),
        ("en-US,en;q=0.9", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("en;q=0.5, zh;q=0.4", ENGLISH),
        ("fr, de", CHINESE),
        ("*", CHINESE),
        ("en;q=nonsense", CHINESE),
        ("en;q=0", CHINESE),
    ],
)
def test_the_language_is_chosen_by_preference(header: str, lang: int) -> None:
    assert language(header) == lang


def test_waiting_is_rounded_up_to_whole_seconds() -> None:
    _, document = describe(Refused("rate_limited", retry_after=0.2), lang=0, request_id="r")
    assert document["retry_after"] == 1
