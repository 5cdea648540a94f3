"""Which template a number gets, what fills it, and how the number is dialled."""

from __future__ import annotations

import pytest

from shared.domain.templates import fits_template, template_for, template_params
from shared.phone_numbers import PhoneNumbers
from shared.providers.dysms import as_dialled

ALL = {
    "CN/sign_in": "CN-scene",
    "CN/*": "CN-any",
    "HK/sign_in": "HK-scene",
    "HK/*": "HK-any",
    "intl/sign_in": "intl-scene",
    "intl/*": "intl-any",
    "sign_in": "scene",
    "*": "any",
}


@pytest.mark.parametrize(
    ("region", "order"),
    [
        ("CN", ["CN/sign_in", "CN/*", "sign_in", "*"]),
        ("HK", ["HK/sign_in", "HK/*", "intl/sign_in", "intl/*", "sign_in", "*"]),
        ("SG", ["intl/sign_in", "intl/*", "sign_in", "*"]),
    ],
)
def test_the_narrowest_key_wins_and_the_next_follows(region: str, order: list[str]) -> None:
    left = dict(ALL)
    for key in order:
        assert template_for(left, region=region, scene="sign_in") == ALL[key]
        del left[key]
    assert template_for(left, region=region, scene="sign_in") is None


def test_the_mainland_never_gets_the_template_for_abroad() -> None:
    assert template_for({"intl/*": "intl"}, region="CN", scene="sign_in") is None


def test_hong_kong_macau_and_taiwan_are_abroad_for_templates() -> None:
    for region in ("HK", "MO", "TW", "US"):
        assert template_for({"CN/*": "cn", "intl/*": "i"}, region=region, scene="s") == "i"


def test_another_scene_takes_what_is_for_all() -> None:
    assert template_for(ALL, region="HK", scene="bind") == "HK-any"
    assert template_for({"HK/sign_in": "x", "*": "any"}, region="HK", scene="bind") == "any"


PARAMS = {"*": {"code": "code", "min": "min"}, "SMS_1": {"code": "c"}, "SMS_0": {}}
FACTS = {"code": "0123", "min": "5"}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("SMS_1", {"c": "0123"}),
        ("SMS_2", {"code": "0123", "min": "5"}),
        ("SMS_0", {}),
    ],
)
def test_a_template_names_its_own_variables(template: str, filled: dict[str, str]) -> None:
    assert template_params(PARAMS, template, FACTS) == filled
    assert template_params({}, template, FACTS) == {}


@pytest.mark.parametrize("code", ["1234", "12345678", "aB3", "1" * 35])
@pytest.mark.parametrize("minutes", ["1", "5", "60"])
def test_letters_and_digits_fit(code: str, minutes: str) -> None:
    assert fits_template({"code": code, "min": minutes})


@pytest.mark.parametrize(
    "code", ["", "12 34", "12-34", "１２３４", "一二三四", "http://a", "1" * 36, "1234\n"]
)
def test_what_aliyun_refuses_always_does_not_fit(code: str) -> None:
    assert not fits_template({"code": code, "min": "5"})


@pytest.mark.parametrize("minutes", ["", "0.5", "-1", "five", "12345"])
def test_minutes_are_digits(minutes: str) -> None:
    assert not fits_template({"code": "1234", "min": minutes})


@pytest.mark.parametrize(
    ("spelling", "region", "dialled"),
    [
        ("13800138000", "CN", "13800138000"),
        ("+8613800138000", "CN", "13800138000"),
        ("008613800138000", "CN", "13800138000"),
        ("8613800138000", "CN", "13800138000"),
        ("+86 138-0013-8000", "CN", "13800138000"),
        ("１３８００１３８０００", "CN", "13800138000"),
        ("+85261234567", "HK", "85261234567"),
        ("0085261234567", "HK", "85261234567"),
        ("+886 912 345 678", "TW", "886912345678"),
        ("+853 6612 3456", "MO", "85366123456"),
        ("+65 8123 4567", "SG", "6581234567"),
        ("+1 (201) 555-0123", "US", "12015550123"),
    ],
)
def test_a_number_is_dialled_as_aliyun_wants_it(spelling: str, region: str, dialled: str) -> None:
    number = PhoneNumbers(["CN", "HK", "TW", "MO", "SG", "US"]).read(spelling)
    assert number.region == region
    assert as_dialled(number.e164) == dialled
