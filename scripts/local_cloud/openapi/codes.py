"""The codes that PNVS made and still knows, and when it last sent to a number."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, scheme TEXT NOT NULL, phone TEXT NOT NULL,
    out_id TEXT NOT NULL, code TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_number ON codes (phone, scheme);
CREATE TABLE IF NOT EXISTS sends (
    scheme TEXT NOT NULL, phone TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (scheme, phone));
"""


@dataclass(frozen=True, slots=True)
class Code:
    """One code; `expires_at` is UTC seconds, `out_id` empty where the send had none."""

    number: int
    out_id: str
    code: str
    expires_at: float


class Codes:
    """The codes of each number and scheme, newest first; on disk, or in memory without a file."""

    def __init__(self, file: Path | None = None) -> None:
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;{_SCHEMA}"
        )

    def add(
        self, scheme: str, phone: str, *, out_id: str, code: str, expires_at: float, alone: bool
    ) -> None:
        """Keep a code; `alone`: and no other of that number and scheme."""
        if alone:
            self._db.execute("DELETE FROM codes WHERE phone = ? AND scheme = ?", (phone, scheme))
        self._db.execute(
            "INSERT INTO codes (scheme, phone, out_id, code, expires_at) VALUES (?, ?, ?, ?, ?)",
            (scheme, phone, out_id, code, expires_at),
        )

    def of(self, scheme: str, phone: str) -> list[Code]:
        """Return the codes of a number and scheme, those that have expired included."""
        found = self._db.execute(
            "SELECT number, out_id, code, expires_at FROM codes WHERE phone = ? AND scheme = ? "
            "ORDER BY number DESC",
            (phone, scheme),
        )
        return [Code(*row) for row in found]

    def spend(self, code: Code) -> None:
        """Forget one code."""
        self._db.execute("DELETE FROM codes WHERE number = ?", (code.number,))

    def sent(self, scheme: str, phone: str, *, at: float) -> None:
        """Note a send, with a code of ours or not."""
        self._db.execute("INSERT OR REPLACE INTO sends VALUES (?, ?, ?)", (scheme, phone, at))

    def last_sent(self, scheme: str, phone: str) -> float | None:
        """Return when a number was last sent to."""
        found = self._db.execute(
            "SELECT at FROM sends WHERE scheme = ? AND phone = ?", (scheme, phone)
        ).fetchone()
        return None if found is None else float(found[0])

    def clear(self) -> None:
        """Forget everything."""
        self._db.execute("DELETE FROM codes")
        self._db.execute("DELETE FROM sends")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
