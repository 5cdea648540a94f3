"""Whom an entry of the lists is about, as it is kept: never a whole phone number."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from shared.domain.client_address import IPV6_PREFIX, canonical
from shared.domain.lists import ADDRESS, NETWORK

WIDEST = {4: 8, 6: 16}
"""The shortest network prefixes that may be denied: a slip must not shut everybody out."""

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


class HasHostBits(ValueError):
    """A network with bits set beyond its prefix; `meant` is the network around it."""

    def __init__(self, meant: str) -> None:
        super().__init__(meant)
        self.meant = meant


class TooWide(ValueError):
    """A network so wide that denying it can only be a slip."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: `shown` is a mask, prefix, address or network; `phone` a number's keyed hash."""

    kind: str
    shown: str
    phone: str = ""


def read_address(text: str) -> Subject | None:
    """Read an address or a network in CIDR; None where it is neither.

    An address is kept as callers are counted: an IPv6 address, or a network within a /64, as its
    /64. Raises HasHostBits and TooWide.
    """
    address = canonical(text)
    if address is not None:
        return Subject(ADDRESS, address)
    try:
        interface = ipaddress.ip_interface(text.strip())
    except ValueError:
        return None
    network: ipaddress.IPv4Network | ipaddress.IPv6Network = interface.network
    if interface.ip != network.network_address:
        raise HasHostBits(str(network))
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        inside = int(network.network_address) & 0xFFFFFFFF
        network = ipaddress.IPv4Network((inside, network.prefixlen - _MAPPED.prefixlen))
    if network.prefixlen < WIDEST[network.version]:
        raise TooWide(str(network))
    if network.prefixlen >= (IPV6_PREFIX if network.version == 6 else 32):
        return Subject(ADDRESS, canonical(str(network.network_address)) or "")
    return Subject(NETWORK, str(network))
