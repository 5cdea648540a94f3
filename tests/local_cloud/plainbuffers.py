"""PlainBuffer rows for fuzzing: they make more or less sense, but their checksums fit."""

from __future__ import annotations

import struct

from hypothesis import strategies as st

from scripts.local_cloud.tablestore.plainbuffer import crc8

INTEGERS = st.integers(-(2**63), 2**63 - 1)


def cell(name: bytes, value: bytes | None, operation: int | None, stamp: int | None) -> bytes:
    """Return a cell whose checksum fits, whatever is in it; its last byte is the checksum."""
    parts, covered = [b"\x03\x04", struct.pack("<i", len(name)), name], name
    if value is not None:
        parts += [b"\x05", struct.pack("<i", len(value)), value]
        covered += value
    if operation is not None:
        parts += [b"\x06", bytes([operation])]
    if stamp is not None:
        parts += [b"\x07", struct.pack("<q", stamp)]
        covered += struct.pack("<q", stamp)
    if operation is not None:
        covered += bytes([operation])
    return b"".join([*parts, b"\x0a", bytes([crc8(0, covered)])])


def row_of(key: list[bytes], cells: list[bytes], *, deleted: bool) -> bytes:
    """Return a row whose checksum fits."""
    checksums = bytes([*(part[-1] for part in key + cells), int(deleted)])
    data = [b"\x02", *cells] if cells else []
    end = [b"\x08"] if deleted else []
    whole = [b"\x75\0\0\0\x01", *key, *data, *end, b"\x09", bytes([crc8(0, checksums)])]
    return b"".join(whole)


RAW = (
    st.sampled_from([b"pk", b"id", b"c", b""])
    | st.binary(max_size=6)
    | st.sampled_from([b"n" * 256, "号码".encode()])
)
WHOLE = st.one_of(
    INTEGERS.map(lambda n: b"\0" + struct.pack("<q", n)),
    st.floats().map(lambda n: b"\x01" + struct.pack("<d", n)),
    st.sampled_from([b"\x02\0", b"\x02\1", b"\x02\7", b"\x09", b"\x0a", b"\x0b", b"\x63"]),
    RAW.map(lambda raw: b"\x03" + struct.pack("<i", len(raw)) + raw),
    RAW.map(lambda raw: b"\x07" + struct.pack("<i", len(raw)) + raw),
)
"""Values of every type, special ones among them, with their type in front."""
CELLS = st.builds(
    cell,
    RAW,
    st.none() | WHOLE,
    st.none() | st.sampled_from([1, 2, 3, 4, 255]),
    st.none() | INTEGERS,
)
PK = cell(b"pk", b"\x03\1\0\0\0a", None, None)
ID = cell(b"id", b"\0" + struct.pack("<q", 1), None, None)
ROWS = st.builds(
    row_of,
    st.just([PK, ID]) | st.lists(CELLS, max_size=5),
    st.lists(CELLS, max_size=4),
    deleted=st.booleans(),
)
