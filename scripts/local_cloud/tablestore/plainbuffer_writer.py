"""Write rows as PlainBuffer."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TypeAlias

from scripts.local_cloud.tablestore import plainbuffer as tags
from scripts.local_cloud.tablestore.plainbuffer import crc8
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, Value

Shown: TypeAlias = list[tuple[str, Value, int]]
"""The cells of a row as a reader gets them: (column, value, milliseconds)."""


def write_rows(rows: Iterable[tuple[PrimaryKey, Shown]]) -> bytes:
    """Write rows behind one header; no rows are no bytes."""
    parts = [part for key, cells in rows for part in _row_parts(key, cells)]
    return struct.pack("<i", tags.HEADER) + b"".join(parts) if parts else b""


def _row_parts(primary_key: PrimaryKey, cells: Shown) -> list[bytes]:
    parts, crcs = [bytes([tags.ROW_PK])], []
    for name, value in primary_key:
        raw, crc = _cell(name, value, None)
        parts.append(raw)
        crcs.append(crc)
    if cells:
        parts.append(bytes([tags.ROW_DATA]))
    for name, value, timestamp in cells:
        raw, crc = _cell(name, value, timestamp)
        parts.append(raw)
        crcs.append(crc)
    parts.append(bytes([tags.ROW_CHECKSUM, crc8(0, bytes([*crcs, 0]))]))
    return parts


def _cell(name: str, value: Value, timestamp: int | None) -> tuple[bytes, int]:
    """Return a cell's bytes and its checksum."""
    raw_name, raw_value = name.encode(), _value(value)
    crc = crc8(crc8(0, raw_name), raw_value)
    parts = [
        bytes([tags.CELL, tags.CELL_NAME]),
        struct.pack("<i", len(raw_name)),
        raw_name,
        bytes([tags.CELL_VALUE]),
        struct.pack("<i", len(raw_value)),
        raw_value,
    ]
    if timestamp is not None:
        stamp = struct.pack("<q", timestamp)
        parts += [bytes([tags.CELL_TIMESTAMP]), stamp]
        crc = crc8(crc, stamp)
    parts.append(bytes([tags.CELL_CHECKSUM, crc]))
    return b"".join(parts), crc


def _value(value: Value) -> bytes:
    if isinstance(value, Special):
        return bytes([tags.SPECIAL_CODES[value]])
    if isinstance(value, bool):
        return bytes([tags.BOOLEAN, int(value)])
    if isinstance(value, int):
        return bytes([tags.INTEGER]) + struct.pack("<q", value)
    if isinstance(value, float):
        return bytes([tags.DOUBLE]) + struct.pack("<d", value)
    raw = value.encode() if isinstance(value, str) else value
    kind = tags.STRING if isinstance(value, str) else tags.BLOB
    return bytes([kind]) + struct.pack("<i", len(raw)) + raw
