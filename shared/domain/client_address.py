"""Whose address counts: the peer, a chosen hop of X-Forwarded-For, or a chosen header."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

IPV6_PREFIX = 64
"""An IPv6 customer holds at least a /64, so its addresses count as one."""

NOBODY = "0.0.0.0"  # noqa: S104 - where nothing listens
"""Stands for every request whose address a rule should have found and did not."""

_RULE = re.compile(r"peer|hops:(?P<hops>[1-9]\d?)|header:(?P<header>[A-Za-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Where the client's address is read; with neither hops nor header it is the TCP peer."""

    hops: int = 0
    header: str = ""

    @classmethod
    def parse(cls, text: str) -> AddressRule:
        """Read `peer`, `hops:<n>` or `header:<name>`; raise ValueError on anything else."""
        match = _RULE.fullmatch(text.strip())
        if match is None:
            raise ValueError("use peer, hops:<n> or header:<name>")
        return cls(int(match["hops"] or 0), (match["header"] or "").lower())

    def address(self, headers: Mapping[str, str], peer: str | None) -> str | None:
        """Return the client's address (an IPv6 network for IPv6), or None where it is unknown.

        `headers` have names in lower case. Where the chosen header is missing or holds no
        address, the peer counts, and without a peer all such requests count as one address:
        leaving a header out must not lift a limit.
        """
        if self.hops:
            hops = headers.get("x-forwarded-for", "").split(",")
            found = canonical(hops[-self.hops]) if len(hops) >= self.hops else None
        elif self.header:
            found = canonical(headers.get(self.header, ""))
        else:
            found = None
        nobody = NOBODY if self.hops or self.header else None
        return found or (canonical(peer) if peer else None) or nobody


def canonical(text: str) -> str | None:
    """Return the one form of an address that counts, or None where the text is no address."""
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        network = ipaddress.IPv6Network((int(address), IPV6_PREFIX), strict=False)
        return str(network)
    return str(address)
