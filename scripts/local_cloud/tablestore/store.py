"""Keep tables and rows in SQLite; one event loop owns it, so every row change is atomic."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from scripts.local_cloud.tablestore.errors import OTSError
from scripts.local_cloud.tablestore.rows import Row
from scripts.local_cloud.tablestore.tables import Table, check_table_name

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, meta TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    table_id INTEGER NOT NULL, key BLOB NOT NULL, row TEXT NOT NULL,
    PRIMARY KEY (table_id, key)) WITHOUT ROWID;
"""


class Store:
    """Tables and rows on disk, or in memory where no file is given."""

    def __init__(self, file: Path | None = None) -> None:
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;{_SCHEMA}"
        )

    def close(self) -> None:
        """Write everything down and let go of the file."""
        self._db.close()

    def transaction(self) -> sqlite3.Connection:
        """Group the writes of one request: `with store.transaction(): ...`."""
        self._db.execute("BEGIN")
        return self._db

    def table(self, name: str) -> Table | None:
        """Return the table of that name, if there is one."""
        found = self._db.execute("SELECT id, meta FROM tables WHERE name = ?", (name,)).fetchone()
        if found is None:
            return None
        table = Table.from_json(found[1])
        table.id = found[0]
        return table

    def existing(self, name: str) -> Table:
        """Return the table of that name, or raise OTSError."""
        check_table_name(name)
        table = self.table(name)
        if table is None:
            raise OTSError("OTSObjectNotExist")
        return table

    def table_names(self) -> list[str]:
        """Return every table's name in order."""
        return [name for (name,) in self._db.execute("SELECT name FROM tables ORDER BY name")]

    def add_table(self, table: Table) -> None:
        """Create the table."""
        self._db.execute(
            "INSERT INTO tables (name, meta) VALUES (?, ?)", (table.name, table.to_json())
        )

    def change_table(self, table: Table) -> None:
        """Write the table's description again."""
        self._db.execute("UPDATE tables SET meta = ? WHERE id = ?", (table.to_json(), table.id))

    def delete_table(self, table: Table) -> None:
        """Drop the table and its rows."""
        self._db.execute("DELETE FROM rows WHERE table_id = ?", (table.id,))
        self._db.execute("DELETE FROM tables WHERE id = ?", (table.id,))

    def clear(self) -> None:
        """Empty every table, and keep the tables."""
        self._db.execute("DELETE FROM rows")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def get(self, table: Table, key: bytes, *, now: int) -> Row | None:
        """Return the row with that encoded key, without what has expired."""
        found = self._db.execute(
            "SELECT row FROM rows WHERE table_id = ? AND key = ?", (table.id, key)
        ).fetchone()
        return Row.from_json(found[0]).alive(table.options, now=now) if found else None

    def put(self, table: Table, key: bytes, row: Row) -> None:
        """Store the row, in place of any that has its key."""
        self._db.execute(
            "INSERT INTO rows (table_id, key, row) VALUES (?, ?, ?)"
            " ON CONFLICT (table_id, key) DO UPDATE SET row = excluded.row",
            (table.id, key, row.to_json()),
        )

    def delete(self, table: Table, key: bytes) -> None:
        """Remove the row with that encoded key."""
        self._db.execute("DELETE FROM rows WHERE table_id = ? AND key = ?", (table.id, key))

    def scan(
        self, table: Table, start: bytes, end: bytes, *, backward: bool, now: int
    ) -> Iterator[Row]:
        """Yield the rows from `start` (included) to `end` (excluded) in the asked direction."""
        bounds, order = (
            ("key <= ? AND key > ?", "DESC") if backward else ("key >= ? AND key < ?", "ASC")
        )
        cursor = self._db.execute(
            f"SELECT row FROM rows WHERE table_id = ? AND {bounds} ORDER BY key {order}",  # noqa: S608
            (table.id, start, end),
        )
        for (text,) in cursor:
            row = Row.from_json(text).alive(table.options, now=now)
            if row is not None:
                yield row
