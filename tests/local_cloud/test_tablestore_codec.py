"""Tablestore's stand-in: PlainBuffer, read and written as the official client does, or refused."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tablestore.plainbuffer.plain_buffer_builder import PlainBufferBuilder
from tablestore.plainbuffer.plain_buffer_coded_stream import PlainBufferCodedInputStream
from tablestore.plainbuffer.plain_buffer_stream import PlainBufferInputStream

from scripts.local_cloud.tablestore import plainbuffer as tags
from scripts.local_cloud.tablestore.errors import OTSError
from scripts.local_cloud.tablestore.plainbuffer_reader import read_row, read_variant
from scripts.local_cloud.tablestore.plainbuffer_writer import write_rows
from tests.local_cloud.plainbuffers import INTEGERS, ROWS

often = settings(max_examples=300, deadline=None, derandomize=True, database=None)

NAMES = st.text(st.characters(max_codepoint=127), min_size=1, max_size=9)
"""The client counts a name's characters where bytes are meant, so only ASCII comes through it."""
KEYS = st.lists(st.tuples(NAMES, INTEGERS | st.text() | st.binary()), min_size=1, max_size=4)
VALUES = (
    INTEGERS
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.text()
    | st.binary()
)
TIMES = st.integers(0, 2**53)


def sent(value: Any) -> Any:
    """Return a value as the client wants it: its bytes are texts, and bytearrays bytes."""
    return bytearray(value) if isinstance(value, bytes) else value


@given(key=KEYS, cells=st.lists(st.tuples(NAMES, VALUES, TIMES), max_size=5))
@often
def test_what_the_client_writes_is_read(key: Any, cells: Any) -> None:
    raw = PlainBufferBuilder.serialize_for_put_row(
        [(name, sent(value)) for name, value in key],
        [(name, sent(value), stamp) for name, value, stamp in cells],
    )
    row = read_row(bytes(raw))
    assert row.primary_key == key
    assert [(cell.name, cell.value, cell.timestamp) for cell in row.cells] == cells


@given(key=KEYS, cells=st.lists(st.tuples(NAMES, VALUES, TIMES), max_size=5))
@often
def test_the_client_reads_what_is_written(key: Any, cells: Any) -> None:
    stream = PlainBufferCodedInputStream(PlainBufferInputStream(write_rows([(key, cells)])))
    found_key, found = stream.read_row()
    assert found_key == [(name, sent(value)) for name, value in key]
    assert found == [(name, sent(value), stamp) for name, value, stamp in cells]


@given(key=KEYS, cells=st.lists(st.tuples(NAMES, VALUES, TIMES), max_size=3))
@often
def test_a_row_is_read_whole_or_refused(key: Any, cells: Any) -> None:
    raw = write_rows([(key, cells)])
    for end in range(len(raw)):
        with pytest.raises(OTSError):
            read_row(raw[:end])


@given(data=st.binary(max_size=64))
@example(b"")
@example(struct.pack("<i", tags.HEADER))
@often
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (read_row, read_variant):
        for given_bytes in (data, struct.pack("<i", tags.HEADER) + b"\x01\x03\x04" + data):
            with suppress(OTSError):
                read(given_bytes)


@given(row=ROWS)
@often
def test_cells_that_make_no_sense_are_read_or_refused(row: bytes) -> None:
    with suppress(OTSError):
        read_row(row)
