"""Take tables from request messages, and put them into answers."""

from __future__ import annotations

from typing import Any

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.columns import check_column_name, wrong_number_of_key_columns
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.messages import varint_field
from scripts.local_cloud.tablestore.table_settings import (
    apply_options,
    apply_stream,
    fill_settings,
    set_units,
)
from scripts.local_cloud.tablestore.tables import (
    KEY_TYPES,
    KeyColumn,
    Options,
    Table,
    check_table_name,
)

_TABLE_STATUS, _ACTIVE = 4, 1
_CREATION_TIME = 9


def table_from_request(request: Any, *, now: int) -> Table:
    """Check a CreateTableRequest and return the table it asks for; `now` in seconds."""
    meta = request.table_meta
    check_table_name(meta.table_name)
    if request.index_metas:
        raise invalid("Secondary indexes are not part of the local Tablestore.")
    if not 1 <= len(meta.primary_key) <= limits.PRIMARY_KEY_COLUMNS:
        raise wrong_number_of_key_columns()
    keys: list[KeyColumn] = []
    for column in meta.primary_key:
        keys.append(_key_column(column, keys, meta.table_name))
    defined = [(column.name, column.type) for column in meta.defined_column]
    if len(defined) > limits.DEFINED_COLUMNS:
        raise invalid(
            f"The number of defined columns must be in range: [0, {limits.DEFINED_COLUMNS}]."
        )
    for name, _ in defined:
        check_column_name(name)
    options = request.table_options
    if not options.HasField("time_to_live"):
        raise invalid("Time-to-live is missing while creating table.")
    if not options.HasField("max_versions"):
        raise invalid("MaxVersions is missing while creating table.")
    table = Table(meta.table_name, keys, Options(-1, 1), defined, created_at=now)
    apply_options(table, options)
    set_units(table, request.reserved_throughput.capacity_unit)
    if request.HasField("stream_spec"):
        apply_stream(table, request.stream_spec, now=now)
    return table


def _key_column(column: Any, before: list[KeyColumn], table: str) -> KeyColumn:
    check_column_name(column.name)
    if column.name in [key.name for key in before]:
        raise invalid(f"Duplicated primary key name: '{column.name}'.")
    if column.type not in KEY_TYPES:
        raise invalid("BOOLEAN is an invalid type for the primary key.")
    auto = column.HasField("option") and column.option == pb.AUTO_INCREMENT
    if auto and not before:
        raise invalid(f"First primary key can't be auto increment, table: {table}.")
    if auto and column.type != pb.INTEGER:
        raise invalid(f"Auto increment pk must be integer, name: {column.name}.")
    if auto and any(key.auto_increment for key in before):
        raise invalid("AUTO_INCREMENT primary key count must <= 1.")
    return KeyColumn(column.name, column.type, auto)


def describe(table: Table) -> Any:
    """Return the table as DescribeTable answers it."""
    response = pb.DescribeTableResponse()
    response.table_meta.table_name = table.name
    for key in table.keys:
        column = response.table_meta.primary_key.add(name=key.name, type=key.type)
        if key.auto_increment:
            column.option = pb.AUTO_INCREMENT
    for name, kind in table.defined_columns:
        response.table_meta.defined_column.add(name=name, type=kind)
    fill_settings(response, table)
    # Fields that the Python client lacks: Node.js requires the first, Java reads the second.
    response.MergeFromString(
        varint_field(_TABLE_STATUS, _ACTIVE)
        + varint_field(_CREATION_TIME, table.created_at * 1_000_000)
    )
    return response
