"""Codes, digests and the numbers they are bound to."""

from __future__ import annotations

import pytest

from shared.domain.codes import CodePolicy, code_digests, digest, new_code
from shared.domain.phone_number import PhoneNumber


def test_leading_zeros_belong_to_a_code() -> None:
    assert new_code(6, randbelow=lambda _: 42) == "000042"


@pytest.mark.parametrize("length", [4, 6, 8])
def test_a_code_is_drawn_from_all_codes_of_its_length(length: int) -> None:
    asked: list[int] = []
    new_code(length, randbelow=lambda limit: asked.append(limit) or 0)  # type: ignore[func-returns-value]
    assert asked == [10**length]


def test_a_digest_is_bound_to_each_of_its_parts() -> None:
    parts = {"verification_id": "v", "phone": "p", "scene": "s", "code": "123456"}
    changed = [code_digests(["k" * 16], **{**parts, name: "x"}) for name in parts]
    assert len({code_digests(["k" * 16], **parts), *changed}) == 5


def test_no_two_lists_of_parts_have_the_same_digest() -> None:
    assert digest("k", "ab", "c") != digest("k", "a", "bc")


def test_the_first_digest_is_that_of_the_newest_secret() -> None:
    parts = {"verification_id": "v", "phone": "p", "scene": "s", "code": "1"}
    assert code_digests(["new", "old"], **parts)[0] == code_digests(["new"], **parts)[0]


@pytest.mark.parametrize(("ttl", "minutes"), [(300, 5), (299, 4), (90, 1), (60, 1), (30, 1)])
def test_a_message_never_promises_more_minutes_than_the_code_lives(ttl: int, minutes: int) -> None:
    assert CodePolicy(6, ttl, 3).minutes == minutes


@pytest.mark.parametrize(
    ("e164", "country", "masked"),
    [
        ("+8613800138000", 86, "+86138****8000"),
        ("+85261234567", 852, "+85261****67"),
        ("+6561234", 65, "+65****4"),
    ],
)
def test_a_mask_hides_at_least_four_digits(e164: str, country: int, masked: str) -> None:
    number = PhoneNumber(e164, "CN", country)
    assert number.masked == masked
    assert masked.count("*") >= 4


def test_a_number_never_shows_itself() -> None:
    number = PhoneNumber("+8613800138000", "CN", 86)
    assert "13800138000" not in f"{number} {number!r} {[number]}"


def test_a_numbers_key_depends_on_the_secret() -> None:
    number = PhoneNumber("+8613800138000", "CN", 86)
    assert number.key("a" * 16) != number.key("b" * 16)
    assert "13800138000" not in number.key("a" * 16)
