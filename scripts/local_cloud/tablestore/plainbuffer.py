"""PlainBuffer, the row format inside Tablestore's protobuf messages: its tags, parts and checksum.

Layout as Alibaba's clients write it: a four-byte header, then per row tagged primary key cells,
tagged attribute cells, an optional delete marker and a checksum; every cell ends with its own
checksum (CRC-8, polynomial 7).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.local_cloud.tablestore.values import PrimaryKey, Special, Value

HEADER = 0x75
ROW_PK, ROW_DATA, CELL, CELL_NAME, CELL_VALUE = 0x1, 0x2, 0x3, 0x4, 0x5
CELL_TYPE, CELL_TIMESTAMP, DELETE_ROW, ROW_CHECKSUM, CELL_CHECKSUM = 0x6, 0x7, 0x8, 0x9, 0xA

DELETE_ALL_VERSIONS, DELETE_ONE_VERSION, INCREMENT = 0x1, 0x3, 0x4

INTEGER, DOUBLE, BOOLEAN, STRING, BLOB = 0x0, 0x1, 0x2, 0x3, 0x7
SPECIALS = {0x9: Special.INF_MIN, 0xA: Special.INF_MAX, 0xB: Special.AUTO_INCREMENT}
SPECIAL_CODES = {special: code for code, special in SPECIALS.items()}


@dataclass(slots=True)
class Cell:
    """One cell as it travels: an attribute, or the instruction to change one."""

    name: str
    value: Value | None = None
    operation: int | None = None
    timestamp: int | None = None  # milliseconds since 1970


@dataclass(slots=True)
class WireRow:
    """One row as it travels."""

    primary_key: PrimaryKey
    cells: list[Cell] = field(default_factory=list)
    deleted: bool = False


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc << 1) ^ (0x07 if crc & 0x80 else 0)
        table.append(crc & 0xFF)
    return table


_CRC = _crc_table()


def crc8(crc: int, data: bytes) -> int:
    """Continue a CRC-8 over some bytes."""
    for byte in data:
        crc = _CRC[crc ^ byte]
    return crc
