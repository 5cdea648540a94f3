"""Who may ask for a send, and against whom it counts (I10)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.rates import Rate


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A named caller. `digests` are the SHA-256 of its keys in hex: two while it changes keys.

    A key is 256 random bits, so its digest needs neither salt nor stretching. `rates` and
    `scenes` are None where nothing of its own is set.
    """

    name: str
    digests: tuple[str, ...] = field(repr=False)
    rates: tuple[Rate, ...] | None = None
    scenes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the access that let them in, their address and their device, where known.

    `key` is the API key's caller, whose sends count against itself too.
    """

    name: str
    address: str | None = None
    device_id: str | None = field(default=None, repr=False)
    key: ApiKey | None = None


def key_digest(key: str) -> str:
    """Return an API key as settings keep it."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def caller_of(keys: Iterable[ApiKey], presented: str | None) -> ApiKey | None:
    """Return the caller whose key it is; every digest is compared, each in constant time."""
    found = None
    digest = key_digest(presented or "")
    for key in keys:
        for known in key.digests:
            if hmac.compare_digest(known, digest) and presented:
                found = key
    return found
