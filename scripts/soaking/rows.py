"""Read every table as it stands, key first, with the official client and nothing of the product."""

from __future__ import annotations

from typing import Any

from tablestore import INF_MAX, INF_MIN, CapacityUnit, OTSClient


def all_rows(endpoint: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table, by its name without the prefix."""
    client = OTSClient(endpoint, "local", "local-secret", "local")
    return {
        str(name).removeprefix("sms_verify_"): _rows(client, str(name))
        for name in client.list_table()
    }


def _rows(client: Any, table: str) -> list[dict[str, Any]]:
    keys = [key for key, *_ in client.describe_table(table).table_meta.schema_of_primary_key]
    found = client.xget_range(
        table,
        "FORWARD",
        [(key, INF_MIN) for key in keys],
        [(key, INF_MAX) for key in keys],
        consumed_counter=CapacityUnit(0, 0),
        max_version=1,
    )
    return [
        {**dict(row.primary_key), **{cell[0]: cell[1] for cell in row.attribute_columns}}
        for row in found
    ]
