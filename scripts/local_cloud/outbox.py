"""Every message handed to a carrier, and what became of it."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT NOT NULL, sign_name TEXT NOT NULL,
    biz_id TEXT NOT NULL, at REAL NOT NULL, message TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_phone ON messages (phone, at);
CREATE INDEX IF NOT EXISTS by_biz_id ON messages (biz_id);
CREATE INDEX IF NOT EXISTS waiting ON messages (at)
    WHERE json_extract(message, '$.state') = 'accepted';
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS. `phone` is E.164, `state` is accepted, delivered or failed.

    `at` and `reported_at` are UTC seconds, the latter 0 while the carrier has not said anything.
    """

    phone: str
    sign_name: str
    template_code: str
    params: dict[str, str]
    text: str
    out_id: str
    biz_id: str
    provider: str
    at: float
    state: str = "accepted"
    err_code: str = ""
    reported_at: float = 0.0


class Outbox:
    """The messages, newest first; on disk, or in memory where no file is given."""

    def __init__(self, file: Path | None = None) -> None:
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;{_SCHEMA}"
        )

    def close(self) -> None:
        """Write everything down and let go of the file."""
        self._db.close()

    def add(self, message: Message) -> None:
        """Keep one message."""
        self._db.execute(
            "INSERT INTO messages (phone, sign_name, biz_id, at, message) VALUES (?, ?, ?, ?, ?)",
            (message.phone, message.sign_name, message.biz_id, message.at, _to_json(message)),
        )

    def messages(self, phone: str | None = None) -> list[Message]:
        """Return the messages, newest first, to one E.164 number or to all."""
        where, values = ("WHERE phone = ?", (phone,)) if phone else ("", ())
        found = self._db.execute(
            f"SELECT message FROM messages {where} ORDER BY number DESC",  # noqa: S608 - our own text
            values,
        )
        return [Message(**json.loads(text)) for (text,) in found]

    def count_since(self, phone: str, since: float, *, sign_name: str | None = None) -> int:
        """Count the messages to a number since a moment, of one sign name or of all."""
        where, values = ("AND sign_name = ?", (sign_name,)) if sign_name else ("", ())
        found = self._db.execute(
            f"SELECT count(*) FROM messages WHERE phone = ? AND at > ? {where}",  # noqa: S608
            (phone, since, *values),
        ).fetchone()
        return int(found[0])

    def between(self, phone: str, start: float, end: float) -> list[Message]:
        """Return the messages to an E.164 number from a moment to before another, newest first."""
        found = self._db.execute(
            "SELECT message FROM messages WHERE phone = ? AND at >= ? AND at < ? "
            "ORDER BY number DESC",
            (phone, start, end),
        )
        return [Message(**json.loads(text)) for (text,) in found]

    def waiting(self, before: float, most: int) -> list[Message]:
        """Return the oldest messages that no report has settled, accepted before a moment."""
        found = self._db.execute(
            "SELECT message FROM messages WHERE json_extract(message, '$.state') = 'accepted' "
            "AND at <= ? ORDER BY at LIMIT ?",
            (before, most),
        )
        return [Message(**json.loads(text)) for (text,) in found]

    def report(
        self, biz_id: str, *, success: bool, at: float, err_code: str = "", phone: str | None = None
    ) -> list[Message]:
        """Note the carrier's report, and return the messages of that id as they are now.

        One id may be that of messages to many numbers; `phone` picks one of them.
        """
        found = self._db.execute(
            "SELECT number, message FROM messages WHERE biz_id = ? AND phone = ifnull(?, phone)",
            (biz_id, phone),
        ).fetchall()
        reported = []
        for number, text in found:
            message = replace(
                Message(**json.loads(text)),
                state="delivered" if success else "failed",
                err_code=err_code or ("DELIVERED" if success else "SP_UNKNOWN_ERROR"),
                reported_at=at,
            )
            self._db.execute(
                "UPDATE messages SET message = ? WHERE number = ?", (_to_json(message), number)
            )
            reported.append(message)
        return reported

    def clear(self) -> None:
        """Forget every message."""
        self._db.execute("DELETE FROM messages")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def as_dict(message: Message) -> dict[str, Any]:
    """Return a message as the outbox endpoint shows it."""
    return asdict(message)


def now() -> float:
    """Return the time by which messages are stamped."""
    return time.time()


def _to_json(message: Message) -> str:
    return json.dumps(asdict(message), ensure_ascii=False)
