"""Tablestore's stand-in: many clients at once, failures on demand, and a restart."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import urllib3
from tablestore import (
    PK_AUTO_INCR,
    BatchWriteRowRequest,
    CapacityUnit,
    ComparatorType,
    OTSServiceError,
    PutRowItem,
    ReservedThroughput,
    Row,
    SingleColumnCondition,
    TableInBatchWriteRowItem,
    TableMeta,
    TableOptions,
)

from tests.local_cloud.conftest import StandIn, Table, exists, missing, succeeds

THREADS = 16


def at_once(times: int, action: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(action, range(times)))


def test_every_increment_counts(table: Table) -> None:
    at_once(200, lambda _: table.update("a", INCREMENT=[("n", 1)]))
    assert table.get("a") == {"n": 200}


def test_one_of_many_creates_the_row(table: Table) -> None:
    won = at_once(60, lambda n: succeeds(lambda: table.put("a", condition=missing(), n=n)))
    assert won.count(True) == 1
    assert table.get("a") == {"n": won.index(True)}


def test_an_increment_with_a_limit_stops_at_it(table: Table) -> None:
    table.put("a", n=0)
    below = exists(SingleColumnCondition("n", 7, ComparatorType.LESS_THAN))
    won = at_once(
        60,
        lambda _: succeeds(lambda: table.update("a", condition=below, INCREMENT=[("n", 1)])),
    )
    assert won.count(True) == 7
    assert table.get("a") == {"n": 7}


def test_numbers_are_filled_in_once(make_table: Any) -> None:
    table = make_table([("pk", "STRING"), ("id", "INTEGER", PK_AUTO_INCR)])
    at_once(60, lambda n: table.put("a", PK_AUTO_INCR, n=n))
    assert len(table.scan()) == 60


@pytest.mark.parametrize(
    ("effect", "error", "written"),
    [
        ("error:OTSServerBusy", OTSServiceError, False),
        ("drop", urllib3.exceptions.HTTPError, False),
        ("drop_after", urllib3.exceptions.HTTPError, True),
    ],
)
def test_a_request_fails_on_demand(
    stand_in: StandIn, table: Table, effect: str, error: Any, written: bool
) -> None:
    stand_in.faults.add({"service": "tablestore", "operation": "PutRow", "effect": effect})
    with pytest.raises(error):
        table.put("a")
    assert (table.get("a") is not None) is written
    table.put("a")


@pytest.mark.parametrize(
    ("code", "status"),
    [("OTSServerBusy", 503), ("OTSTimeout", 503), ("OTSRowOperationConflict", 409)],
)
def test_an_error_on_demand_has_its_status(
    stand_in: StandIn, table: Table, code: str, status: int
) -> None:
    stand_in.faults.add({"service": "tablestore", "effect": f"error:{code}"})
    with pytest.raises(OTSServiceError) as caught:
        table.get("a")
    assert (caught.value.get_error_code(), caught.value.get_http_status()) == (code, status)


def test_one_row_of_a_batch_fails_on_demand(stand_in: StandIn, make_table: Any) -> None:
    effect = "partial:2:OTSServerBusy"
    stand_in.faults.add({"service": "tablestore", "operation": "BatchWriteRow", "effect": effect})
    tables, request = [make_table(), make_table()], BatchWriteRowRequest()
    for table in tables:
        rows = [PutRowItem(Row(table.key(key), []), None) for key in "ab"]
        request.add(TableInBatchWriteRowItem(table.name, rows))
    [failed] = tables[0].client.batch_write_row(request).get_failed_of_put()
    assert (failed.error_code, failed.error_message) == ("OTSServerBusy", "Server is busy.")
    assert [table.scan() for table in tables] == [[("a",), ("b",)], [("b",)]]


def everything(stand_in: StandIn) -> Any:
    """Return all that the stand-in's one table says of itself and holds."""
    client = stand_in.client()
    [name] = client.list_table()
    found = client.describe_table(name)
    table = Table(client, name, found.table_meta.schema_of_primary_key)
    rows = [(key, table.versions(*key)) for key in table.scan()]
    return name, table.keys, found.table_meta.defined_columns, vars(found.table_options), rows


def test_a_restart_keeps_tables_and_rows(tmp_path: Path) -> None:
    keys = [("pk", "BINARY"), ("id", "INTEGER")]
    with StandIn(file=tmp_path / "tables.db") as first:
        first.client().create_table(
            TableMeta("kept", keys, [("d", "DOUBLE")]),
            TableOptions(86_400, 3, 1000),
            ReservedThroughput(CapacityUnit(0, 0)),
        )
        table = Table(first.client(), "kept", keys)
        for value in (1, -0.5, True, "验证码", bytearray(b"\0\xff")):
            table.update(bytearray(b"\0"), 2**63 - 1, PUT=[("c", value)])
            table.put(bytearray(b"\xff"), -1, c=value)
        before = everything(first)
    with StandIn(file=tmp_path / "tables.db") as second:
        assert everything(second) == before
    assert [len(versions) for _, versions in before[-1]] == [3, 1]
