"""What a cell can hold, how values compare, and what they weigh."""

from __future__ import annotations

import enum
import struct
from typing import TypeAlias


class Special(enum.Enum):
    """Values that only ever stand in a primary key."""

    INF_MIN = "VT_INF_MIN"
    INF_MAX = "VT_INF_MAX"
    AUTO_INCREMENT = "VT_AUTO_INCREMENT"


Value: TypeAlias = int | float | bool | str | bytes | Special
PrimaryKey: TypeAlias = list[tuple[str, Value]]


def type_name(value: Value) -> str:
    """Name a value's type as the service's error texts do."""
    if isinstance(value, Special):
        return value.value
    if isinstance(value, bool):
        return "VT_BOOLEAN"
    if isinstance(value, int):
        return "VT_INTEGER"
    if isinstance(value, float):
        return "VT_DOUBLE"
    return "VT_STRING" if isinstance(value, str) else "VT_BLOB"


def size(value: Value | None) -> int:
    """Weigh a value in bytes as capacity units are counted: numbers 8, booleans 1."""
    if value is None or isinstance(value, Special):
        return 0
    if isinstance(value, bool):
        return 1
    if isinstance(value, int | float):
        return 8
    return len(value.encode()) if isinstance(value, str) else len(value)


def name_size(name: str) -> int:
    """Weigh a column name in bytes."""
    return len(name.encode())


def sort_key(primary_key: PrimaryKey) -> bytes:
    """Encode a primary key so that the bytes sort as Tablestore sorts its rows."""
    return b"".join(_sort_key_of(value) for _, value in primary_key)


def _sort_key_of(value: Value) -> bytes:
    if value is Special.INF_MIN:
        return b"\x00"
    if value is Special.INF_MAX:
        return b"\xff"
    if isinstance(value, bool | float | Special):
        raise TypeError(type_name(value))
    if isinstance(value, int):
        return b"\x01" + struct.pack(">Q", value + (1 << 63))
    raw = value.encode() if isinstance(value, str) else value
    return b"\x01" + raw.replace(b"\x00", b"\x00\xff") + b"\x00\x01"
