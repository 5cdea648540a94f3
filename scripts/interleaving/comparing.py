"""Whether a request compares a guess with a living code: whether its digest decides the outcome.

Nothing here knows how the product words its conditions. The condition is asked three times: with
the row as if the guess were right, as if it were wrong, and so on for each digest it names; where
that makes a difference, whoever sent it learns something about the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tablestore.protobuf.table_store_filter_pb2 as filters
import tablestore.protobuf.table_store_pb2 as pb

from scripts.interleaving.rows import PREFIX, Rows, Tablestore
from scripts.local_cloud.tablestore.conditions import Filter
from scripts.local_cloud.tablestore.plainbuffer_reader import read_row, read_variant
from shared.storage.tables import MESSAGES

_TABLE = MESSAGES.name(PREFIX)
_DIGEST, _DIGITS = "digest", 64
_NO_DIGEST = "-" * _DIGITS


def compared(store: Tablestore, rows: Rows, operation: str, body: bytes) -> Iterator[str]:
    """Yield the verification ids of the codes that a request compares a guess with."""
    for key, condition in _conditions(operation, body):
        guesses = set(_digests(condition))
        row = store.row(rows, _TABLE, key)
        if row is None or not guesses or _DIGEST not in row:
            continue
        asked = Filter(condition)
        found = {
            asked.passes({name: [(0, value)] for name, value in {**row, _DIGEST: one}.items()})
            for one in (*guesses, _NO_DIGEST)
        }
        if len(found) > 1:
            yield str(key[0][1])


def _conditions(operation: str, body: bytes) -> Iterator[tuple[Any, bytes]]:
    """Yield the keys and the conditions of writes to the table of messages."""
    if operation == "UpdateRow":
        request = pb.UpdateRowRequest.FromString(body)
        if request.table_name == _TABLE:
            change = read_row(request.row_change)
            yield change.primary_key, request.condition.column_condition
    if operation == "BatchWriteRow":
        for table in pb.BatchWriteRowRequest.FromString(body).tables:
            for item in table.rows if table.table_name == _TABLE else ():
                yield read_row(item.row_change).primary_key, item.condition.column_condition


def _digests(condition: bytes) -> Iterator[str]:
    """Yield the digests that a condition names."""
    if not condition:
        return
    message = filters.Filter.FromString(condition)
    if message.type == filters.FT_SINGLE_COLUMN_VALUE:
        single = filters.SingleColumnValueFilter.FromString(message.filter)
        value = read_variant(single.column_value)
        if single.column_name == _DIGEST and isinstance(value, str) and len(value) == _DIGITS:
            yield value
    if message.type == filters.FT_COMPOSITE_COLUMN_VALUE:
        for part in filters.CompositeColumnValueFilter.FromString(message.filter).sub_filters:
            yield from _digests(part.SerializeToString())
