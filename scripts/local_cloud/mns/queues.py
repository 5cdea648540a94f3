"""Queues and their messages: a message that is received hides, and comes back if it is not deleted.

Source: MNS documentation, "message life cycle", ReceiveMessage, DeleteMessage.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.local_cloud.carrier.entries import QUEUES
from scripts.local_cloud.openapi.sts import ACCOUNT_ID, OTHER_ACCOUNT_ID

VISIBILITY_SECONDS = 30
"""How long a received message stays hidden; MNS's default for a queue [U: that of these queues]."""

PRIORITY = 8

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL,
    body TEXT NOT NULL, sent REAL NOT NULL, visible REAL NOT NULL, first REAL NOT NULL,
    received INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_queue ON messages (queue, visible);
"""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it was received; times are UTC seconds, `body` is Base64."""

    id: str
    handle: str
    body: str
    sent: float
    first: float
    visible: float
    times: int

    @property
    def fields(self) -> dict[str, str]:
        """Return it as MNS writes it: times in milliseconds."""
        return {
            "MessageId": self.id,
            "ReceiptHandle": self.handle,
            "MessageBody": self.body,
            "MessageBodyMD5": hashlib.md5(self.body.encode(), usedforsecurity=False)
            .hexdigest()
            .upper(),
            "EnqueueTime": str(int(self.sent * 1000)),
            "NextVisibleTime": str(int(self.visible * 1000)),
            "FirstDequeueTime": str(int(self.first * 1000)),
            "DequeueCount": str(self.times),
            "Priority": str(PRIORITY),
        }


def queue_name(message_type: str, account: str = ACCOUNT_ID) -> str:
    """Return the name of the queue that holds one type of report for an account."""
    return f"Alicom-Queue-{account}-{message_type}"


NAMES = {queue_name(message_type): message_type for message_type in QUEUES.values()}
OF_THE_OTHER = {queue_name(kind, OTHER_ACCOUNT_ID): queue_name(kind) for kind in QUEUES.values()}
"""The account that has the SMS where a role of it is assumed; here its messages are the same."""


class Queues:
    """The queues, on disk, or in memory where no file is given."""

    def __init__(self, file: Path | None = None, *, clock: Callable[[], float]) -> None:
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;{_SCHEMA}"
        )
        self._clock = clock
        self.visibility: float = VISIBILITY_SECONDS

    def send(
        self, message_type: str, content: Mapping[str, Any] | str, *, plain: bool = False
    ) -> None:
        """Put a message into a queue: a JSON object, or a text; `plain` means not in Base64."""
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        now = self._clock()
        self._db.execute(
            "INSERT INTO messages (queue, id, body, sent, visible, first, received) "
            "VALUES (?, ?, ?, ?, ?, 0, 0)",
            (
                queue_name(message_type),
                uuid.uuid4().hex.upper(),
                text if plain else base64.b64encode(text.encode()).decode(),
                now,
                now,
            ),
        )

    def receive(self, queue: str, most: int) -> list[Received]:
        """Hide some messages for a while and return them; the oldest first."""
        now = self._clock()
        found = self._db.execute(
            "SELECT number, id, body, sent, first, received FROM messages "
            "WHERE queue = ? AND visible <= ? ORDER BY number LIMIT ?",
            (queue, now, most),
        ).fetchall()
        received = []
        for number, message_id, body, sent, first, times in found:
            visible = now + self.visibility
            self._db.execute(
                "UPDATE messages SET visible = ?, first = ?, received = ? WHERE number = ?",
                (visible, first or now, times + 1, number),
            )
            handle = _handle(number, times + 1)
            received.append(
                Received(message_id, handle, body, sent, first or now, visible, times + 1)
            )
        return received

    def delete(self, queue: str, handle: str) -> bool:
        """Delete a message by the handle of its last receipt, while that still hides it."""
        number, _, times = handle.removeprefix("1-").partition("-")
        if handle != f"1-{number}-{times}" or not (number + times).isdecimal():
            return False
        done = self._db.execute(
            "DELETE FROM messages WHERE queue = ? AND number = ? AND received = ? AND visible > ?",
            (queue, int(number), int(times), self._clock()),
        )
        return done.rowcount == 1

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many messages of each type there are, and how many of them are hidden."""
        found = self._db.execute(
            "SELECT queue, count(*), sum(visible > ?) FROM messages GROUP BY queue",
            (self._clock(),),
        )
        return {NAMES[queue]: {"messages": n, "hidden": hidden} for queue, n, hidden in found}

    def clear(self) -> None:
        """Forget every message."""
        self._db.execute("DELETE FROM messages")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.visibility = VISIBILITY_SECONDS


def _handle(number: int, times: int) -> str:
    return f"1-{number}-{times}"
