"""What a phone number's row remembers: its recent sends, and who wrote it last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

KEPT_BEYOND_WINDOWS = 20
"""Sends that are remembered although no window counts them: an operator's time line."""

_PLAIN = ("at", "verification_id", "delivery", "source")


@dataclass(frozen=True, slots=True)
class Repeatable:
    """What it takes to repeat an answer: the key's and the body's digests, and the answer."""

    key: str
    body: str
    expires_at: int
    answer: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Send:
    """One send: when (UTC seconds), as which verification, and what came of it so far.

    `source` is a keyed hash of the address that asked for it.
    """

    at: float
    verification_id: str
    delivery: str | None = None
    repeatable: Repeatable | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A number's sends, oldest first. `version` is the last writer's; None where no row is."""

    version: str | None = None
    sends: tuple[Send, ...] = ()

    @property
    def times(self) -> list[float]:
        """Return when each send was."""
        return [send.at for send in self.sends]

    def times_from(self, source: str) -> list[float]:
        """Return when each send was that came from there."""
        return [send.at for send in self.sends if send.source == source]

    def repeated(self, key: str | None, *, now: float) -> Send | None:
        """Return the send that had this idempotency key and whose code still lives."""
        for send in reversed(self.sends):
            known = send.repeatable
            if known is not None and known.key == key and known.expires_at > now:
                return None if send.delivery == "failed" else send
        return None

    def with_send(self, send: Send, *, longest_window: int) -> History:
        """Return the history with one more send, written by it, without what is too old."""
        recent = [old for old in self.sends if old.at > send.at - longest_window]
        older = [old for old in self.sends if old.at <= send.at - longest_window]
        kept = older[-KEPT_BEYOND_WINDOWS:]
        return History(send.verification_id, (*kept, *recent, send))

    def with_outcome(self, verification_id: str, *, delivery: str, at: float) -> History:
        """Return the history with what came of one send, and when it was handed over."""
        return replace(
            self,
            sends=tuple(
                replace(send, delivery=delivery, at=at)
                if send.verification_id == verification_id
                else send
                for send in self.sends
            ),
        )

    def forgotten(self, version: str, *, since: float) -> History:
        """Return when the sends after a moment were, and nothing else of them.

        Whoever has his data erased regains no send by that: the windows count as before.
        """
        return History(version, tuple(Send(one.at, "") for one in self.sends if one.at > since))

    def to_json(self) -> str:
        """Write the sends for the store."""
        return json.dumps([_plain(send) for send in self.sends], separators=(",", ":"))

    @classmethod
    def from_json(cls, version: str, text: str) -> History:
        """Read what `to_json` wrote."""
        return cls(version, tuple(_send(item) for item in json.loads(text)))


def _plain(send: Send) -> dict[str, object]:
    return {name: value for name, value in asdict(send).items() if value is not None}


def _send(item: dict[str, object]) -> Send:
    """Read what `_plain` wrote, and nothing that a newer version may have added."""
    known = item.get("repeatable")
    repeatable = Repeatable(**known) if isinstance(known, dict) else None
    given = {name: item[name] for name in _PLAIN if name in item}
    return Send(**given, repeatable=repeatable)  # type: ignore[arg-type]  # as it was written
