"""Settings: complained about once, all at once, and without a value."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.templates import template_for
from shared.errors import Misconfigured
from shared.settings import NAMES, read_settings

GOOD = {
    "ACCESS": "gateway",
    "CODE_SECRETS": "c" * 16,
    "NUMBER_SECRET": "n" * 16,
    "DYSMS_SIGN_NAME": "sign",
    "DYSMS_TEMPLATES": "SMS_1",
    "TABLESTORE_ENDPOINT": "https://i.cn-hangzhou.ots.aliyuncs.com",
    "TABLESTORE_INSTANCE": "i",
}


def complaint(**changes: str | None) -> str:
    given = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(Misconfigured) as wrong:
        read_settings(given)
    return wrong.value.facts["problems_en"]


def test_good_settings_are_read_with_the_defaults() -> None:
    settings = read_settings(GOOD)
    assert (settings.code_length, settings.code_ttl, settings.max_attempts) == (6, 300, 3)
    assert [(rate.count, rate.window) for rate in settings.limit_total] == [(5000, 86_400)]


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(Misconfigured) as wrong:
        read_settings({})
    missing = wrong.value.facts["problems_en"]
    for name in set(GOOD) - {"ACCESS"}:
        assert f"{name} is not set" in missing
        assert f"{name} 未设置" in wrong.value.facts["problems_zh"]


def test_an_empty_variable_counts_as_not_set() -> None:
    assert complaint(NUMBER_SECRET=" ") == "NUMBER_SECRET is not set"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS", "everybody"),
        ("CODE_SECRETS", "canary-secret"),
        ("CODE_SECRETS", f"{'c' * 16},canary"),
        ("NUMBER_SECRET", "canary"),
        ("CODE_LENGTH", "3"),
        ("CODE_LENGTH", "six"),
        ("CODE_TTL", "0"),
        ("MAX_ATTEMPTS", "0"),
        ("LIMIT_PHONE", "often"),
        ("LIMIT_PHONE", "1/31d"),
        ("LIMIT_TOTAL", "1/32d"),
        ("LIMIT_PHONE", "5/1mo"),
        ("LIMIT_ALLOWED", "5/1mo"),
        ("LIMIT_TOTAL", "5/2mo"),
        ("LIMIT_REGION", "5/1d"),
        ("LIMIT_REGION", "HK=canary"),
        ("LIMIT_REGION", "HK=5/40d"),
        ("LIMIT_GUESS", "5/32d"),
        ("LIMIT_IP", "10/1d,20/24h"),
        ("LIMIT_PHONE", "1/60s,2/1m"),
        ("LIMIT_REGION", "HK=1/1d,2/24h"),
        ("LIMIT_TOTAL", "99999999999999999999/1d"),
        ("TEST_NUMBERS", "13800138000=123456@9999-12-31"),
        ("API_KEYS", '{"shop": {"sha256": 5}}'),
        ("API_KEYS", "5"),
        ("DYSMS_TEMPLATES", '{"sign_in"}'),
        ("PHONE_SHARE", "0"),
        ("PHONE_SHARE", "1.1"),
        ("SEQUENCE_GUARD", "maybe"),
        ("API_KEYS", '{"shop": "canary"}'),
        ("API_KEYS", "{canary"),
        ("API_KEYS", '{"shop": {"sha256": "%s", "limit": "5/40d"}}' % ("0" * 64)),
        ("CAPTCHA", "riddle"),
        ("CAPTCHA_SCENES", "sign_in"),
        ("CAPTCHA_ON_FAILURE", "hope"),
        ("WARN_PERCENT", "100"),
        ("RECONCILE_AFTER", "10"),
        ("RECONCILE_AFTER", "59s"),
        ("RECONCILE_AFTER", "2d"),
        ("RECONCILE_AFTER", "canary"),
        ("RECONCILE_QPS", "0"),
        ("RECEIPT_QUEUES", "canary"),
        ("CLIENT_IP", "x-forwarded-for"),
        ("TEST_NUMBERS", "13800138000=123456"),
        ("TEST_NUMBERS", "13800138000=123456@2026-02-30"),
        ("SMS_PROVIDERS", "pigeons"),
        ("DYSMS_TEMPLATES", "other=SMS_1"),
        ("DYSMS_TEMPLATES", "{canary"),
        ("DYSMS_ENDPOINT", "dysmsapi.aliyuncs.com"),
        ("TABLESTORE_ENDPOINT", "i.cn-hangzhou.ots.aliyuncs.com"),
        ("TABLE_PREFIX", "no-dashes"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(name: str, value: str) -> None:
    text = complaint(**{name: value})
    assert name in text
    assert "canary" not in text


@pytest.mark.parametrize(
    "text", ["sign_in=SMS_2,*=SMS_1", "sign_in:SMS_2", '{"sign_in": "SMS_2"}', "SMS_2"]
)
def test_templates_may_be_written_in_several_ways(text: str) -> None:
    assert (
        template_for(
            read_settings({**GOOD, "DYSMS_TEMPLATES": text}).dysms_templates,
            region="CN",
            scene="sign_in",
        )
        == "SMS_2"
    )


@pytest.mark.parametrize(
    ("changes", "complaint_"),
    [
        ({"CAPTCHA": "turnstile"}, "TURNSTILE_SECRET"),
        ({"CAPTCHA": "aliyun"}, "ALIYUN_CAPTCHA_SCENE_IDS"),
        ({"CAPTCHA": "aliyun", "ALIYUN_CAPTCHA_SCENE_IDS": "other=x"}, "ALIYUN_CAPTCHA_SCENE_IDS"),
        (
            {"CAPTCHA": "turnstile", "TURNSTILE_SECRET": "s", "CAPTCHA_SCENES": "sign_on"},
            "sign_on",
        ),
    ],
)
def test_a_captcha_that_is_half_set_up_is_complained_about(
    changes: dict[str, str], complaint_: str
) -> None:
    assert complaint_ in complaint(**changes)


@pytest.mark.parametrize("text", ["HK=1/1d;*=2/1h,3/1mo", '{"hk": "1/1d", "*": "2/1h,3/1mo"}'])
def test_limits_of_regions_may_be_written_in_two_ways(text: str) -> None:
    found = read_settings({**GOOD, "LIMIT_REGION": text}).limit_region
    assert {region: [str(rate) for rate in rates] for region, rates in found.items()} == {
        "HK": ["1/1d"],
        "*": ["2/1h", "3/1mo"],
    }


def test_a_representation_shows_no_secret() -> None:
    settings: Any = read_settings({**GOOD, "CODE_SECRETS": "canary-canary-canary"})
    assert "canary" not in repr(settings)


def test_names_are_those_that_others_rely_on() -> None:
    for name in ("LIMIT_PHONE", "LIMIT_IP", "LIMIT_DEVICE", "LIMIT_TOTAL", "LIMIT_ALLOWED"):
        assert name in NAMES


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86_400)]
)
def test_a_duration_names_its_unit(text: str, seconds: int) -> None:
    assert read_settings({**GOOD, "RECONCILE_AFTER": text}).reconcile_after == seconds


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (",", "names nobody"),
        ("{}", "names nobody"),
        ("CN=", "names nobody"),
        ("intl=dysms", "names nobody"),
        ("cn=dysms", "names cn"),
        ("dysms;INTL=dysms", "names INTL"),
        ("dysms;cn/sign_in=dypns", "names cn/sign_in"),
        ("dysms;CN/*/x=dysms", "names CN/*/x"),
        ("dysms;CN/sign_on=dypns", "names CN/sign_on"),
        ("dysms;sign_on=dypns", "names sign_on"),
    ],
)
def test_a_choice_of_providers_that_serves_nobody_is_complained_about(
    value: str, says: str
) -> None:
    assert f"SMS_PROVIDERS {says}" in complaint(SMS_PROVIDERS=value)


@pytest.mark.parametrize(
    "value", ["CN=dysms,dypns", '{"CN": ["dysms", "dypns"]}', '{"CN": "dysms,pnvs"}']
)
def test_a_choice_of_providers_is_written_in_several_ways(value: str) -> None:
    routes = read_settings({**GOOD, "SMS_PROVIDERS": value}).routes
    assert routes.to("CN", "sign_in") == ("dysms", "dypns")
    assert routes.to("HK", "sign_in") == ()


def test_each_place_may_have_a_choice_of_its_own() -> None:
    value = "dysms;CN=dypns;CN/sign_in=dypns,dysms;sign_in=dysms;intl=dysms;intl/sign_in=dysms"
    read_settings({**GOOD, "SMS_PROVIDERS": value})
