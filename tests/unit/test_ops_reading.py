"""What an operator may write: subjects, moments; and that no number is repeated to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from scripts.ops_cli import moments, table
from scripts.ops_cli.complaints import USED_WRONGLY, Complaint
from scripts.ops_cli.subjects import holds_a_number, read_key, read_subject
from shared.domain.lists import ADDRESS, NETWORK, NUMBER, PREFIX
from shared.domain.rates import BEIJING
from shared.domain.subjects import Subject
from shared.phone_numbers import PhoneNumbers

MAINLAND = PhoneNumbers(["CN"])
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=BEIJING).timestamp()


def read(text: str, numbers: PhoneNumbers = MAINLAND) -> Subject:
    return read_subject(text, numbers=numbers, secret="n" * 16)


def complaint(action: Callable[[], object]) -> Complaint:
    with pytest.raises(Complaint) as caught:
        action()
    assert caught.value.exit_code == USED_WRONGLY
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138-0013-8000",
        "0086 13800138000",
        "１３８００１３８０００",
        "138/0013/8000",
    ],
)
def test_all_spellings_of_a_number_are_one_subject(text: str) -> None:
    assert read(text) == read("+8613800138000")
    assert (read(text).kind, read(text).shown) == (NUMBER, "+86138****8000")


@pytest.mark.parametrize(
    "text", ["170*", "+86170*", "0086170*", "86 170*", " 1-7-0 * ", "１７０＊", "0170*"]
)
def test_all_spellings_of_a_prefix_are_one(text: str) -> None:
    assert read(text) == Subject(PREFIX, "+86170")


def test_a_prefix_may_be_of_another_country() -> None:
    assert read("+85261*") == Subject(PREFIX, "+85261")
    assert read("61*", PhoneNumbers(["HK"])) == Subject(PREFIX, "+85261")


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "1*",
        "+86*",
        "+*",
        "+999*",
        "x170*",
        "13800138*",
        "+8613800138*",
        "13800138000*",
        "+85261234*",
        "17**",
    ],
)
def test_a_prefix_is_neither_nothing_nor_a_whole_number(text: str) -> None:
    assert "138" not in str(complaint(lambda: read(text)))


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("203.0.113.7", Subject(ADDRESS, "203.0.113.7")),
        ("203.0.113.7/32", Subject(ADDRESS, "203.0.113.7")),
        ("::ffff:203.0.113.7", Subject(ADDRESS, "203.0.113.7")),
        ("2001:DB8::1", Subject(ADDRESS, "2001:db8::/64")),
        ("[2001:db8::1]", Subject(ADDRESS, "2001:db8::/64")),
        ("2001:db8::/64", Subject(ADDRESS, "2001:db8::/64")),
        ("2001:db8::/96", Subject(ADDRESS, "2001:db8::/64")),
        ("203.0.113.0/24", Subject(NETWORK, "203.0.113.0/24")),
        ("::ffff:203.0.113.0/120", Subject(NETWORK, "203.0.113.0/24")),
        ("2001:db8::/32", Subject(NETWORK, "2001:db8::/32")),
    ],
)
def test_addresses_and_networks_are_read_as_callers_are_counted(
    text: str, subject: Subject
) -> None:
    assert read(text) == subject


def test_a_network_that_begins_elsewhere_is_asked_about() -> None:
    assert "203.0.113.0/24" in complaint(lambda: read("203.0.113.7/24")).english


@pytest.mark.parametrize("text", ["0.0.0.0/0", "128.0.0.0/7", "::/0", "2000::/3"])
def test_a_network_that_shuts_everybody_out_is_taken_for_a_slip(text: str) -> None:
    assert "too wide" in complaint(lambda: read(text)).english


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "1380013800",
        "138001380001",
        "010-66666666",
        "203.0.113.7/33",
        "+852 6123 4567",
    ],
)
def test_what_is_no_subject_is_explained_and_not_repeated(text: str) -> None:
    said = complaint(lambda: read(text))
    for part in ("1380013800", "66666666", "61234567", "6123 4567"):
        assert part not in said.english + said.chinese


def test_a_number_can_be_named_by_the_key_of_its_entry() -> None:
    known = read("13800138000")
    assert read_key(f"number/{known.phone}") == Subject(
        NUMBER, f"number/{known.phone}", known.phone
    )
    assert read_key("number/13800138000") is None


@pytest.mark.parametrize(
    "text",
    [
        "投诉13800138000要求",
        "138 0013 8000 asked",
        "ticket T13800138000X",
        "(+86)138-0013-8000",
        "１３８００１３８０００",
    ],
)
def test_a_number_in_free_text_is_noticed(text: str) -> None:
    assert holds_a_number(text, home="CN")


@pytest.mark.parametrize(
    "text", ["pumping", "工单 20260112000017", "case 12345678", "0000000", "since 2026-11-21 12:30"]
)
def test_dates_and_tickets_are_no_numbers(text: str) -> None:
    assert not holds_a_number(text, home="CN")


def test_until_is_the_end_of_that_day_in_beijing() -> None:
    end = moments.end_of_day("2027-01-31", now=NOW)
    assert end == datetime(2027, 2, 1, tzinfo=BEIJING).timestamp()
    assert moments.shown_end(end) == "2027-01-31"


def test_until_today_still_holds_today() -> None:
    assert moments.end_of_day("2026-11-21", now=NOW) > NOW


@pytest.mark.parametrize("text", ["2026-11-20", "31.1.2027", "2027-02-30", "", "9999-12-31", "x"])
def test_until_is_no_day_that_is_past_or_none(text: str) -> None:
    complaint(lambda: moments.end_of_day(text, now=NOW))


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600)]
)
def test_for_is_a_span_from_now(text: str, seconds: int) -> None:
    assert moments.after(text, now=NOW) == int(NOW) + seconds


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "7 days", "99999w"])
def test_for_is_nothing_else(text: str) -> None:
    complaint(lambda: moments.after(text, now=NOW))


def test_an_end_within_a_day_is_shown_with_its_time() -> None:
    assert moments.shown_end(int(NOW)) == "2026-11-21 12:30"
    assert moments.iso(int(NOW)) == "2026-11-21T12:30:00+08:00"
    assert moments.iso(None) is None


def test_columns_line_up_also_in_chinese() -> None:
    assert list(table.lines([("原因", "b"), ("x", "yy")])) == ["原因  b", "x     yy"]
