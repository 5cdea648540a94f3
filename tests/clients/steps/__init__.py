"""The contract: what is asked of every client, by subject and in this order."""

from __future__ import annotations

from collections.abc import Mapping

from tests.clients.contract import Step
from tests.clients.steps import (
    batches,
    conditions,
    credentials,
    ranges,
    refusals,
    rows,
    tables,
    values,
    versions,
    views,
)


def contract(now: int, keys: Mapping[str, str]) -> dict[str, list[Step]]:
    """Return the steps by subject; `now` in milliseconds, `keys` temporary ones."""
    return {
        "tables": tables.steps(),
        "values": values.steps(),
        "rows": rows.steps(now),
        "versions": versions.steps(now),
        "conditions": conditions.steps(),
        "views": views.steps(now),
        "ranges": ranges.steps(),
        "batches": batches.steps(),
        "refusals": refusals.steps(now),
        "credentials": credentials.steps(keys),
    }
