"""Tablestore's stand-in: whatever comes in, a proper answer goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tablestore import (
    PK_AUTO_INCR,
    CapacityUnit,
    ComparatorType,
    CompositeColumnCondition,
    LogicalOperator,
    PutRowItem,
    ReservedThroughput,
    Row,
    SingleColumnCondition,
    TableInBatchGetRowItem,
    TableInBatchWriteRowItem,
    TableMeta,
    TableOptions,
    UpdateRowItem,
    metadata,
)

from scripts.local_cloud.tablestore.plainbuffer import crc8
from tests.local_cloud.conftest import StandIn, ignore, message

KEY = [("pk", "a"), ("id", 1)]
COLUMNS = [("i", 1), ("d", 0.5), ("s", "text"), ("b", bytearray(b"raw")), ("t", True)]
CHANGES = {"PUT": COLUMNS, "DELETE": [("x", None, 1)], "DELETE_ALL": ["y"], "INCREMENT": [("n", 1)]}

# PlainBuffer by its parts, so that chance gets past the first byte.
TAGS = st.sampled_from(range(0x0C)).map(lambda tag: bytes([tag]))
LENGTHS = st.integers(-2, 12).map(lambda length: length.to_bytes(4, "little", signed=True))
PARTS = st.one_of(TAGS, LENGTHS, st.binary(max_size=9), st.sampled_from([b"pk", b"id", b"c"]))


def condition() -> Any:
    both = CompositeColumnCondition(LogicalOperator.AND)
    for name, value in (("i", 1), ("s", "text")):
        both.add_sub_condition(SingleColumnCondition(name, value, ComparatorType.EQUAL))
    return both


def batch(request: Any, *items: Any) -> Any:
    for item in items:
        request.add(item)
    return request


def good_messages() -> dict[str, Any]:
    """Return a message of every kind that the stand-in reads."""
    put, changed = Row(KEY, COLUMNS), Row(KEY, CHANGES)
    options = TableOptions(86_400, 2, 10**9)
    view = (["i", "s"], condition(), 2, (0, 2**60), "a", "z", None, None)
    rows = [PutRowItem(put, None), UpdateRowItem(changed, None)]
    keys = TableMeta("other", [("pk", "STRING"), ("id", "INTEGER", PK_AUTO_INCR)])
    units = ReservedThroughput(CapacityUnit(0, 0))
    table = "fuzzed"
    arguments: dict[str, Any] = {
        "CreateTable": (keys, options, units, None, []),
        "UpdateTable": (table, options, units),
        "DescribeTable": (table,),
        "GetRow": (table, KEY, *view),
        "PutRow": (table, put, ignore(condition()), "RT_PK", None),
        "UpdateRow": (table, changed, ignore(condition()), None, None),
        "DeleteRow": (table, KEY, ignore(condition()), None, None),
        "GetRange": (table, "FORWARD", KEY, [("pk", "b"), ("id", 1)], view[0], 5, *view[1:]),
        "BatchGetRow": (
            batch(metadata.BatchGetRowRequest(), TableInBatchGetRowItem(table, [KEY], *view[:3])),
        ),
        "BatchWriteRow": (
            batch(metadata.BatchWriteRowRequest(), TableInBatchWriteRowItem(table, rows)),
        ),
    }
    return {name: message(name, *given) for name, given in arguments.items()}


MESSAGES = good_messages()


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[StandIn]:
    """A stand-in of its own, as garbage may create tables."""
    with StandIn() as stand_in:
        keys = [("pk", "STRING"), ("id", "INTEGER")]
        stand_in.client().create_table(
            TableMeta("fuzzed", keys), TableOptions(), ReservedThroughput(CapacityUnit(0, 0))
        )
        yield stand_in


def answers_properly(stand_in: StandIn, operation: str, body: bytes) -> None:
    answer = stand_in.post(operation, body)
    if answer.status != 200:
        status, code, text = answer.error
        assert status < 500, (code, text)
        assert code.startswith("OTS")
        assert text


@pytest.mark.parametrize("operation", MESSAGES)
def test_the_undamaged_message_is_accepted(fuzzed: StandIn, operation: str) -> None:
    assert fuzzed.post(operation, MESSAGES[operation].SerializeToString()).status == 200


often = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("operation", MESSAGES)
@given(data=st.data())
@often
def test_a_damaged_message_is_answered(fuzzed: StandIn, operation: str, data: Any) -> None:
    body = bytearray(MESSAGES[operation].SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    answers_properly(fuzzed, operation, bytes(body))


def sealed(parts: list[bytes]) -> bytes:
    """Return a PlainBuffer row of one cell, whose value is garbage and whose checksums fit."""
    name = b"pk"
    value = b"".join(parts)
    checksum = crc8(crc8(0, name), value)
    cell = b"\x03\x04" + len(name).to_bytes(4, "little") + name
    cell += b"\x05" + len(value).to_bytes(4, "little") + value + b"\x0a" + bytes([checksum])
    return b"\x75\0\0\0\x01" + cell + b"\x09" + bytes([crc8(0, bytes([checksum, 0]))])


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("GetRow", "primary_key"),
        ("PutRow", "row"),
        ("UpdateRow", "row_change"),
        ("DeleteRow", "primary_key"),
        ("GetRange", "inclusive_start_primary_key"),
    ],
)
@given(parts=st.lists(PARTS, max_size=12), whole=st.booleans())
@often
def test_a_damaged_row_is_answered(
    fuzzed: StandIn, operation: str, name: str, parts: list[bytes], whole: bool
) -> None:
    request = type(MESSAGES[operation])()
    request.CopyFrom(MESSAGES[operation])
    row = sealed(parts) if whole else b"\x75\0\0\0\x01" + b"".join(parts)
    setattr(request, name, row)
    answers_properly(fuzzed, operation, request.SerializeToString())


@pytest.mark.parametrize("operation", ["GetRow", "DeleteRow"])
@given(parts=st.lists(PARTS, max_size=8))
@often
def test_a_damaged_condition_is_answered(
    fuzzed: StandIn, operation: str, parts: list[bytes]
) -> None:
    request = type(MESSAGES[operation])()
    request.CopyFrom(MESSAGES[operation])
    given_filter = b"".join(parts)
    if operation == "GetRow":
        request.filter = given_filter
    else:
        request.condition.column_condition = given_filter
    answers_properly(fuzzed, operation, request.SerializeToString())
