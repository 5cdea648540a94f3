"""Entries as Aliyun pushes them, in every type that documents and versions give them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from shared.domain.masking import masked_text, reported_number, shown_biz_id
from shared.domain.report_entries import moment, read_report, truth
from shared.errors import Refused
from shared.phone_numbers import PhoneNumbers

ID = "qFZ7aB3-dE_9hIjKlMnOpQ"
PHONE = "13800138000"
ENTRY = {
    "phone_number": PHONE,
    "send_time": "2026-11-21 16:59:58",
    "report_time": "2026-11-21 17:00:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "932702304080415357^0",
    "out_id": ID,
}
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=6,
)


def test_a_documented_entry_is_read() -> None:
    entry = read_report(ENTRY)
    assert entry is not None
    assert (entry.verification_id, entry.biz_id) == (ID, "932702304080415357^0")
    assert entry.number is not None
    assert (entry.number.e164, entry.number.masked) == ("+8613800138000", "+86138****8000")
    report = entry.report
    assert (report.state, report.segments) == ("delivered", 1)
    assert report.reported_at is not None
    assert report.sent_at is not None
    assert report.reported_at - report.sent_at == 2


def test_times_are_beijings_whatever_the_functions_clock() -> None:
    assert moment("1970-01-01 08:00:00") is None
    assert moment("2026-11-21 08:00:00") == 1_795_219_200


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01 00:00:00", None, [], True, 9e99])
def test_a_time_that_is_none_does_not_spoil_the_entry(text: Any) -> None:
    entry = read_report({**ENTRY, "report_time": text})
    assert entry is not None
    assert entry.report.reported_at is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("False", False),
        (1, True),
        ("0", False),
        ("", None),
        ("perhaps", None),
        (None, None),
        ([], None),
    ],
)
def test_truth_comes_in_many_types(given: object, read: bool | None) -> None:
    assert truth(given) is read


def test_numbers_come_as_text_and_texts_as_numbers() -> None:
    other = {**ENTRY, "phone_number": int(PHONE), "sms_size": 1, "success": "true"}
    assert read_report(other) == read_report(ENTRY)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        "text",
        {},
        {**ENTRY, "success": None},
        {**ENTRY, "out_id": "", "biz_id": ""},
        {**ENTRY, "out_id": ["x"]},
        {**ENTRY, "biz_id": {"a": 1}},
    ],
    ids=repr,
)
def test_what_says_nothing_is_malformed(entry: object) -> None:
    assert read_report(entry) is None


@pytest.mark.parametrize("out_id", ["", PHONE, ID[:-1], ID + "x", "ü" * 22])
def test_an_out_id_of_another_form_is_not_ours(out_id: str) -> None:
    entry = read_report({**ENTRY, "out_id": out_id})
    assert entry is not None
    assert entry.verification_id == ""


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.dictionaries(some.sampled_from([*ENTRY, "more"]), anything, max_size=3))
def test_whatever_comes_is_read_or_malformed_and_can_be_stored(given_: dict[str, Any]) -> None:
    for entry in (read_report(given_), read_report({**ENTRY, **given_})):
        if entry is not None:
            entry.report.to_json().encode()


@pytest.mark.parametrize("field", ["err_code", "err_msg", "biz_id"])
def test_no_number_is_kept_from_a_field_where_none_belongs(field: str) -> None:
    entry = read_report({**ENTRY, field: f"call {PHONE}"})
    assert entry is not None
    assert PHONE not in entry.report.to_json()
    assert PHONE not in repr(entry.number)


def test_half_a_surrogate_pair_can_be_stored() -> None:
    entry = read_report({**ENTRY, "err_msg": json.loads('"\\ud800"')})
    assert entry is not None
    assert entry.report.text == "?"


@pytest.mark.parametrize(
    "spelling",
    [PHONE, f"86{PHONE}", f"+86{PHONE}", f"0086{PHONE}", "138 0013 8000", "１３８００１３８０００"],
)
def test_a_number_has_the_hash_and_the_mask_that_the_doors_give_it(spelling: str) -> None:
    mine, theirs = reported_number(spelling), PhoneNumbers(["CN"]).read(spelling)
    assert mine is not None
    assert (mine.key("s" * 16), mine.masked) == (theirs.key("s" * 16), theirs.masked)


@given(some.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_number_of_the_mainland_has_one_hash(national: str) -> None:
    mine = reported_number(national)
    assert mine is not None
    try:
        theirs = PhoneNumbers(["CN"]).read(national)
    except Refused:
        return  # not assigned to mobile phones, so no door sends there
    assert mine.e164 == theirs.e164


def test_a_number_abroad_comes_with_its_country_code() -> None:
    mine, theirs = reported_number("85251234567"), PhoneNumbers(["HK"]).read("+852 5123 4567")
    assert mine is not None
    assert mine.e164 == theirs.e164
    assert "5123456" not in mine.masked


@pytest.mark.parametrize("given_", ["1381111****", "", "abc", None, True, [], "1" * 16, 1.5])
def test_what_is_no_whole_number_is_none(given_: object) -> None:
    assert reported_number(given_) is None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"call {PHONE} now", "call 138****8000 now"),
        ("138 0013 8000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        (f"+86{PHONE}", "+861******8000"),
        ("１３８００１３８０００", "138****8000"),
        ("١٣٨٠٠١٣٨٠٠٠", "138****8000"),
        ("1234567", "1****67"),
        (f"+86{PHONE[:3]} 0013 8000", "+861******8000"),
        ("138.0013.8000", "138****8000"),
        ("138  0013  8000", "138****8000"),
        ("138 - 0013 - 8000", "138****8000"),
        ("(138)0013-8000", "(138****8000"),
        (r"138\t0013\t8000", "138****8000"),
        ("138\u20100013\u20108000", "138****8000"),
        ("+1 415 555 2671", "+141****2671"),
        ("2026-11-21 17:00:00", "2026-11-21 17:00:00"),
        ("[1, 2, 3, 4, 5, 6, 7]", "[1, 2, 3, 4, 5, 6, 7]"),
        ("SMS_12345", "SMS_12345"),
    ],
)
def test_numbers_in_texts_are_hidden_and_times_are_not(text: str, masked: str) -> None:
    assert masked_text(text) == masked


def test_a_biz_id_stays_whole_and_a_number_in_its_place_does_not() -> None:
    assert shown_biz_id("932702304080415357^0") == "932702304080415357^0"
    assert shown_biz_id(PHONE) == "138****8000"


def test_what_a_terminal_would_obey_is_not_kept() -> None:
    entry = read_report({**ENTRY, "err_msg": "\x1b[2J\x07bad\u202enews", "err_code": "X\x9b31m"})
    assert entry is not None
    kept = entry.report.text + entry.report.code
    assert "bad" in kept
    assert not [char for char in kept if not char.isprintable()]
