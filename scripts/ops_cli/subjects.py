"""Read whom a command is about, as people write it; what is read never leaves in plain."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberMatcher, PhoneNumberType

from scripts.ops_cli.complaints import usage
from shared.domain.lists import NUMBER, PREFIX
from shared.domain.phone_number import PhoneNumber
from shared.domain.subjects import WIDEST, HasHostBits, Subject, TooWide, read_address
from shared.errors import Refused
from shared.phone_numbers import PhoneNumbers

LONGEST_PREFIX, SHORTEST_PREFIX = 7, 2
OPEN_DIGITS = 4
"""Digits of a number that a prefix leaves open, as a mask does: no whole number is kept (I7)."""

_KEY = re.compile(r"number/([0-9a-f]{64})")


def read_subject(text: str, *, numbers: PhoneNumbers, secret: str) -> Subject:
    """Read a number in any spelling, a prefix (`170*`), an address or a network.

    Raises Complaint, which repeats no digit of a number.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.endswith("*"):
        return Subject(PREFIX, read_prefix(plain[:-1], home=numbers.home))
    try:
        found = read_address(plain)
    except HasHostBits as error:
        raise usage(
            f"这不是网段的起始地址；是否指 {error.meant}？",
            f"That is not where a network begins; did you mean {error.meant}?",
        ) from None
    except TooWide:
        raise usage(
            f"网段过大：IPv4 至少 /{WIDEST[4]}，IPv6 至少 /{WIDEST[6]}。",
            f"The network is too wide: /{WIDEST[4]} at least in IPv4, /{WIDEST[6]} in IPv6.",
        ) from None
    if found is not None:
        return found
    number = read_number(plain, numbers=numbers)
    return Subject(NUMBER, number.masked, number.key(secret))


def read_key(text: str) -> Subject | None:
    """Read the key of a number's entry, for who has no longer the number; else None."""
    match = _KEY.fullmatch(text.strip())
    return Subject(NUMBER, match[0], match[1]) if match else None


def read_number(text: str, *, numbers: PhoneNumbers) -> PhoneNumber:
    """Read a phone number; raise Complaint without repeating it."""
    try:
        return numbers.read(text)
    except Refused as error:
        if error.code == "unsupported_region":
            raise usage(
                f"号码属于未开通的地区 {error.reason}（REGIONS），本来就不会发送。",
                f"The number is of region {error.reason}, which is not switched on (REGIONS): "
                "nothing is sent there anyway.",
            ) from None
        raise usage(
            "对象无法识别。请写手机号（任意写法）、号段（170*）、IP 或网段（203.0.113.0/24）。",
            "That is no subject. Write a mobile number in any spelling, a prefix (170*), an IP "
            "address, or a network (203.0.113.0/24).",
        ) from None


def read_prefix(text: str, *, home: str) -> str:
    """Return a prefix as it is compared, such as +86170; `home` is the region without +."""
    code, national = _split(re.sub(r"[\s().-]", "", text), home)
    if not SHORTEST_PREFIX <= len(national) <= _longest(code):
        raise usage(
            f"号段在国家代码之后需 {SHORTEST_PREFIX} 至 {_longest(code)} 位，如 170* 或 +86170*；"
            "关闭整个地区请用 REGIONS，完整号码请勿带 *。",
            f"A prefix has {SHORTEST_PREFIX} to {_longest(code)} digits after the country code, "
            "such as 170* or +86170*; use REGIONS to close a region, and write a whole number "
            "without the *.",
        )
    return f"+{code}{national}"


def _split(digits: str, home: str) -> tuple[int, str]:
    """Return country code and national digits."""
    plain = re.sub(r"^00", "+", digits)
    mine = phonenumbers.country_code_for_region(home)
    if home == "CN" and plain.startswith("86"):  # no mobile number of the mainland begins so
        plain = f"+{plain}"
    if re.fullmatch(r"[0-9]*", plain):
        return mine, plain.lstrip("0")
    for length in (1, 2, 3):
        code = plain[1 : 1 + length]
        known = code.isdecimal() and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
        if known and re.fullmatch(r"\+[0-9]+", plain):
            return int(code), plain[1 + length :]
    raise usage(
        "号段无法识别。请写 170* 或 +86170*。", "That is no prefix. Write it as 170* or +86170*."
    )


def _longest(code: int) -> int:
    region = phonenumbers.region_code_for_country_code(code)
    example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if example is None:
        return LONGEST_PREFIX
    whole = len(phonenumbers.national_significant_number(example))
    return min(LONGEST_PREFIX, whole - OPEN_DIGITS)


def holds_a_number(text: str, *, home: str) -> bool:
    """Say whether free text seems to hold a whole phone number, also one between letters."""
    plain = unicodedata.normalize("NFKC", text)
    if any(PhoneNumberMatcher(plain, home)):
        return True
    return any(_is_number(digits, home) for digits in re.findall(r"[0-9]{7,15}", plain))


def _is_number(digits: str, home: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, home))
    except NumberParseException:
        return False
