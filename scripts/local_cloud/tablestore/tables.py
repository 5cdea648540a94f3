"""What a table is: its keys and options, and the checks on both."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, Value, size, type_name

_TABLE_NAME = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{limits.TABLE_NAME - 1}}}")

_KEY_TYPES = {pb.INTEGER: "VT_INTEGER", pb.STRING: "VT_STRING", pb.BINARY: "VT_BLOB"}
_ALLOWED_IN_RANGE = (Special.INF_MIN, Special.INF_MAX)


def check_table_name(name: str) -> None:
    """Refuse a table name that the service would refuse."""
    if not _TABLE_NAME.fullmatch(name):
        raise invalid(f"Invalid table name: '{name}'.")


def check_column_name(name: str) -> None:
    """Refuse a column name that the service would refuse."""
    if not name or name.startswith("#") or len(name.encode()) > limits.COLUMN_NAME:
        raise invalid(f"Invalid column name: '{name}'.")


@dataclass(slots=True)
class KeyColumn:
    """One primary key column; `type` is a value of protobuf's PrimaryKeyType."""

    name: str
    type: int
    auto_increment: bool = False


@dataclass(slots=True)
class Options:
    """Table options, in seconds and versions."""

    time_to_live: int
    max_versions: int
    deviation: int = 86_400
    allow_update: bool = True


