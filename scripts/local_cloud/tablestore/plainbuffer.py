"""Read and write PlainBuffer, the row format inside Tablestore's protobuf messages.

Layout as Alibaba's clients write it: a four-byte header, then per row tagged primary key cells,
tagged attribute cells, an optional delete marker and a checksum; every cell ends with its own
checksum (CRC-8, polynomial 7).
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field

from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, Value

HEADER = 0x75
ROW_PK, ROW_DATA, CELL, CELL_NAME, CELL_VALUE = 0x1, 0x2, 0x3, 0x4, 0x5
CELL_TYPE, CELL_TIMESTAMP, DELETE_ROW, ROW_CHECKSUM, CELL_CHECKSUM = 0x6, 0x7, 0x8, 0x9, 0xA

DELETE_ALL_VERSIONS, DELETE_ONE_VERSION, INCREMENT = 0x1, 0x3, 0x4

INTEGER, DOUBLE, BOOLEAN, STRING, BLOB = 0x0, 0x1, 0x2, 0x3, 0x7
SPECIALS = {0x9: Special.INF_MIN, 0xA: Special.INF_MAX, 0xB: Special.AUTO_INCREMENT}
SPECIAL_CODES = {special: code for code, special in SPECIALS.items()}


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


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise invalid("Input encoded PK broken, length is shorter than expect.")
        start, self.at = self.at, self.at + count
        return self.data[start : self.at]

    def int32(self) -> int:
        return int(struct.unpack("<i", self.take(4))[0])

    def int64(self) -> int:
        return int(struct.unpack("<q", self.take(8))[0])

    def peek(self) -> int | None:
        return self.data[self.at] if self.at < len(self.data) else None

    def maybe(self, tag: int) -> bool:
        if self.peek() != tag:
            return False
        self.at += 1
        return True

    def expect(self, tag: int) -> None:
        if not self.maybe(tag):
            found = self.peek()
            raise invalid(
                f"Cell data broken, mismatch tag, actual tag({found}), expect tag({tag})."
            )


def _read_value(reader: _Reader) -> tuple[Value, bytes]:
    """Return a value and the bytes its checksum covers."""
    kind = reader.take(1)[0]
    if kind in SPECIALS:
        return SPECIALS[kind], bytes([kind])
    if kind == INTEGER:
        raw = reader.take(8)
        return int(struct.unpack("<q", raw)[0]), bytes([kind]) + raw
    if kind == DOUBLE:
        raw = reader.take(8)
        number = float(struct.unpack("<d", raw)[0])
        if math.isnan(number):
            raise invalid("NaN can't be set to double value.")
        if math.isinf(number):
            raise invalid("Infinity can't be set to double value.")
        return number, bytes([kind]) + raw
    if kind == BOOLEAN:
        raw = reader.take(1)
        return raw != b"\x00", bytes([kind]) + raw
    if kind in (STRING, BLOB):
        length = reader.take(4)
        raw = reader.take(int(struct.unpack("<i", length)[0]))
        covered = bytes([kind]) + length + raw
        if kind == BLOB:
            return raw, covered
        try:
            return raw.decode(), covered
        except UnicodeDecodeError:
            raise invalid("Value of column must be UTF8 encoding.") from None
    raise invalid("data format is invalid, unknown variant type occured.")


def read_variant(data: bytes) -> Value:
    """Read a bare value, as filters and conditions carry it."""
    return _read_value(_Reader(data))[0]


def _read_cell(reader: _Reader) -> tuple[Cell, int]:
    reader.expect(CELL)
    if not reader.maybe(CELL_NAME):
        raise invalid("Cell data broken, attr has no name.")
    raw_name = reader.take(reader.int32())
    crc = crc8(0, raw_name)
    try:
        cell = Cell(raw_name.decode())
    except UnicodeDecodeError:
        raise invalid(f"Cell data broken, wrong string format, size: {len(raw_name)}.") from None
    if reader.maybe(CELL_VALUE):
        reader.int32()  # length of what follows; the type says it again
        cell.value, covered = _read_value(reader)
        crc = crc8(crc, covered)
    if reader.maybe(CELL_TYPE):
        cell.operation = reader.take(1)[0]
    if reader.maybe(CELL_TIMESTAMP):
        raw = reader.take(8)
        cell.timestamp = int(struct.unpack("<q", raw)[0])
        crc = crc8(crc, raw)
    if cell.operation is not None:
        crc = crc8(crc, bytes([cell.operation]))
    if not reader.maybe(CELL_CHECKSUM):
        raise invalid(f"Invalid Column({cell.name}): missing checksum.")
    _check(reader.take(1)[0], crc)
    return cell, crc


def _check(given: int, computed: int) -> None:
    if given != computed:
        raise invalid(f"Cell data broken, checksum is mismatch, {given} : {computed} :")


def read_row(data: bytes) -> WireRow:
    """Read one row with its header; raise OTSError where the bytes make no sense."""
    reader = _Reader(data)
    header = reader.int32()
    if header != HEADER:
        raise invalid(
            f"Cell data broken, mismatch header, actual: {header:#x} , expect: {HEADER:#x}."
        )
    if not reader.maybe(ROW_PK):
        raise invalid("Cell data broken, PK is empty.")
    row, row_crc = WireRow([]), 0
    while reader.peek() == CELL:
        cell, crc = _read_cell(reader)
        if cell.value is None:
            raise invalid(f"Cell data broken, PK value cannot be NULL, name: {cell.name}.")
        row.primary_key.append((cell.name, cell.value))
        row_crc = crc8(row_crc, bytes([crc]))
    if not row.primary_key:
        raise invalid("Cell data broken, no PK follow PKTag.")
    if reader.maybe(ROW_DATA):
        while reader.peek() == CELL:
            cell, crc = _read_cell(reader)
            row.cells.append(cell)
            row_crc = crc8(row_crc, bytes([crc]))
    row.deleted = reader.maybe(DELETE_ROW)
    row_crc = crc8(row_crc, b"\x01" if row.deleted else b"\x00")
    if not reader.maybe(ROW_CHECKSUM):
        raise invalid("Cell data broken, row is not end with checksum tag.")
    _check(reader.take(1)[0], row_crc)
    return row


def _value_bytes(value: Value) -> bytes:
    if isinstance(value, Special):
        return bytes([SPECIAL_CODES[value]])
    if isinstance(value, bool):
        return bytes([BOOLEAN, int(value)])
    if isinstance(value, int):
        return bytes([INTEGER]) + struct.pack("<q", value)
    if isinstance(value, float):
        return bytes([DOUBLE]) + struct.pack("<d", value)
    raw = value.encode() if isinstance(value, str) else value
    kind = STRING if isinstance(value, str) else BLOB
    return bytes([kind]) + struct.pack("<i", len(raw)) + raw


def _cell_bytes(name: str, value: Value, timestamp: int | None) -> tuple[bytes, int]:
    raw_name, raw_value = name.encode(), _value_bytes(value)
    crc = crc8(crc8(0, raw_name), raw_value)
    out = bytes([CELL, CELL_NAME]) + struct.pack("<i", len(raw_name)) + raw_name
    out += bytes([CELL_VALUE]) + struct.pack("<i", len(raw_value)) + raw_value
    if timestamp is not None:
        stamp = struct.pack("<q", timestamp)
        out += bytes([CELL_TIMESTAMP]) + stamp
        crc = crc8(crc, stamp)
    return out + bytes([CELL_CHECKSUM, crc]), crc


def _row_bytes(primary_key: PrimaryKey, cells: list[tuple[str, Value, int]]) -> bytes:
    out, row_crc = bytes([ROW_PK]), 0
    for name, value in primary_key:
        raw, crc = _cell_bytes(name, value, None)
        out, row_crc = out + raw, crc8(row_crc, bytes([crc]))
    if cells:
        out += bytes([ROW_DATA])
        for name, value, timestamp in cells:
            raw, crc = _cell_bytes(name, value, timestamp)
            out, row_crc = out + raw, crc8(row_crc, bytes([crc]))
    return out + bytes([ROW_CHECKSUM, crc8(row_crc, b"\x00")])


def write_rows(rows: list[tuple[PrimaryKey, list[tuple[str, Value, int]]]]) -> bytes:
    """Write rows of (primary key, [(column, value, milliseconds)]) behind one header."""
    if not rows:
        return b""
    return struct.pack("<i", HEADER) + b"".join(_row_bytes(key, cells) for key, cells in rows)
