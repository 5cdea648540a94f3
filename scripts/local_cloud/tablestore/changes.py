"""What a write does to a row, and which writes are refused whatever the row holds."""

from __future__ import annotations

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.columns import (
    check_attribute,
    check_column_name,
    check_primary_key,
)
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.plainbuffer import (
    DELETE_ALL_VERSIONS,
    DELETE_ONE_VERSION,
    INCREMENT,
    Cell,
    WireRow,
)
from scripts.local_cloud.tablestore.rows import Row, cells_weight, key_weight
from scripts.local_cloud.tablestore.tables import Options
from scripts.local_cloud.tablestore.values import PrimaryKey, Special

_ACTIONS = {pb.PUT: "PutRow", pb.UPDATE: "UpdateRow", pb.DELETE: "DeleteRow"}
_TIMESTAMP = 8


def check_change(kind: int, change: WireRow) -> None:
    """Refuse a put, update or delete that fits no table."""
    check_primary_key(change.primary_key, allowed=(Special.AUTO_INCREMENT,))
    if kind == pb.DELETE:
        if not change.deleted:
            raise invalid("Invalid request of delete row: missing RowDeleteMarker in request.")
        if change.cells:
            raise invalid("Invalid delete row request: unexpected cells in request.")
        return
    if change.deleted:
        raise invalid("Invalid request of put/update row: unexpected RowDeleteMarker in request.")
    _check_cells(change, _ACTIONS[kind])


def request_weight(change: WireRow) -> int:
    """Weigh a change in bytes, as the limits on requests count it (so does the Java client)."""
    stamps = sum(_TIMESTAMP for cell in change.cells if cell.timestamp is not None)
    return key_weight(change.primary_key) + written_weight(change.cells) + stamps


def written_weight(cells: list[Cell], options: Options | None = None) -> int:
    """Weigh the cells of a change in bytes; of a deletion only the column's name counts."""
    stored = sum(cell.value is not None for cell in cells)
    stamps = _TIMESTAMP * stored if options is not None and options.keeps_timestamps else 0
    return cells_weight((cell.name, cell.value) for cell in cells) + stamps


def _check_cells(change: WireRow, action: str) -> None:
    cells = change.cells
    if len(cells) > limits.COLUMNS_IN_WRITE:
        raise invalid(
            "The number of attribute columns exceeds the limit, limit count: "
            f"{limits.COLUMNS_IN_WRITE}, column count: {len(cells)}."
        )
    if action == "UpdateRow" and not cells:
        raise invalid("Attribute column is missing.")
    key_names = {name for name, _ in change.primary_key}
    for cell in cells:
        check_column_name(cell.name)
        if cell.name in key_names:
            raise invalid(
                f"Duplicated attribute column name with primary key column: '{cell.name}'."
            )
        if cell.value is not None:
            check_attribute(cell.name, cell.value)
        _check_operation(cell, action)
    if request_weight(change) > limits.REQUEST_DATA:
        raise invalid(
            f"The total data size of {action} request exceeds the limit, limit size: "
            f"{limits.REQUEST_DATA}, data size: {request_weight(change)}."
        )
    _check_repeats(cells)


def _check_operation(cell: Cell, action: str) -> None:
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
    if cell.timestamp is not None and cell.timestamp not in limits.TIMESTAMPS:
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


def put(options: Options, key: PrimaryKey, cells: list[Cell], *, now: int) -> Row:
    """Return the row that PutRow leaves behind: only what the request carries."""
    row = Row(key, written=now)
    for cell in cells:
        _add_version(row, options, cell, now=now)
    return row


def update(
    options: Options, row: Row | None, key: PrimaryKey, cells: list[Cell], *, now: int
) -> Row:
    """Return the row that UpdateRow leaves behind; its operations apply in their order."""
    changed = Row(key, dict(row.columns) if row is not None else {}, now)
    for cell in cells:
        if cell.operation == DELETE_ALL_VERSIONS:
            changed.columns.pop(cell.name, None)
        elif cell.operation == DELETE_ONE_VERSION:
            versions = changed.columns.pop(cell.name, [])
            if kept := [version for version in versions if version[0] != cell.timestamp]:
                changed.columns[cell.name] = kept
        elif cell.operation == INCREMENT:
            _increment(changed, options, cell, now=now)
        else:
            _add_version(changed, options, cell, now=now)
    return changed


def _increment(row: Row, options: Options, cell: Cell, *, now: int) -> None:
    versions = row.columns.get(cell.name)
    before = versions[0][1] if versions else 0
    if not isinstance(before, int) or isinstance(before, bool):
        raise invalid(f"Invalid increment: column '{cell.name}' is not an INTEGER.")
    after = before + int(cell.value)  # type: ignore[arg-type]  # _check_operation has seen to it
    if after not in limits.INTEGERS:
        raise invalid(f"Invalid increment: column '{cell.name}' overflows.")
    _add_version(row, options, Cell(cell.name, after, timestamp=cell.timestamp), now=now)


def _add_version(row: Row, options: Options, cell: Cell, *, now: int) -> None:
    stamp = _stamp(cell, options, now=now)
    versions = [version for version in row.columns.get(cell.name, []) if version[0] != stamp]
    if cell.value is not None:
        versions.append((stamp, cell.value))
    versions.sort(key=lambda version: -version[0])
    row.columns[cell.name] = versions[: options.max_versions]


def _stamp(cell: Cell, options: Options, *, now: int) -> int:
    if cell.timestamp is None:
        return now
    oldest = now - options.deviation * 1000
    if options.time_to_live != -1:
        oldest = max(oldest, now - options.time_to_live * 1000)
    if not oldest <= cell.timestamp < now + options.deviation * 1000:
        raise invalid(f"Invalid timestamp. Cell:{cell.name}.")
    return cell.timestamp
