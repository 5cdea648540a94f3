"""GetRow and GetRange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.columns import INFINITE, check_primary_key
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.plainbuffer_reader import read_row
from scripts.local_cloud.tablestore.plainbuffer_writer import Shown, write_rows
from scripts.local_cloud.tablestore.rows import columns_weight, key_weight, units
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.tablestore.tables import Table
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, sort_key
from scripts.local_cloud.tablestore.views import View


class Reading:
    """Reads of one row and of a range; `now` tells milliseconds."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    def get_row(self, request: Any) -> Any:
        """Answer GetRow."""
        table = self._store.existing(request.table_name)
        view, key = View.of(request), read_key(request.primary_key)
        response = pb.GetRowResponse(row=b"")
        self.fill(response, table, key, view)
        return response

    def fill(self, response: Any, table: Table, key: PrimaryKey, view: View) -> None:
        """Write what the view shows of a row, and the units it costs, into a response message."""
        table.check_key(key)
        row = self._store.get(table, sort_key(key), now=self._now())
        data_size = 0
        if row is not None:
            columns = view.read(row)
            data_size = key_weight(key) + columns_weight(columns, table.options)
            cells = view.show(row, columns)
            if cells is not None:
                response.row = write_rows([(key, cells)])
        _consume(response, data_size)

    def get_range(self, request: Any) -> Any:
        """Answer GetRange: it ends at the limit of rows shown, at 5,000 read or before 4 MB."""
        table = self._store.existing(request.table_name)
        view = View.of(request)
        if request.HasField("limit") and request.limit <= 0:
            raise invalid("The limit must be greater than 0.")
        start, end = _bounds(table, request)
        limit = request.limit or limits.ROWS_IN_RANGE
        shown: list[tuple[PrimaryKey, Shown]] = []
        data_size = 0
        following: PrimaryKey | None = None
        backward = request.direction == pb.BACKWARD
        rows = self._store.scan(table, start, end, backward=backward, now=self._now())
        for read, row in enumerate(rows):
            columns = view.read(row)
            weight = key_weight(row.key) + columns_weight(columns, table.options)
            too_much = read > 0 and data_size + weight > limits.RANGE_DATA
            if too_much or read >= limits.ROWS_IN_RANGE or len(shown) >= limit:
                following = row.key
                break
            data_size += weight
            cells = view.show(row, columns)
            if cells is not None:
                shown.append((row.key, cells))
        response = pb.GetRangeResponse(rows=write_rows(shown))
        _consume(response, data_size)
        if following is not None:
            response.next_start_primary_key = write_rows([(following, [])])
        return response


def read_key(data: bytes, *, allowed: tuple[Special, ...] = ()) -> PrimaryKey:
    """Read the primary key that a read asks for."""
    row = read_row(data)
    if row.cells:
        raise invalid("Attribute column cannot be given while reading data.")
    if row.deleted:
        raise invalid("Delete marker cannot be given.")
    check_primary_key(row.primary_key, allowed=allowed)
    return row.primary_key


def _bounds(table: Table, request: Any) -> tuple[bytes, bytes]:
    """Return the range's two ends as sort keys."""
    ends = [
        read_key(request.inclusive_start_primary_key, allowed=INFINITE),
        read_key(request.exclusive_end_primary_key, allowed=INFINITE),
    ]
    for key in ends:
        table.check_key(key)
    start, end = (sort_key(key) for key in ends)
    if request.direction == pb.FORWARD and start >= end:
        raise invalid("Begin key must less than end key in FORWARD")
    if request.direction == pb.BACKWARD and start <= end:
        raise invalid("Begin key must more than end key in BACKWARD")
    return start, end


def _consume(response: Any, data_size: int) -> None:
    response.consumed.capacity_unit.read = units(data_size)
    response.consumed.capacity_unit.write = 0
