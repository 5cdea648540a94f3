"""Parse protobuf messages, and refuse those that a strict server would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError

from scripts.local_cloud.tablestore.errors import invalid


def parse(message: Any, data: bytes, refusal: str) -> Any:
    """Fill the message from its bytes; raise OTSError with the refusal's text if they are wrong."""
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise invalid(refusal) from None
    # Python's protobuf neither misses required fields nor minds a string that is not UTF-8.
    if not message.IsInitialized() or not all(isinstance(text, str) for text in _strings(message)):
        raise invalid(refusal)
    return message


def _strings(message: Any) -> Iterator[Any]:
    for field, value in message.ListFields():
        values = (
            [value] if isinstance(value, str | bytes) or hasattr(value, "DESCRIPTOR") else value
        )
        if field.type == FieldDescriptor.TYPE_STRING:
            yield from values
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for part in values:
                yield from _strings(part)


def varint_field(number: int, value: int) -> bytes:
    """Encode a whole number, 0 or more, as a field that the message's own class does not have."""
    encoded, rest = bytearray([number << 3]), value
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*encoded, rest])
