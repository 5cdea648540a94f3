"""Fill the local cloud's tables with many rows, of the shapes that the product writes.

A row that the product wrote is copied with other keys and ids of the same length, straight into
the SQLite file of the stand-in: through the wire a million would take an hour.
"""

from __future__ import annotations

import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from scripts.local_cloud.cloud import FILES
from scripts.local_cloud.tablestore.rows import Row
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.tables import Table
from scripts.local_cloud.tablestore.values import sort_key
from shared.storage import tables

LOT = 20_000
INSERT = "INSERT OR IGNORE INTO rows (table_id, key, row) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Sample:
    """One user's rows as the product left them, and what in them is that user's own."""

    phone: str
    verification_id: str
    digest: str


class Filling:
    """Writes rows into a local cloud's file."""

    def __init__(self, data: Path, prefix: str, sample: Sample) -> None:
        self._file = data / FILES[0]
        self._sample = sample
        store = Store(self._file)
        self._tables = {each: store.existing(each.name(prefix)) for each in tables.ALL}
        whole = {each: list(_rows(store, self._tables[each])) for each in tables.ALL}
        store.close()
        self._rows = {
            tables.PHONES: _with(whole[tables.PHONES], sample.phone),
            tables.MESSAGES: _with(whole[tables.MESSAGES], sample.verification_id),
            tables.COUNTERS: _with(whole[tables.COUNTERS], "ip/"),
        }
        self._pending = whole[tables.PENDING][0]

    def users(self, start: int, end: int, tell: Callable[[float], None]) -> None:
        """Add users who once sent and verified: a row each in phones, messages and counters.

        No cloud may run on the file meanwhile: without a journal it is written once, not twice.
        """
        for place, (table, row) in enumerate(self._rows.items()):

            def told(done: int, place: int = place) -> None:
                tell((place + done / (end - start)) / len(self._rows))

            self._write(self._copies(table, row, range(start, end)), told, journal="OFF")

    def pending(self, count: int, *, now: float) -> None:
        """Leave so many messages that await their reports, none due yet; a cloud may run."""
        found = self._tables[tables.PENDING]
        text = self._pending.to_json()
        issued = self._pending.columns["issued_at"][0][1]
        fresh = text.replace(str(issued), str(int(now)))
        with sqlite3.connect(self._file) as db:
            db.execute("DELETE FROM rows WHERE table_id = ?", (found.id,))
        db.close()
        old = str(self._pending.key[0][1])
        self._write(
            (
                (found.id, sort_key([("", new)]), fresh.replace(old, new))
                for new in (_id(number) for number in range(count))
            ),
            lambda _: None,
        )

    def _copies(
        self, table: tables.Table, row: Row, numbers: range
    ) -> Iterator[tuple[int, bytes, str]]:
        """Yield other users' rows in the order of their keys, in which SQLite takes them faster."""
        sample, text, old = self._sample, row.to_json(), str(row.key[0][1])
        keys = sorted((self._key(table, old, number), number) for number in numbers)
        for key, number in keys:
            copy = text.replace(old, key)
            if table is not tables.COUNTERS:
                phone, verification_id = _phone(number), _id(number)
                copy = copy.replace(sample.phone, phone).replace(sample.digest, phone[::-1])
                copy = copy.replace(sample.verification_id, verification_id)
            yield self._tables[table].id, sort_key([("", key)]), copy

    def _key(self, table: tables.Table, old: str, number: int) -> str:
        if table is tables.COUNTERS:
            address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            return old.replace(old.split("/")[1], address)
        return _phone(number) if table is tables.PHONES else _id(number)

    def _write(
        self,
        rows: Iterator[tuple[int, bytes, str]],
        tell: Callable[[int], None],
        *,
        journal: str = "WAL",
    ) -> None:
        db, done = sqlite3.connect(self._file, isolation_level=None, timeout=30), 0
        db.executescript(f"PRAGMA journal_mode={journal}; PRAGMA synchronous=OFF;")
        while lot := list(islice(rows, LOT)):
            db.execute("BEGIN")
            db.executemany(INSERT, lot)
            db.execute("COMMIT")
            done += len(lot)
            tell(done)
        db.close()


def _phone(number: int) -> str:
    """Return a number's keyed hash's likeness."""
    return sha256(str(number).encode()).hexdigest()


def _id(number: int) -> str:
    """Return a verification id's likeness."""
    return urlsafe_b64encode(sha256(f"id {number}".encode()).digest()[:16]).decode().rstrip("=")


def _rows(store: Store, table: Table) -> Iterator[Row]:
    return store.scan(table, b"\x00", b"\xff", backward=False, now=0)


def _with(rows: list[Row], mark: str) -> Row:
    return next(row for row in rows if mark in str(row.key[0][1]))
