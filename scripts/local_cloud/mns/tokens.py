"""The keys that Dybase hands out for a queue, and MNS then asks for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

LIFE_SECONDS = 600
"""About what Aliyun's own SDK for Node assumes."""


@dataclass(frozen=True, slots=True)
class Token:
    """Keys to the queue of one message type, until a moment in UTC seconds."""

    message_type: str
    access_key_id: str
    access_key_secret: str
    security_token: str
    created_at: float
    expires_at: float


class Tokens:
    """The keys handed out; a restart forgets them."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self.life: float = LIFE_SECONDS

    def issue(self, message_type: str) -> Token:
        """Hand out keys."""
        now = self._clock()
        token = Token(
            message_type,
            f"STS.{uuid.uuid4().hex}",
            uuid.uuid4().hex,
            uuid.uuid4().hex,
            now,
            now + self.life,
        )
        self._tokens[token.access_key_id] = token
        return token

    def find(self, access_key_id: str) -> Token | None:
        """Return the keys of that id, if they are still good."""
        token = self._tokens.get(access_key_id)
        return token if token is not None and token.expires_at > self._clock() else None

    def clear(self) -> None:
        """Forget them all."""
        self._tokens.clear()
        self.life = LIFE_SECONDS
