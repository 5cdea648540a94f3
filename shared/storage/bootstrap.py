"""Create the tables, or check that they are as tables.py says; safe to repeat."""

from __future__ import annotations

import time
from collections.abc import Callable
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
    existing = set(_call("ListTable", client.list_table))
    for table in ALL:
        name = table.name(prefix)
        if name in existing:
            say(f"{name}: {_check(client, name, table)}")
        else:
            _create(client, name, table)
            say(f"{name}: created, rows live {_days(table.time_to_live)}")
    for table in ALL:
        _wait_until_ready(client, table.name(prefix), table, sleep=sleep, say=say)


def _call(operation: str, request: Callable[[], Any]) -> Any:
    deadline = Deadline.after(REQUEST_SECONDS, clock=time.monotonic)
    return call(operation, request, repeatable=True, deadline=deadline)


def _create(client: Any, name: str, table: Table) -> None:
    meta = TableMeta(name, list(table.keys))
    options = TableOptions(table.time_to_live, 1)
    throughput = ReservedThroughput(CapacityUnit(0, 0))
    _call("CreateTable", lambda: client.create_table(meta, options, throughput))


def _check(client: Any, name: str, table: Table) -> str:
    found = _call("DescribeTable", lambda: client.describe_table(name))
    keys = tuple((key[0], key[1]) for key in found.table_meta.schema_of_primary_key)
    if keys != table.keys:
        raise WrongTable(f"{name} has the keys {keys}, not {table.keys}")
    if found.table_options.time_to_live == table.time_to_live:
        return "there, as it should be"
    options = TableOptions(table.time_to_live, 1, None)
    _call("UpdateTable", lambda: client.update_table(name, options))
    return f"there; rows now live {_days(table.time_to_live)}"


def _wait_until_ready(
    client: Any,
    name: str,
    table: Table,
    *,
    sleep: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    probe = [(key, "probe") for key, _ in table.keys]
    deadline = Deadline.after(READY_SECONDS, clock=time.monotonic)
    waited = False
    while deadline.left > 0:
        try:
            client.get_row(name, probe)
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
