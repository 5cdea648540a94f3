"""Create the tables, or check that they are as tables.py says; safe to repeat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tablestore import (
    CapacityUnit,
    OTSServiceError,
    ReservedThroughput,
    TableMeta,
    TableOptions,
)

from shared.domain.deadline import Deadline
from shared.storage.calls import call
from shared.storage.tables import ALL, Table

REQUEST_SECONDS = 10.0
READY_SECONDS = 120.0
"""A new table takes about a minute until it answers (documentation: limits)."""

PAUSE_SECONDS = 1.0


class WrongTable(Exception):
    """A table exists with other keys than ours."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table is: its primary key, the seconds that rows live (-1: for good), versions kept."""

    keys: tuple[tuple[str, str], ...]
    time_to_live: int
    max_version: int = 1


def wanted(table: Table) -> Shape:
    """Return how a table of ours should be."""
    return Shape(table.keys, table.time_to_live)


def shapes(client: Any, prefix: str) -> Iterator[tuple[Table, Shape | None]]:
    """Yield each of our tables with how it is, or None where it is missing; raise StoreError."""
    existing = set(_call("ListTable", client.list_table))
    for table in ALL:
        yield table, _shape(client, name) if (name := table.name(prefix)) in existing else None


def answers(client: Any, prefix: str, table: Table) -> None:
    """Read a row that is not there; raise StoreError where the table does not answer."""
    _call("GetRow", lambda: client.get_row(table.name(prefix), _probe(table)))


def bootstrap(
    client: Any,
    prefix: str,
    *,
    say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Create what is missing, mend times to live, and wait until every table answers.

    Raises WrongTable where a table has other keys, TimeoutError where one never answers, and
    StoreError where the store refuses.
    """
    for table, found in shapes(client, prefix):
        say(f"{table.name(prefix)}: {_mend(client, table.name(prefix), table, found)}")
    for table in ALL:
        _wait_until_ready(client, table.name(prefix), table, sleep=sleep, say=say)


def _call(operation: str, request: Callable[[], Any]) -> Any:
    deadline = Deadline.after(REQUEST_SECONDS, clock=time.monotonic)
    return call(operation, request, repeatable=True, deadline=deadline)


def _shape(client: Any, name: str) -> Shape:
    found = _call("DescribeTable", lambda: client.describe_table(name))
    keys = tuple((key[0], key[1]) for key in found.table_meta.schema_of_primary_key)
    return Shape(keys, found.table_options.time_to_live, found.table_options.max_version)


def _mend(client: Any, name: str, table: Table, found: Shape | None) -> str:
    want = wanted(table)
    if found is None:
        meta = TableMeta(name, list(want.keys))
        options = TableOptions(want.time_to_live, want.max_version)
        throughput = ReservedThroughput(CapacityUnit(0, 0))
        _call("CreateTable", lambda: client.create_table(meta, options, throughput))
        return f"created, rows live {_days(want.time_to_live)}"
    if found.keys != want.keys:
        raise WrongTable(f"{name} has the keys {found.keys}, not {want.keys}")
    if found == want:
        return "there, as it should be"
    options = TableOptions(want.time_to_live, want.max_version, None)
    _call("UpdateTable", lambda: client.update_table(name, options))
    return f"there; rows now live {_days(want.time_to_live)}"


def _probe(table: Table) -> list[tuple[str, str]]:
    return [(key, "probe") for key, _ in table.keys]


def _wait_until_ready(
    client: Any,
    name: str,
    table: Table,
    *,
    sleep: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    deadline = Deadline.after(READY_SECONDS, clock=time.monotonic)
    waited = False
    while deadline.left > 0:
        try:
            client.get_row(name, _probe(table))
        except OTSServiceError as error:
            if error.http_status < 500 and error.code not in ("OTSTableNotReady",):
                raise
            if not waited:
                say(f"{name}: waiting until it answers ...")
            waited = True
            sleep(PAUSE_SECONDS)
            continue
        return
    raise TimeoutError(f"{name} does not answer after {READY_SECONDS:.0f} s; run this again")


def _days(seconds: int) -> str:
    return f"{seconds // 86_400} days" if seconds > 0 else "for good"
