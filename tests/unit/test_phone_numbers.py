"""All spellings of a number are one number (I9); what cannot get SMS is refused."""

from __future__ import annotations

import pytest

from shared.errors import Refused
from shared.phone_numbers import PhoneNumbers

MAINLAND = PhoneNumbers(["CN"])

SPELLINGS = [
    "13800138000",
    "+8613800138000",
    "008613800138000",
    "8613800138000",
    "+86 138 0013 8000",
    "0086-138-0013-8000",
    "86 138-0013-8000",
    "(+86) 138 0013 8000",
    "138.0013.8000",
    "１３８００１３８０００",
    "＋８６１３８００１３８０００",
    "\u202a13800138000\u202c",
    "138\u00a00013\u30008000",
    "138\u20110013\u20118000",
    " 13800138000\n",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_is_read_as_its_number(spelling: str) -> None:
    assert MAINLAND.read(spelling).e164 == "+8613800138000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "abc",
        "13800138000a",
        "call 13800138000",
        "13800138000 ext 5",
        "tel:13800138000",
        "1380013800",
        "138001380001",
        "12345678901",
        "010-12345678",
        "400-800-1234",
        "10086",
        "+86 +13800138000",
        "١٣٨٠٠١٣٨٠٠٠",
        "1" * 200,
        "13800138000,13900139000",
        "\x00",
    ],
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        MAINLAND.read(text)
    assert refused.value.code == "invalid_phone"


@pytest.mark.parametrize("number", ["+85261234567", "+14155552671", "+886912345678"])
def test_a_region_that_is_not_switched_on_is_refused(number: str) -> None:
    with pytest.raises(Refused) as refused:
        MAINLAND.read(number)
    assert refused.value.code == "unsupported_region"


def test_a_region_that_is_switched_on_is_read() -> None:
    numbers = PhoneNumbers(["cn", "HK"])
    assert numbers.read("+852 6123 4567").e164 == "+85261234567"
    assert numbers.read("13800138000").e164 == "+8613800138000"


def test_without_the_mainland_the_first_region_is_home() -> None:
    assert PhoneNumbers(["HK"]).read("6123 4567").e164 == "+85261234567"


@pytest.mark.parametrize("regions", [[], ["XX"], ["CN", "China"]])
def test_an_unknown_region_is_an_error(regions: list[str]) -> None:
    with pytest.raises(ValueError, match="unknown region"):
        PhoneNumbers(regions)
