"""What entries of the lists mean: whom they concern, for how long, and which one counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.lists import ADDRESS, ALLOW, DENY, NETWORK, NUMBER, PREFIX, Entry, Listed
from shared.domain.phone_number import PhoneNumber
from shared.errors import Refused

NOW = 1_795_250_000
PHONE = PhoneNumber("+8617012345678", "CN", 86)


def entry(kind: str, subject: str, *, verdict: str = DENY, until: int | None = None) -> Entry:
    return Entry(verdict, kind, subject, "why", "who", NOW - 60, until)


NUMBER_DENIED = entry(NUMBER, PHONE.masked)
NUMBER_ALLOWED = replace(NUMBER_DENIED, verdict=ALLOW)
PREFIX_DENIED = entry(PREFIX, "+86170")
ADDRESS_DENIED = entry(ADDRESS, "203.0.113.7")


def refusal(listed: Listed, address: str | None = None) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        listed.allows(PHONE, address, now=NOW)
    return caught.value.code, caught.value.reason


def test_nobody_is_denied_or_allowed_by_empty_lists() -> None:
    assert Listed().allows(PHONE, "203.0.113.7", now=NOW) is False


def test_a_denied_number_is_blocked() -> None:
    assert refusal(Listed(NUMBER_DENIED)) == ("phone_blocked", "deny_number")


def test_a_denied_prefix_blocks_its_numbers_and_no_others() -> None:
    assert refusal(Listed(ranges=[PREFIX_DENIED])) == ("phone_blocked", "deny_prefix +86170")
    other = entry(PREFIX, "+86171")
    assert Listed(ranges=[other]).allows(PHONE, None, now=NOW) is False


def test_an_allowed_number_is_allowed_although_its_prefix_is_denied() -> None:
    assert Listed(NUMBER_ALLOWED, ranges=[PREFIX_DENIED]).allows(PHONE, None, now=NOW) is True


def test_a_denied_address_is_denied_whatever_the_number() -> None:
    listed = Listed(NUMBER_ALLOWED, ADDRESS_DENIED)
    assert refusal(listed, "203.0.113.7") == ("unauthorized", "deny_address")


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.0/24", "203.0.113.7"),
        ("10.0.0.0/8", "10.255.255.255"),
        ("2001:db8::/32", "2001:db8:1:2::/64"),
    ],
)
def test_a_denied_network_covers_its_addresses(network: str, address: str) -> None:
    assert refusal(Listed(ranges=[entry(NETWORK, network)]), address)[0] == "unauthorized"


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.0/24", "203.0.114.7"),
        ("203.0.113.0/24", "2001:db8::/64"),
        ("2001:db8::/32", "203.0.113.7"),
        ("2001:db8::/32", "2001:db9::/64"),
        ("203.0.113.0/24", None),
    ],
)
def test_a_denied_network_covers_nothing_else(network: str, address: str | None) -> None:
    listed = Listed(ranges=[entry(NETWORK, network)])
    assert listed.allows(PHONE, address, now=NOW) is False


@pytest.mark.parametrize(
    ("kind", "subject"),
    [(NUMBER, PHONE.masked), (PREFIX, "+86170"), (ADDRESS, "10.0.0.1"), (NETWORK, "10.0.0.0/8")],
)
def test_an_entry_holds_until_its_end_and_not_on_that_second(kind: str, subject: str) -> None:
    def listed(until: int) -> Listed:
        found = entry(kind, subject, until=until)
        own = {kind: found} if kind in (NUMBER, ADDRESS) else {"ranges": [found]}
        return Listed(**own)  # type: ignore[arg-type]

    assert refusal(listed(NOW + 1), "10.0.0.1")
    assert listed(NOW).allows(PHONE, "10.0.0.1", now=NOW) is False


def test_a_number_whose_own_entry_has_ended_is_judged_by_its_prefix() -> None:
    ended = replace(NUMBER_ALLOWED, until=NOW)
    assert Listed(ended, ranges=[PREFIX_DENIED]).on_number(PHONE, now=NOW) is PREFIX_DENIED


def test_the_first_of_several_ranges_that_still_holds_decides() -> None:
    ended = entry(PREFIX, "+8617", until=NOW)
    assert Listed(ranges=[ended, PREFIX_DENIED]).on_number(PHONE, now=NOW) is PREFIX_DENIED
