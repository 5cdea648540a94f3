"""Reports on their way to the product: kept until they are acknowledged or given up."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, entry TEXT NOT NULL,
    due REAL NOT NULL, tries INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_due ON reports (due);
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One report; `tries` counts the pushes that were not acknowledged."""

    number: int
    kind: str
    entry: dict[str, Any]
    tries: int


class Untold:
    """The reports, on disk, or in memory where no file is given."""

    def __init__(self, file: Path | None = None) -> None:
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;{_SCHEMA}"
        )

    def add(self, kind: str, entries: Iterable[dict[str, Any]], *, due: float) -> None:
        """Keep reports that are to be told from a moment on."""
        self._db.executemany(
            "INSERT INTO reports (kind, entry, due, tries) VALUES (?, ?, ?, 0)",
            [(kind, json.dumps(entry, ensure_ascii=False), due) for entry in entries],
        )

    def due(self, now: float, most: int) -> list[Report]:
        """Return the reports to be told now, those that are due longest first."""
        found = self._db.execute(
            "SELECT number, kind, entry, tries FROM reports WHERE due <= ? "
            "ORDER BY due, number LIMIT ?",
            (now, most),
        )
        return [
            Report(number, kind, json.loads(entry), tries) for number, kind, entry, tries in found
        ]

    def remove(self, reports: Sequence[Report]) -> None:
        """Forget reports that were told or given up."""
        self._db.executemany(
            "DELETE FROM reports WHERE number = ?", [(report.number,) for report in reports]
        )

    def postpone(self, report: Report, *, due: float) -> None:
        """Tell a report again later."""
        self._db.execute(
            "UPDATE reports SET due = ?, tries = tries + 1 WHERE number = ?", (due, report.number)
        )

    def count(self) -> int:
        """Return how many there are."""
        return int(self._db.execute("SELECT count(*) FROM reports").fetchone()[0])

    def clear(self) -> None:
        """Forget them all."""
        self._db.execute("DELETE FROM reports")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
