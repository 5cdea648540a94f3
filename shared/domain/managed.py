"""Codes that the provider makes and checks: how their messages are told from ours.

Such a code is known to nobody here, so a guess at it is counted first and then put to the provider.
Whether it is one stands in its row, in the place of the digest. Its verification id says which of
both it is unless another provider than the first took the message: so a guess begins with what is
likely, and pays for the question only where it has to be asked.
"""

from __future__ import annotations

from collections.abc import Collection

MANAGED = "managed"
"""In the place of a digest; no digest looks like it, so no guess can match it."""

_FIRST, _LATER = "-managed", "-mixed"


def managed_id(verification_id: str, *, first: str, managed: Collection[str]) -> str:
    """Return the id of a message whose code a provider of `managed` may make: `first`, or later."""
    return verification_id + (_FIRST if first in managed else _LATER)


def likely_managed(verification_id: str) -> bool:
    """Say whether the provider made the code, unless one that makes none took the message."""
    return verification_id.endswith(_FIRST)


def may_be_managed(verification_id: str) -> bool:
    """Say whether the provider made the code if one before it took no message."""
    return verification_id.endswith(_LATER)
