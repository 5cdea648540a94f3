"""The operations: a request message in, a response message out, or OTSError."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import tablestore.protobuf.search_pb2 as search_pb
import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.batches import BatchReading, BatchWriting, FailedRows
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.messages import parse
from scripts.local_cloud.tablestore.reading import Reading
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.table_messages import describe, table_from_request
from scripts.local_cloud.tablestore.table_settings import (
    apply_options,
    apply_stream,
    apply_throughput,
    fill_settings,
)
from scripts.local_cloud.tablestore.writing import Writing


class Operations:
    """Tablestore's operations on one store; `clock` tells UTC seconds."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        reading = Reading(store, self._now)
        writing = Writing(store, self._now)
        self._operations: dict[str, tuple[type[Any], Callable[[Any], Any]]] = {
            "CreateTable": (pb.CreateTableRequest, self._create_table),
            "ListTable": (pb.ListTableRequest, self._list_table),
            "DescribeTable": (pb.DescribeTableRequest, self._describe_table),
            "UpdateTable": (pb.UpdateTableRequest, self._update_table),
            "DeleteTable": (pb.DeleteTableRequest, self._delete_table),
            "GetRow": (pb.GetRowRequest, reading.get_row),
            "GetRange": (pb.GetRangeRequest, reading.get_range),
            "PutRow": (pb.PutRowRequest, writing.put_row),
            "UpdateRow": (pb.UpdateRowRequest, writing.update_row),
            "DeleteRow": (pb.DeleteRowRequest, writing.delete_row),
            "ListSearchIndex": (search_pb.ListSearchIndexRequest, self._list_search_index),
        }
        self._batches: dict[str, tuple[type[Any], Callable[[Any, FailedRows], Any]]] = {
            "BatchGetRow": (pb.BatchGetRowRequest, BatchReading(store, reading).answer),
            "BatchWriteRow": (pb.BatchWriteRowRequest, BatchWriting(store, writing).answer),
        }

    def check_name(self, operation: str) -> None:
        """Refuse an operation that the stand-in does not have."""
        if operation not in self._operations and operation not in self._batches:
            raise invalid(f"Unsupported operation: '{operation}'.")

    def run(self, operation: str, body: bytes, failed_rows: FailedRows | None = None) -> bytes:
        """Carry out one operation and return the serialized answer.

        Of a batch, `failed_rows` names the rows that are to fail.
        """
        self.check_name(operation)
        if operation in self._batches:
            kind, batch = self._batches[operation]
            response = batch(_request(kind, body), failed_rows or {})
        else:
            kind, action = self._operations[operation]
            response = action(_request(kind, body))
        return bytes(response.SerializeToString())

    def _now(self) -> int:
        """Return the time in milliseconds."""
        return int(self._clock() * 1000)

    def _create_table(self, request: Any) -> Any:
        table = table_from_request(request, now=int(self._clock()))
        names = self._store.table_names()
        if table.name in names:
            raise OTSError("OTSObjectAlreadyExist")
        if len(names) >= limits.TABLES:
            raise OTSError(
                "OTSQuotaExhausted", f"Number of tables exceeds the quota:{limits.TABLES}."
            )
        self._store.add_table(table)
        return pb.CreateTableResponse()

    def _list_table(self, request: Any) -> Any:
        return pb.ListTableResponse(table_names=self._store.table_names())

    def _describe_table(self, request: Any) -> Any:
        return describe(self._store.existing(request.table_name))

    def _update_table(self, request: Any) -> Any:
        table, now = self._store.existing(request.table_name), int(self._clock())
        given = request.table_options.ListFields()  # the Node.js client always sends options
        if not (
            given or request.HasField("reserved_throughput") or request.HasField("stream_spec")
        ):
            raise invalid("No parameter is specified in table options.")
        apply_options(table, request.table_options)
        if request.HasField("reserved_throughput"):
            apply_throughput(table, request.reserved_throughput.capacity_unit, now=now)
        if request.HasField("stream_spec"):
            apply_stream(table, request.stream_spec, now=now)
        self._store.change_table(table)
        response = pb.UpdateTableResponse()
        fill_settings(response, table)
        return response

    def _delete_table(self, request: Any) -> Any:
        with self._store.transaction():
            self._store.delete_table(self._store.existing(request.table_name))
        return pb.DeleteTableResponse()

    def _list_search_index(self, request: Any) -> Any:
        """Say that there is no search index: client test suites ask before they drop a table."""
        return search_pb.ListSearchIndexResponse()


def _request(kind: type[Any], body: bytes) -> Any:
    return parse(kind(), body, "Parse PBMessage from RawString failed.")
