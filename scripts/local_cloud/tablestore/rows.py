"""A stored row: how it is kept, what of it is still alive, and what it weighs."""

from __future__ import annotations

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.tables import Options
from scripts.local_cloud.tablestore.values import PrimaryKey, Value, name_size, size

Versions: TypeAlias = list[tuple[int, Value]]
"""One column's (milliseconds, value) pairs, newest first."""

Columns: TypeAlias = dict[str, Versions]

_TIMESTAMP = 8


@dataclass(slots=True)
class Row:
    """One stored row; `written` is when it was last written, in milliseconds."""

    key: PrimaryKey
    columns: Columns = field(default_factory=dict)
    written: int = 0

    def to_json(self) -> str:
        """Write the row for SQLite."""
        return json.dumps(
            {
                "key": [[name, _plain(value)] for name, value in self.key],
                "columns": {
                    name: [[stamp, _plain(value)] for stamp, value in versions]
                    for name, versions in self.columns.items()
                },
                "written": self.written,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Row:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        return cls(
            [(name, _real(value)) for name, value in data["key"]],
            {
                name: [(stamp, _real(value)) for stamp, value in versions]
                for name, versions in data["columns"].items()
            },
            data["written"],
        )

    def alive(self, options: Options, *, now: int) -> Row | None:
        """Return the row without what the table's options have outlived, or None.

        Both count at once: a table's versions may have become fewer, its time to live shorter.
        A row without columns lives as long as if it had one that was written with it.
        """
        forever = options.time_to_live == -1
        oldest = -1 if forever else now - options.time_to_live * 1000
        columns: Columns = {}
        for name, versions in self.columns.items():
            kept = [version for version in versions if version[0] > oldest]
            if kept:
                columns[name] = kept[: options.max_versions]
        if not columns and self.written <= oldest:
            return None
        return Row(self.key, columns, self.written)

    def with_key_columns(self, columns: Columns) -> Columns:
        """Return columns of this row beside its primary key, as conditions look at them."""
        return columns | {name: [(self.written, value)] for name, value in self.key}


def _plain(value: Value) -> Any:
    return [b64encode(value).decode()] if isinstance(value, bytes) else value


def _real(value: Any) -> Value:
    if isinstance(value, list):
        return b64decode(value[0])
    known: Value = value
    return known


def key_weight(key: PrimaryKey) -> int:
    """Weigh a primary key in bytes."""
    return sum(name_size(name) + size(value) for name, value in key)


def columns_weight(columns: Columns, options: Options) -> int:
    """Weigh columns in bytes, as capacity units are counted."""
    cells = [(name, value) for name, versions in columns.items() for _, value in versions]
    return cells_weight(cells) + (_TIMESTAMP * len(cells) if options.keeps_timestamps else 0)


def cells_weight(cells: Iterable[tuple[str, Value | None]]) -> int:
    """Weigh cells in bytes without their timestamps."""
    return sum(name_size(name) + size(value) for name, value in cells)


def units(data_size: int) -> int:
    """Return the capacity units for some bytes: whole 4 KB, at least one."""
    return max(1, math.ceil(data_size / limits.CAPACITY_UNIT))
