"""Whose address counts (I9)."""

from __future__ import annotations

import pytest

from shared.domain.client_address import AddressRule, canonical

PEER = "198.51.100.7"
CHAIN = {"x-forwarded-for": "1.1.1.1, 2.2.2.2,3.3.3.3", "x-real-ip": "4.4.4.4"}


@pytest.mark.parametrize(
    ("rule", "address"),
    [
        ("peer", PEER),
        ("hops:1", "3.3.3.3"),
        ("hops:2", "2.2.2.2"),
        ("hops:3", "1.1.1.1"),
        ("hops:4", PEER),
        ("header:X-Real-IP", "4.4.4.4"),
        ("header:X-Other", PEER),
    ],
)
def test_only_the_chosen_address_counts(rule: str, address: str) -> None:
    assert AddressRule.parse(rule).address(CHAIN, PEER) == address


def test_an_event_without_peer_has_no_address_by_default() -> None:
    assert AddressRule().address(CHAIN, None) is None


def test_a_header_that_holds_no_address_counts_as_left_out() -> None:
    assert AddressRule.parse("hops:1").address({"x-forwarded-for": "unknown"}, PEER) == PEER


@pytest.mark.parametrize("text", ["", "hops", "hops:0", "hops:-1", "header:", "header:a b", "xff"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="use peer"):
        AddressRule.parse(text)


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("203.0.113.1", "203.0.113.1"),
        (" 203.0.113.1 ", "203.0.113.1"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:DB8:1:2::9]", "2001:db8:1:2::/64"),
        ("203.0.113.1:443", None),
        ("203.0.113.999", None),
        ("", None),
    ],
)
def test_an_address_has_one_form(given: str, counted: str | None) -> None:
    assert canonical(given) == counted
