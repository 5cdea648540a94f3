"""What a table is, and which primary keys fit it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field

import tablestore.protobuf.table_store_pb2 as pb

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, Value, type_name

_TABLE_NAME = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{limits.TABLE_NAME - 1}}}")

KEY_TYPES = {pb.INTEGER: "VT_INTEGER", pb.STRING: "VT_STRING", pb.BINARY: "VT_BLOB"}


def check_table_name(name: str) -> None:
    """Refuse a table name that the service would refuse."""
    if not _TABLE_NAME.fullmatch(name):
        raise invalid(f"Invalid table name: '{name}'.")


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

    @property
    def keeps_timestamps(self) -> bool:
        """Return whether a version's timestamp counts (8 bytes) towards its size."""
        return self.max_versions > 1 or self.time_to_live != -1


@dataclass(slots=True)
class Stream:
    """A stream that was asked for; it is only remembered."""

    hours: int
    enabled_at: int  # microseconds


@dataclass(slots=True)
class Table:
    """One table's description."""

    name: str
    keys: list[KeyColumn]
    options: Options
    defined_columns: list[tuple[str, int]] = field(default_factory=list)
    read_units: int = 0
    write_units: int = 0
    created_at: int = 0  # UTC seconds, as are the next two
    raised_at: int = 0  # when reserved units were last set higher, or as they were
    lowered_at: int = 0
    stream: Stream | None = None
    id: int = 0

    @property
    def has_auto_increment(self) -> bool:
        """Return whether one primary key column is filled in by the service."""
        return any(key.auto_increment for key in self.keys)

    def to_json(self) -> str:
        """Write the description for SQLite."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Table:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        data["keys"] = [KeyColumn(**key) for key in data["keys"]]
        data["options"] = Options(**data["options"])
        if data.get("stream") is not None:
            data["stream"] = Stream(**data["stream"])
        data["defined_columns"] = [(name, kind) for name, kind in data["defined_columns"]]
        return cls(**data)

    def check_key(self, key: PrimaryKey) -> None:
        """Refuse a primary key that is not this table's in number, names or types."""
        if len(key) != len(self.keys):
            raise OTSError(
                "OTSInvalidPK",
                f"Validate PK size fail. Input: {len(key)}, Meta: {len(self.keys)}.",
            )
        for (name, value), column in zip(key, self.keys, strict=True):
            _check_against(column, name, value)


def _check_against(column: KeyColumn, name: str, value: Value) -> None:
    if name != column.name:
        raise OTSError(
            "OTSInvalidPK", f"Validate PK name fail. Input: {name}, Meta: {column.name}."
        )
    if value is Special.AUTO_INCREMENT and not column.auto_increment:
        raise invalid(f"{type_name(value)} is an invalid type for the primary key.")
    if not isinstance(value, Special) and type_name(value) != KEY_TYPES[column.type]:
        raise OTSError(
            "OTSInvalidPK",
            f"Validate PK type fail. Input: {type_name(value)}, Meta: {KEY_TYPES[column.type]}.",
        )