@dataclass(slots=True)
class Table:
    """One table's description."""

    name: str
    keys: list[KeyColumn]
    options: Options
    defined_columns: list[tuple[str, int]] = field(default_factory=list)
    read_units: int = 0
    write_units: int = 0
    created_at: int = 0
    id: int = 0

    @property
    def key_names(self) -> list[str]:
        """Return the primary key columns' names in order."""
        return [key.name for key in self.keys]

    def to_json(self) -> str:
        """Write the description for SQLite."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Table:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        data["keys"] = [KeyColumn(**key) for key in data["keys"]]
        data["options"] = Options(**data["options"])
        data["defined_columns"] = [(name, kind) for name, kind in data["defined_columns"]]
        return cls(**data)

    def check_key(self, key: PrimaryKey, *, in_range: bool = False, insert: bool = False) -> None:
        """Refuse a primary key that does not fit.

        `in_range` allows the infinite values, `insert` allows an automatic one.
        """
        allowed = _ALLOWED_IN_RANGE if in_range else (Special.AUTO_INCREMENT,) if insert else ()
        for name, value in key:
            check_column_name(name)
            _check_key_value(name, value, allowed)
        if len(key) != len(self.keys):
            raise OTSError(
                "OTSInvalidPK",
                f"Validate PK size fail. Input: {len(key)}, Meta: {len(self.keys)}.",
            )
        for (name, value), column in zip(key, self.keys, strict=True):
            _check_against(column, name, value)


def _check_key_value(name: str, value: Value, allowed: tuple[Special, ...]) -> None:
    if isinstance(value, bool | float) or (isinstance(value, Special) and value not in allowed):
        raise invalid(f"{type_name(value)} is an invalid type for the primary key.")
    if isinstance(value, str | bytes) and size(value) > limits.PRIMARY_KEY_VALUE:
        raise invalid(
            f"The length of primary key column: '{name}' exceeded the "
            f"MaxLength:{limits.PRIMARY_KEY_VALUE} with CurrentLength:{size(value)}."
        )


def _check_against(column: KeyColumn, name: str, value: Value) -> None:
    if name != column.name:
        raise OTSError(
            "OTSInvalidPK", f"Validate PK name fail. Input: {name}, Meta: {column.name}."
        )
    if value is Special.AUTO_INCREMENT and not column.auto_increment:
        raise invalid(f"{type_name(value)} is an invalid type for the primary key.")
    if not isinstance(value, Special) and type_name(value) != _KEY_TYPES[column.type]:
        raise OTSError(
            "OTSInvalidPK",
            f"Validate PK type fail. Input: {type_name(value)}, Meta: {_KEY_TYPES[column.type]}.",
        )


def table_from_request(request: Any, *, now: int) -> Table:
    """Check a CreateTableRequest and return the table it asks for; `now` in seconds."""
    meta = request.table_meta
    check_table_name(meta.table_name)
    if request.index_metas:
        raise invalid("Secondary indexes are not part of the local Tablestore.")
    if not 1 <= len(meta.primary_key) <= limits.PRIMARY_KEY_COLUMNS:
        raise invalid(
            "The number of primary key columns must be in range: "
            f"[1, {limits.PRIMARY_KEY_COLUMNS}]."
        )
    keys: list[KeyColumn] = []
    for column in meta.primary_key:
        keys.append(_key_column(column, keys, meta.table_name))
    defined = [(column.name, column.type) for column in meta.defined_column]
    for name, _ in defined:
        check_column_name(name)
    options = request.table_options
    if not options.HasField("time_to_live"):
        raise invalid("Time-to-live is missing while creating table.")
    if not options.HasField("max_versions"):
        raise invalid("MaxVersions is missing while creating table.")
    table = Table(meta.table_name, keys, Options(-1, 1), defined, created_at=now)
    apply_options(table, options)
    apply_throughput(table, request.reserved_throughput.capacity_unit)
    return table


def _key_column(column: Any, before: list[KeyColumn], table: str) -> KeyColumn:
    check_column_name(column.name)
    if column.name in [key.name for key in before]:
        raise invalid(f"Duplicated primary key name: '{column.name}'.")
    if column.type not in _KEY_TYPES:
        raise invalid("BOOLEAN is an invalid type for the primary key.")
    auto = column.HasField("option") and column.option == pb.AUTO_INCREMENT
    if auto and not before:
        raise invalid(f"First primary key can't be auto increment, table: {table}.")
    if auto and column.type != pb.INTEGER:
        raise invalid(f"Auto increment pk must be integer, name: {column.name}.")
    if auto and any(key.auto_increment for key in before):
        raise invalid("AUTO_INCREMENT primary key count must <= 1.")
    return KeyColumn(column.name, column.type, auto)


def apply_options(table: Table, options: Any) -> None:
    """Check and take over the table options that a request sets."""
    if options.HasField("time_to_live"):
        seconds = options.time_to_live
        if seconds == 0 or seconds < -1:
            raise invalid("TimeToLive cannot be 0 or less than -1.")
        if seconds != -1 and seconds < limits.MIN_TIME_TO_LIVE:
            raise invalid(f"TimeToLive cannot be less than {limits.MIN_TIME_TO_LIVE}.")
        table.options.time_to_live = seconds
    if options.HasField("max_versions"):
        if options.max_versions <= 0:
            raise invalid("The maximum versions cannot be less than or equal to 0.")
        table.options.max_versions = options.max_versions
    if options.HasField("deviation_cell_version_in_sec"):
        if not 0 <= options.deviation_cell_version_in_sec <= (2**63 - 1) // 1_000_000:
            raise invalid("The maximum deviation must be in range [0, INT64_MAX/1000000].")
        table.options.deviation = options.deviation_cell_version_in_sec
    if options.HasField("allow_update"):
        table.options.allow_update = options.allow_update


def apply_throughput(table: Table, units: Any) -> None:
    """Check and take over reserved capacity units."""
    if units.read < 0 or units.write < 0:
        raise invalid("Invalid Capacity Unit. Capacity Unit must be nonnegative.")
    if units.HasField("read"):
        table.read_units = units.read
    if units.HasField("write"):
        table.write_units = units.write


def fill_options(target: Any, table: Table) -> None:
    """Write the table's options into a response message."""
    target.time_to_live = table.options.time_to_live
    target.max_versions = table.options.max_versions
    target.deviation_cell_version_in_sec = table.options.deviation
    target.allow_update = table.options.allow_update


def fill_throughput(target: Any, table: Table) -> None:
    """Write the table's capacity units into a response message."""
    target.capacity_unit.read = table.read_units
    target.capacity_unit.write = table.write_units
    target.last_increase_time = table.created_at
