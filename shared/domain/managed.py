"""Codes that the provider makes and checks: how their messages are told from ours.

Such a code is known to nobody here, so a guess at it is counted first and then put to the provider.
Whether it is one stands in its row, in the place of the digest. Its verification id says that it
may be one: only for such ids a guess begins with the question, and all others pay nothing for it.
"""

from __future__ import annotations

MANAGED = "managed"
"""In the place of a digest; no digest looks like it, so no guess can match it."""

_MARK = "-managed"


def managed_id(verification_id: str) -> str:
    """Return the id of a message whose code the provider may make."""
    return verification_id + _MARK


def may_be_managed(verification_id: str) -> bool:
    """Say whether the provider may have made the code; the row says whether it did."""
    return verification_id.endswith(_MARK)
