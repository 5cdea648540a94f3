"""Codes: how they are drawn, what is kept of them, and the policy they live under."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodePolicy:
    """The rules a code is issued under and keeps for life: digits, seconds, wrong guesses."""

    length: int
    ttl: int
    attempts: int

    @property
    def minutes(self) -> int:
        """Return the minutes that a message may promise: never more than the code lives."""
        return max(1, self.ttl // 60)


def new_code(length: int, *, randbelow: Callable[[int], int]) -> str:
    """Draw a code uniformly, leading zeros included; `randbelow` must be unpredictable."""
    return f"{randbelow(10**length):0{length}d}"


def digest(secret: str, *parts: str) -> str:
    """Return a keyed digest in hex; parts are joined so that no two lists of parts collide."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def code_digests(
    secrets: Sequence[str], *, verification_id: str, phone: str, scene: str, code: str
) -> tuple[str, ...]:
    """Return a code's digest under each secret; the first is the one to keep.

    The digest is bound to phone, scene and verification id, so a digest that is copied to
    another row matches nothing there.
    """
    return tuple(digest(secret, verification_id, phone, scene, code) for secret in secrets)
