"""Every spelling of a number is that number, and nobody else's (I9)."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.masking import reported_number
from shared.domain.phone_number import PhoneNumber
from shared.errors import Refused
from shared.phone_numbers import PhoneNumbers
from tests.fuzz.effort import effort
from tests.fuzz.odd_json import TEXTS

pytestmark = pytest.mark.once


REGIONS = ("CN", "HK", "MO", "TW", "US", "GB", "DE", "FR", "IT", "RU", "BR", "MX", "JP", "SG")
NUMBERS = PhoneNumbers(REGIONS)
SECRET = "s" * 32

MOBILES: dict[str, tuple[str, str]] = {
    "CN": ("86", r"1(3[0-9]|5[0-35-9]|7[35-8]|8[0-9]|9[189])[0-9]{8}"),
    "HK": ("852", r"(5[1-9]|6[0-9]|9[0-8])[0-9]{6}"),
    "MO": ("853", r"66[0-9]{6}"),
    "TW": ("886", r"9[1-9][0-9]{7}"),
    "US": ("1", r"(212|415|305|702)[2-9](0[0-9]|[2-9][0-9])[0-9]{4}"),
    "GB": ("44", r"7(4|5|7|8)[0-9]{8}"),
    "DE": ("49", r"15(1[0-9]|2[0-9])[0-9]{7}"),
    "FR": ("33", r"6[0-9]{8}"),
    "IT": ("39", r"3(2[089]|3[0-9]|4[0-9])[0-9]{7}"),
    "RU": ("7", r"9(1[0-9]|2[0-9])[0-9]{7}"),
    "BR": ("55", r"(11|21)9[6-9][0-9]{7}"),
    "JP": ("81", r"(80|90)[1-9][0-9]{7}"),
    "SG": ("65", r"9[1-8][0-9]{6}"),
}
"""Calling code and roughly the form of mobile numbers, from each country's numbering plan."""

ASCII = st.characters(codec="ascii")

WIDE = str.maketrans("0123456789+", "０１２３４５６７８９＋")
BETWEEN = st.sampled_from(
    [
        "",
        "",
        "",
        " ",
        "-",
        "\u00a0",
        "\u3000",
        "\u2011",
        "–",
        "·",
        ".",
        "/",
        "(",
        ")",
        "\t",
        "\u200b",
    ]
)
AROUND = st.sampled_from(["", " ", "\u202a", "\u202c", "\u2066", "\ufeff", "\n", "\u200e"])


def is_mobile(e164: str, region: str) -> bool:
    """Say whether libphonenumber has a number for somebody's mobile in that region."""
    number = phonenumbers.parse(e164)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    there = phonenumbers.is_valid_number_for_region(number, region)
    return there and phonenumbers.number_type(number) in kinds


@st.composite
def mobiles(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw region, calling code and national number."""
    region = draw(st.sampled_from(sorted(MOBILES)))
    code, form = MOBILES[region]
    national = draw(
        st.from_regex(form, fullmatch=True, alphabet=ASCII).filter(
            lambda digits: is_mobile(f"+{code}{digits}", region)
        )
    )
    return region, code, national


@st.composite
def spelt(draw: st.DrawFn, region: str, code: str, national: str) -> str:
    """Draw a way to write a number down."""
    starts = ["+", "00"]
    if region == "CN":
        starts += ["", "plain"]  # the home region's need no plus, and no code either
    start = draw(st.sampled_from(starts))
    text = national if start == "plain" else f"{start}{code}{national}"
    plus = text.startswith("+")
    parts = [draw(BETWEEN) + digit for digit in text[plus:]]
    written = draw(AROUND) + "+" * plus + "".join(parts) + draw(AROUND)
    return written.translate(WIDE) if draw(st.booleans()) else written


def read(text: str) -> PhoneNumber | str:
    """Return the number, or the code of the refusal."""
    try:
        return NUMBERS.read(text)
    except Refused as refusal:
        return refusal.code


@given(number=mobiles(), data=st.data())
@effort(2)
def test_every_spelling_is_the_number(number: tuple[str, str, str], data: st.DataObject) -> None:
    region, code, national = number
    found = read(data.draw(spelt(region, code, national)))
    assert isinstance(found, PhoneNumber)
    assert (found.e164, found.region) == (f"+{code}{national}", region)
    assert read(found.e164) == found


@given(one=mobiles(), other=mobiles(), data=st.data())
@effort(2)
def test_no_two_numbers_are_one(
    one: tuple[str, str, str], other: tuple[str, str, str], data: st.DataObject
) -> None:
    first, second = read(data.draw(spelt(*one))), read(data.draw(spelt(*other)))
    assert isinstance(first, PhoneNumber)
    assert isinstance(second, PhoneNumber)
    assert (first.key(SECRET) == second.key(SECRET)) == (one == other)


DIGITS = st.from_regex(
    r"(\+|00|)[0-9]{1,16}", fullmatch=True, alphabet=st.characters(codec="ascii")
)
SIGNS = "0123456789+-() .;,x#*p/٣３ab"


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """Draw a spelling of a number that is one character off, or none."""
    text = draw(spelt(*draw(mobiles())))
    place = draw(st.integers(0, len(text)))
    return (
        text[:place] + draw(st.sampled_from(["", *SIGNS])) + text[place + draw(st.integers(0, 1)) :]
    )


GARBAGE = nearly() | nearly() | st.text(st.sampled_from(SIGNS), max_size=24) | DIGITS | TEXTS


@given(text=GARBAGE)
@effort(2)
def test_anything_else_is_refused_or_stays_what_it_is_read_as(text: str) -> None:
    """Where it is read, its own digits are what it was, and reading it again changes nothing."""
    found = read(text)
    if isinstance(found, str):
        assert found in ("invalid_phone", "unsupported_region")
        return
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", found.e164)
    assert read(found.e164) == found
    assert found.e164[-7:] == "".join(re.findall("[0-9]", ascii_digits(text)))[-7:]
    assert found.e164[4:] not in f"{found} {found!r}"


@given(text=GARBAGE)
@effort(2)
def test_libphonenumber_reads_the_same(text: str) -> None:
    """What is read here, Google's own reader reads as the same number, if it reads it at all."""
    found = read(text)
    if isinstance(found, PhoneNumber):
        try:
            theirs = phonenumbers.parse(ascii_digits(text), "CN")
        except phonenumbers.NumberParseException:
            return  # it knows fewer ways to write one
        form = phonenumbers.format_number(theirs, phonenumbers.PhoneNumberFormat.E164)
        assert form == found.e164


@given(number=mobiles().filter(lambda number: number[0] != "US"))
@effort(2)
def test_a_report_is_on_the_number_that_was_sent_to(number: tuple[str, str, str]) -> None:
    """Aliyun reports the mainland's without its code, others with theirs and without a plus.

    In North America's, of code 1, some read as the mainland's then: 1 305 200 0000.
    """
    region, code, national = number
    sent = read(f"+{code}{national}")
    reported = reported_number(national if region == "CN" else f"{code}{national}")
    assert isinstance(sent, PhoneNumber)
    assert reported is not None
    assert reported.key(SECRET) == sent.key(SECRET)


def ascii_digits(text: str) -> str:
    """Return a text with full-width digits and signs in their plain form."""
    back = {
        ord(wide): plain
        for plain, wide in zip("0123456789+", "０１２３４５６７８９＋", strict=True)
    }
    return text.translate(back)
