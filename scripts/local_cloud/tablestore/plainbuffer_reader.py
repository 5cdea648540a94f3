"""Read PlainBuffer; whatever makes no sense is refused with the service's words."""

from __future__ import annotations

import math
import struct

from scripts.local_cloud.tablestore import plainbuffer as tags
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.plainbuffer import Cell, WireRow, crc8
from scripts.local_cloud.tablestore.values import Value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise invalid("Input encoded PK broken, length is shorter than expect.")
        start, self.at = self.at, self.at + count
        return self.data[start : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def int32(self) -> int:
        return int(struct.unpack("<i", self.take(4))[0])

    def peek(self) -> int | None:
        return self.data[self.at] if self.at < len(self.data) else None

    def maybe(self, tag: int) -> bool:
        if self.peek() != tag:
            return False
        self.at += 1
        return True


def read_row(data: bytes) -> WireRow:
    """Read one row with its header; raise OTSError where the bytes make no sense."""
    reader = _Reader(data)
    header = reader.int32()
    if header != tags.HEADER:
        raise invalid(
            f"Cell data broken, mismatch header, actual: {header:#x} , expect: {tags.HEADER:#x}."
        )
    if not reader.maybe(tags.ROW_PK):
        raise invalid("Cell data broken, PK is empty.")
    row, row_crc = WireRow([]), 0
    while reader.peek() == tags.CELL:
        cell, crc = _read_cell(reader)
        row.primary_key.append((cell.name, _key_value(cell)))
        row_crc = crc8(row_crc, bytes([crc]))
    if not row.primary_key:
        raise invalid("Cell data broken, no PK follow PKTag.")
    if reader.maybe(tags.ROW_DATA):
        while reader.peek() == tags.CELL:
            cell, crc = _read_cell(reader)
            row.cells.append(cell)
            row_crc = crc8(row_crc, bytes([crc]))
    row.deleted = reader.maybe(tags.DELETE_ROW)
    row_crc = crc8(row_crc, b"\x01" if row.deleted else b"\x00")
    if not reader.maybe(tags.ROW_CHECKSUM):
        raise invalid("Cell data broken, row is not end with checksum tag.")
    _check(reader.byte(), row_crc)
    if any(data[reader.at :]):  # the Node.js client reserves too much, and leaves zeros behind
        raise invalid("data format is invalid.")
    return row


def read_variant(data: bytes) -> Value:
    """Read a bare value, as filters and conditions carry it."""
    return _read_value(_Reader(data))[0]


def _key_value(cell: Cell) -> Value:
    if cell.value is None:
        raise invalid(f"Cell data broken, PK value cannot be NULL, name: {cell.name}.")
    if cell.operation is not None:
        raise invalid(f"OpType cannot be given for primary key name :{cell.name}.")
    if cell.timestamp is not None:
        raise invalid(f"Timestamp cannot be given for primary key name:{cell.name}.")
    return cell.value


def _read_cell(reader: _Reader) -> tuple[Cell, int]:
    """Return a cell and its checksum."""
    reader.byte()  # the cell's tag
    if not reader.maybe(tags.CELL_NAME):
        raise invalid("Cell data broken, attr has no name.")
    raw_name = reader.take(reader.int32())
    crc = crc8(0, raw_name)
    try:
        cell = Cell(raw_name.decode())
    except UnicodeDecodeError:
        raise invalid(f"Cell data broken, wrong string format, size: {len(raw_name)}.") from None
    if reader.maybe(tags.CELL_VALUE):
        reader.int32()  # length of what follows; the type says it again
        cell.value, covered = _read_value(reader)
        crc = crc8(crc, covered)
    if reader.maybe(tags.CELL_TYPE):
        cell.operation = reader.byte()
    if reader.maybe(tags.CELL_TIMESTAMP):
        raw = reader.take(8)
        cell.timestamp = int(struct.unpack("<q", raw)[0])
        crc = crc8(crc, raw)
    if cell.operation is not None:
        crc = crc8(crc, bytes([cell.operation]))
    if not reader.maybe(tags.CELL_CHECKSUM):
        raise invalid(f"Invalid Column({cell.name}): missing checksum.")
    _check(reader.byte(), crc)
    return cell, crc


def _check(given: int, computed: int) -> None:
    if given != computed:
        raise invalid(f"Cell data broken, checksum is mismatch, {given} : {computed} :")


def _read_value(reader: _Reader) -> tuple[Value, bytes]:
    """Return a value and the bytes its checksum covers."""
    start, kind = reader.at, reader.byte()
    value: Value
    if kind in tags.SPECIALS:
        value = tags.SPECIALS[kind]
    elif kind == tags.INTEGER:
        value = int(struct.unpack("<q", reader.take(8))[0])
    elif kind == tags.DOUBLE:
        value = _finite(struct.unpack("<d", reader.take(8))[0])
    elif kind == tags.BOOLEAN:
        value = reader.byte() != 0
    elif kind == tags.BLOB:
        value = reader.take(reader.int32())
    elif kind == tags.STRING:
        value = _text(reader.take(reader.int32()))
    else:
        raise invalid("data format is invalid, unknown variant type occured.")
    return value, reader.data[start : reader.at]


def _finite(number: float) -> float:
    if math.isnan(number):
        raise invalid("NaN can't be set to double value.")
    if math.isinf(number):
        raise invalid("Infinity can't be set to double value.")
    return number


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise invalid("Value of column must be UTF8 encoding.") from None
