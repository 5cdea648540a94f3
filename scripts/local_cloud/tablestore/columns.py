"""What columns may be called, and what they may hold."""

from __future__ import annotations

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.values import PrimaryKey, Special, Value, size, type_name

INFINITE = (Special.INF_MIN, Special.INF_MAX)


def check_column_name(name: str) -> None:
    """Refuse a column name that the service would refuse."""
    if not name or name.startswith("#") or len(name.encode()) > limits.COLUMN_NAME:
        raise invalid(f"Invalid column name: '{name}'.")


def check_attribute(name: str, value: Value) -> None:
    """Refuse a value that no attribute column can hold."""
    if isinstance(value, Special):
        raise invalid(f"{type_name(value)} is an invalid type for the attribute column.")
    if isinstance(value, str | bytes) and size(value) > limits.COLUMN_VALUE:
        raise _too_long("attribute", name, limits.COLUMN_VALUE, size(value))


def check_primary_key(key: PrimaryKey, *, allowed: tuple[Special, ...] = ()) -> None:
    """Refuse a key that fits no table; `allowed` names the special values that may stand in it."""
    if not 1 <= len(key) <= limits.PRIMARY_KEY_COLUMNS:
        raise wrong_number_of_key_columns()
    for name, value in key:
        check_column_name(name)
        if value is Special.AUTO_INCREMENT and value not in allowed:
            raise invalid("PKAutoIncr can't be used for read operations.")
        special = isinstance(value, Special) and value not in allowed
        if special or isinstance(value, bool | float):
            raise invalid(f"{type_name(value)} is an invalid type for the primary key.")
        if isinstance(value, str | bytes) and size(value) > limits.PRIMARY_KEY_VALUE:
            raise _too_long("primary key", name, limits.PRIMARY_KEY_VALUE, size(value))


def wrong_number_of_key_columns() -> OTSError:
    """Say how many primary key columns there can be."""
    return invalid(
        f"The number of primary key columns must be in range: [1, {limits.PRIMARY_KEY_COLUMNS}]."
    )


def _too_long(what: str, name: str, limit: int, length: int) -> OTSError:
    return invalid(
        f"The length of {what} column: '{name}' exceeds the "
        f"MaxLength:{limit} with CurrentLength:{length}."
    )
