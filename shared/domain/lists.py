"""Deny-list and allow-list: what operators decide about numbers and addresses, for a time."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.phone_number import PhoneNumber
from shared.errors import Refused

DENY, ALLOW = "deny", "allow"
NUMBER, PREFIX, ADDRESS, NETWORK = "number", "prefix", "address", "network"


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. `subject` is a mask, a prefix such as +86170, an address or a network.

    Times are UTC seconds; `until` is None for good. Who decides about a send needs neither
    reason nor author nor when it was added.
    """

    verdict: str
    kind: str
    subject: str
    reason: str = ""
    author: str = ""
    added_at: int = 0
    until: int | None = None

    def holds(self, *, now: float) -> bool:
        """Say whether the entry is still in force."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Listed:
    """What the lists hold that may concern one send: two entries found by key, and all ranges."""

    number: Entry | None = None
    address: Entry | None = None
    ranges: Sequence[Entry] = ()

    def allows(self, number: PhoneNumber, address: str | None, *, now: float) -> bool:
        """Refuse what is denied; say whether the number is on the allow-list."""
        if self.on_address(address, now=now) is not None:
            raise Refused("unauthorized", reason="deny_address")
        entry = self.on_number(number, now=now)
        if entry is None:
            return False
        if entry.verdict == ALLOW:
            return True
        kept = f" {entry.subject}" if entry.kind == PREFIX else ""
        raise Refused("phone_blocked", reason=f"deny_{entry.kind}{kept}")

    def on_number(self, number: PhoneNumber, *, now: float) -> Entry | None:
        """Return the entry that decides about a number: its own counts before its prefix."""
        if self.number is not None and self.number.holds(now=now):
            return self.number
        for entry in self.ranges:
            concerns = entry.kind == PREFIX and number.e164.startswith(entry.subject)
            if concerns and entry.holds(now=now):
                return entry
        return None

    def on_address(self, address: str | None, *, now: float) -> Entry | None:
        """Return the entry that denies an address, whatever the number; `address` is canonical."""
        if address is None:
            return None
        if self.address is not None and self.address.holds(now=now):
            return self.address
        mine = ipaddress.ip_network(address)
        for entry in self.ranges:
            if entry.kind == NETWORK and entry.holds(now=now) and _covers(entry.subject, mine):
                return entry
        return None


def _covers(network: str, mine: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    wide = ipaddress.ip_network(network)
    if isinstance(wide, ipaddress.IPv4Network):
        return isinstance(mine, ipaddress.IPv4Network) and mine.subnet_of(wide)
    return isinstance(mine, ipaddress.IPv6Network) and mine.subnet_of(wide)
