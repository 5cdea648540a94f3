"""The access keys that the stand-ins know: one for good, and those that STS hands out."""

from __future__ import annotations

import hmac
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


class NotKnown(Exception):
    """There is no such key, or it is a temporary one and came without its token."""


class OtherToken(Exception):
    """The token belongs to another key."""


class Ended(Exception):
    """The key was a temporary one, and its time is over."""


@dataclass(frozen=True, slots=True)
class TemporaryKeys:
    """Keys of a role's session, until a moment in UTC seconds."""

    access_key_id: str
    access_key_secret: str
    security_token: str
    expires_at: float


class AccessKeys:
    """The keys for good, which any token may accompany, and the temporary ones; a restart forgets.

    `life` shortens that of temporary keys, whatever was asked for.
    """

    def __init__(self, secrets: Mapping[str, str], *, clock: Callable[[], float] = time.time):
        self._secrets = secrets
        self._clock = clock
        self._temporary: dict[str, TemporaryKeys] = {}
        self.life: float | None = None
        self.used: Counter[str] = Counter()

    def secret(self, key_id: str, token: str | None) -> str:
        """Return a key's secret; raise NotKnown, OtherToken or Ended."""
        if key_id in self._secrets:
            return self._secrets[key_id]
        found = self._temporary.get(key_id)
        if found is None or not token:
            raise NotKnown
        given = token.encode(errors="surrogateescape")  # a header need not be UTF-8
        if not hmac.compare_digest(given, found.security_token.encode()):
            raise OtherToken
        if found.expires_at <= self._clock():
            raise Ended
        return found.access_key_secret

    def note(self, key_id: str, service: str) -> None:
        """Count a request that temporary keys were used for."""
        if key_id in self._temporary:
            self.used[service] += 1

    def issue(self, seconds: float) -> TemporaryKeys:
        """Hand out keys for some seconds."""
        life = seconds if self.life is None else min(seconds, self.life)
        keys = TemporaryKeys(
            f"STS.{uuid.uuid4().hex}",
            uuid.uuid4().hex,
            f"CAIS{uuid.uuid4().hex * 8}",
            self._clock() + life,
        )
        self._temporary[keys.access_key_id] = keys
        return keys

    def expire(self) -> None:
        """End all temporary keys, ahead of the time that was promised."""
        for key_id, keys in self._temporary.items():
            self._temporary[key_id] = replace(keys, expires_at=0.0)

    @property
    def issued(self) -> int:
        """Return how many were handed out."""
        return len(self._temporary)

    def clear(self) -> None:
        """Forget them all."""
        self._temporary.clear()
        self.used.clear()
        self.life = None
