"""What happens to one row: conditions, changes, and what a read shows of it."""

from __future__ import annotations

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.conditions import Columns, Filter
from scripts.local_cloud.tablestore.errors import condition_failed, invalid
from scripts.local_cloud.tablestore.plainbuffer import (
    DELETE_ALL_VERSIONS,
    DELETE_ONE_VERSION,
    INCREMENT,
    Cell,
)
from scripts.local_cloud.tablestore.tables import Options, Table, check_column_name
from scripts.local_cloud.tablestore.values import PrimaryKey, Value, name_size, size

_INTEGER_RANGE = range(-(2**63), 2**63)


@dataclass(slots=True)
class Row:
    """One stored row; `written` is when it was last written, in milliseconds."""

    key: PrimaryKey
    columns: Columns = field(default_factory=dict)
    written: int = 0

    def to_json(self) -> str:
        """Write the row for SQLite."""
        return json.dumps(
            {
                "key": [[name, _plain(value)] for name, value in self.key],
                "columns": {
                    name: [[stamp, _plain(value)] for stamp, value in versions]
                    for name, versions in self.columns.items()
                },
                "written": self.written,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Row:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        return cls(
            [(name, _real(value)) for name, value in data["key"]],
            {
                name: [(stamp, _real(value)) for stamp, value in versions]
                for name, versions in data["columns"].items()
            },
            data["written"],
        )

    def alive(self, options: Options, *, now: int) -> Row | None:
        """Return the row without what has outlived the table's time to live, or None."""
        if options.time_to_live == -1:
            return self
        oldest = now - options.time_to_live * 1000
        columns = {
            name: kept
            for name, versions in self.columns.items()
            if (kept := [(stamp, value) for stamp, value in versions if stamp > oldest])
        }
        if not columns and self.written <= oldest:
            return None
        return Row(self.key, columns, self.written)


def _plain(value: Value) -> Any:
    return [b64encode(value).decode()] if isinstance(value, bytes) else value


def _real(value: Any) -> Value:
    if isinstance(value, list):
        return b64decode(value[0])
    known: Value = value
    return known


def weight(key: PrimaryKey, columns: Columns | None = None) -> int:
    """Weigh a row in bytes, as capacity units are counted."""
    total = sum(name_size(name) + size(value) for name, value in key)
    for name, versions in (columns or {}).items():
        total += sum(name_size(name) + size(value) for _, value in versions)
    return total


def units(data_size: int) -> int:
    """Return the capacity units for some bytes: whole 4 KB, at least one."""
    return max(1, math.ceil(data_size / limits.CAPACITY_UNIT))


def check_condition(condition: Any, row: Row | None) -> bool:
    """Raise OTSError if a write's condition does not hold; return whether the row was read."""
    expectation = condition.row_existence
    if expectation == pb.EXPECT_EXIST and row is None:
        raise condition_failed()
    if expectation == pb.EXPECT_NOT_EXIST and row is not None:
        raise condition_failed()
    if not condition.column_condition:
        return bool(expectation != pb.IGNORE)
    if not Filter(condition.column_condition).passes(row.columns if row else {}):
        raise condition_failed()
    return True


def check_cells(table: Table, cells: list[Cell], *, action: str) -> None:
    """Refuse cells that PutRow or UpdateRow would refuse; `action` is the request's name."""
    if len(cells) > limits.COLUMNS_IN_WRITE:
        raise invalid(
            "The number of columns from the request exceeds the limit, limit count: "
            f"{limits.COLUMNS_IN_WRITE}, column count:{len(cells)}."
        )
    if action == "UpdateRow" and not cells:
        raise invalid("Attribute column is missing.")
    total = 0
    for cell in cells:
        check_column_name(cell.name)
        if cell.name in table.key_names:
            raise invalid(
                f"Duplicated attribute column name with primary key column: '{cell.name}'."
            )
        _check_cell(cell, action)
        length = 0 if isinstance(cell.value, bool | int | float) else size(cell.value)
        if length > limits.COLUMN_VALUE:
            raise invalid(
                f"The length of attribute column: '{cell.name}' exceeded the "
                f"MaxLength:{limits.COLUMN_VALUE} with CurrentLength:{length}."
            )
        total += name_size(cell.name) + size(cell.value)
    if total > limits.REQUEST_DATA:
        raise invalid(
            f"The total data size of {action} request exceeds the limit, limit size: "
            f"{limits.REQUEST_DATA}, data size: {total}."
        )
    _check_repeats(cells)


def _check_cell(cell: Cell, action: str) -> None:
    if cell.operation is not None and action == "PutRow":
        raise invalid(f"OpType cannot be given for column name:{cell.name} in PutRow.")
    if cell.operation in (DELETE_ALL_VERSIONS, DELETE_ONE_VERSION):
        _check_deletion(cell)
    elif cell.operation == INCREMENT:
        if not isinstance(cell.value, int) or isinstance(cell.value, bool):
            raise invalid(f"Invalid cell: {cell.name}. Reason: only INTEGER can be incremented.")
    elif cell.operation is not None:
        raise invalid(f"Invalid op type of cell: {cell.operation}.")
    elif cell.value is None:
        raise invalid(f"Invalid cell: {cell.name}. Reason: missing value.")
    if cell.timestamp is not None and not 0 <= cell.timestamp < (2**63 - 1) // 1000:
        raise invalid("Timestamp must be in range [0, INT64_MAX/1000).")


def _check_deletion(cell: Cell) -> None:
    if cell.value is not None:
        raise invalid(
            "Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION."
        )
    if cell.operation == DELETE_ONE_VERSION and cell.timestamp is None:
        raise invalid("Timestamp must be given when type is DELETE_ONE_VERSION.")
    if cell.operation == DELETE_ALL_VERSIONS and cell.timestamp is not None:
        raise invalid("Timestamp cannot be given when type is DELETE_ALL_VERSION.")


def _check_repeats(cells: list[Cell]) -> None:
    incremented = {cell.name for cell in cells if cell.operation == INCREMENT}
    for name in incremented:
        if sum(cell.name == name for cell in cells) > 1:
            raise invalid(f"Duplicated attribute column name: '{name}'.")


def _stamp(cell: Cell, options: Options, *, now: int) -> int:
    if cell.timestamp is None:
        return now
    oldest = now - options.deviation * 1000
    if options.time_to_live != -1:
        oldest = max(oldest, now - options.time_to_live * 1000)
    if not oldest <= cell.timestamp < now + options.deviation * 1000:
        raise invalid(f"Invalid timestamp. Cell:{cell.name}.")
    return cell.timestamp


def put(table: Table, key: PrimaryKey, cells: list[Cell], *, now: int) -> Row:
    """Return the row that PutRow leaves behind: only what the request carries."""
    row = Row(key, written=now)
    for cell in cells:
        _add_version(row, table.options, cell, now=now)
    return row


def update(table: Table, row: Row | None, key: PrimaryKey, cells: list[Cell], *, now: int) -> Row:
    """Return the row that UpdateRow leaves behind."""
    columns = {name: list(versions) for name, versions in row.columns.items()} if row else {}
    changed = Row(key, columns, now)
    for cell in cells:
        if cell.operation == DELETE_ALL_VERSIONS:
            changed.columns.pop(cell.name, None)
        elif cell.operation == DELETE_ONE_VERSION:
            kept = [v for v in changed.columns.get(cell.name, []) if v[0] != cell.timestamp]
            changed.columns[cell.name] = kept
            if not kept:
                del changed.columns[cell.name]
        elif cell.operation == INCREMENT:
            _increment(changed, table.options, cell, now=now)
        else:
            _add_version(changed, table.options, cell, now=now)
    return changed


def _increment(row: Row, options: Options, cell: Cell, *, now: int) -> None:
    versions = row.columns.get(cell.name)
    before = versions[0][1] if versions else 0
    if not isinstance(before, int) or isinstance(before, bool):
        raise invalid(f"Invalid increment: column '{cell.name}' is not an INTEGER.")
    after = before + int(cell.value)  # type: ignore[arg-type]  # checked by _check_cell
    if after not in _INTEGER_RANGE:
        raise invalid(f"Invalid increment: column '{cell.name}' overflows.")
    _add_version(row, options, Cell(cell.name, after, timestamp=cell.timestamp), now=now)


def _add_version(row: Row, options: Options, cell: Cell, *, now: int) -> None:
    if cell.value is None:
        raise invalid(f"Invalid cell: {cell.name}. Reason: missing value.")
    stamp = _stamp(cell, options, now=now)
    versions = [v for v in row.columns.get(cell.name, []) if v[0] != stamp]
    versions.append((stamp, cell.value))
    versions.sort(key=lambda version: -version[0])
    row.columns[cell.name] = versions[: options.max_versions]


@dataclass(slots=True)
class View:
    """What a read asks of a row: columns, versions and a filter."""

    columns_to_get: list[str]
    max_versions: int | None
    time_range: tuple[int, int] | None
    start_column: str | None
    end_column: str | None
    filter: Filter | None

    @classmethod
    def of(cls, request: Any, *, batch: bool = False) -> View:
        """Read the view from GetRow, GetRange or one table of BatchGetRow."""
        names = list(request.columns_to_get)
        if len(names) > limits.COLUMNS_TO_GET:
            raise invalid(
                "The number of columns from the request exceeds the limit, limit count: "
                f"{limits.COLUMNS_TO_GET}, column count:{len(names)}."
            )
        for name in names:
            check_column_name(name)
        max_versions = request.max_versions if request.HasField("max_versions") else None
        time_range = _time_range(request)
        if max_versions is None and time_range is None:
            raise invalid(
                "No version condition is specified while querying row."
                if batch
                else "No version condition is specified."
            )
        if max_versions is not None and max_versions <= 0:
            raise invalid(
                f"Invalid max versions: {max_versions} . Reason: Max versions must be positive."
            )
        return cls(
            names,
            max_versions,
            time_range,
            request.start_column if request.HasField("start_column") else None,
            request.end_column if request.HasField("end_column") else None,
            Filter(request.filter) if request.filter else None,
        )

    def show(self, row: Row) -> list[tuple[str, Value, int]] | None:
        """Return the cells a reader sees, by column name and newest first; None hides the row."""
        columns = self._selected(row)
        wanted = set(self.columns_to_get)
        if wanted and not columns and not wanted & {name for name, _ in row.key}:
            return None
        if self.filter is not None:
            if not self.filter.passes(columns):
                return None
            if self.filter.page is not None:
                offset, limit = self.filter.page
                names = sorted(columns)[offset : offset + limit]
                columns = {name: columns[name] for name in names}
        return [(name, value, stamp) for name in sorted(columns) for stamp, value in columns[name]]

    def _selected(self, row: Row) -> Columns:
        columns: Columns = {}
        for name, versions in row.columns.items():
            if self.columns_to_get and name not in self.columns_to_get:
                continue
            if self.start_column is not None and name < self.start_column:
                continue
            if self.end_column is not None and name >= self.end_column:
                continue
            kept: Iterable[tuple[int, Value]] = versions
            if self.time_range is not None:
                start, end = self.time_range
                kept = [version for version in versions if start <= version[0] < end]
            if kept := list(kept)[: self.max_versions]:
                columns[name] = kept
        return columns


def _time_range(request: Any) -> tuple[int, int] | None:
    if not request.HasField("time_range"):
        return None
    given = request.time_range
    if given.HasField("specific_time"):
        if given.specific_time < 0:
            raise invalid("Specific timestamp cannot be less than 0.")
        return given.specific_time, given.specific_time + 1
    if given.HasField("start_time") != given.HasField("end_time"):
        raise invalid("Start and end time must be given at the same time.")
    return (given.start_time, given.end_time) if given.HasField("start_time") else None
