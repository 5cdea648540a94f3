"""A batch, row by row: Tablestore promises each row to be atomic, and the batch to be none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tablestore.protobuf.table_store_pb2 as pb


def count(operation: str, body: bytes) -> int:
    """Return how many rows a batch of writes has; 1 for any other request."""
    if operation != "BatchWriteRow":
        return 1
    return sum(len(table.rows) for table in pb.BatchWriteRowRequest.FromString(body).tables)


def split(body: bytes) -> list[bytes]:
    """Return a batch of writes as one batch for each row."""
    return [
        pb.BatchWriteRowRequest(
            tables=[pb.TableInBatchWriteRowRequest(table_name=table.table_name, rows=[row])]
        ).SerializeToString()
        for table in pb.BatchWriteRowRequest.FromString(body).tables
        for row in table.rows
    ]


def join(answers: Sequence[bytes]) -> bytes:
    """Return the answer of a batch from those of its rows."""
    whole = pb.BatchWriteRowResponse()
    for answer in answers:
        for table in pb.BatchWriteRowResponse.FromString(answer).tables:
            _table(whole, table.table_name).rows.extend(table.rows)
    return bytes(whole.SerializeToString())


def with_unclear(answer: bytes, row: int) -> bytes:
    """Return an answer that leaves open what became of a row, counted from 0."""
    whole = pb.BatchWriteRowResponse.FromString(answer)
    found = [item for table in whole.tables for item in table.rows][row]
    found.Clear()
    found.is_ok = False
    found.error.code, found.error.message = "OTSTimeout", "Operation timeout."
    return bytes(whole.SerializeToString())


def _table(whole: Any, name: str) -> Any:
    for table in whole.tables:
        if table.table_name == name:
            return table
    return whole.tables.add(table_name=name)
