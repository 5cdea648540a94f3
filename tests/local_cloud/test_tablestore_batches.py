"""Tablestore's stand-in: many rows in one request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from tablestore import (
    PK_AUTO_INCR,
    BatchGetRowRequest,
    BatchWriteRowRequest,
    ComparatorType,
    DeleteRowItem,
    OTSClient,
    PutRowItem,
    ReturnType,
    Row,
    SingleColumnCondition,
    TableInBatchGetRowItem,
    TableInBatchWriteRowItem,
    UpdateRowItem,
)

from tests.local_cloud.conftest import (
    StandIn,
    Table,
    exists,
    ignore,
    invalid,
    message,
    missing,
    refused,
)

MB = 1024 * 1024


def reading(*parts: tuple[Table, Iterable[Any]], **view: Any) -> BatchGetRowRequest:
    request = BatchGetRowRequest()
    for table, keys in parts:
        wanted = [table.key(*(key if isinstance(key, tuple) else (key,))) for key in keys]
        request.add(TableInBatchGetRowItem(table.name, wanted, **{"max_version": 1, **view}))
    return request


def writing(*parts: tuple[Table, list[Any]]) -> BatchWriteRowRequest:
    request = BatchWriteRowRequest()
    for table, items in parts:
        request.add(TableInBatchWriteRowItem(table.name, items))
    return request


def put(table: Table, *key: Any, condition: Any = None, **columns: Any) -> PutRowItem:
    return PutRowItem(Row(table.key(*key), list(columns.items())), condition or ignore())


def update(table: Table, *key: Any, condition: Any = None, **changes: Any) -> UpdateRowItem:
    return UpdateRowItem(Row(table.key(*key), changes), condition or ignore())


def delete(table: Table, *key: Any, condition: Any = None) -> DeleteRowItem:
    return DeleteRowItem(Row(table.key(*key)), condition or ignore())


def errors(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(row.error_code, row.error_message) for row in rows if not row.is_ok]


def test_rows_of_several_tables_are_read_in_the_order_asked_for(
    client: OTSClient, make_table: Any
) -> None:
    one, two = make_table(), make_table([("pk", "INTEGER")])
    one.put("a", c="x")
    two.put(1, c="y")
    answer = client.batch_get_row(reading((two, [2, 1]), (one, ["a"])))
    assert answer.is_all_succeed()
    absent, found = answer.get_result_by_table(two.name)
    assert (absent.row, found.row.attribute_columns[0][:2]) == (None, ("c", "y"))
    [row] = answer.get_result_by_table(one.name)
    assert (row.row.primary_key, row.consumed.read) == ([("pk", "a")], 1)


def test_a_table_of_a_batch_is_read_with_its_own_view(client: OTSClient, table: Table) -> None:
    table.put("a", c=1, d=1)
    table.put("b", c=2, d=2)
    only = SingleColumnCondition("c", 1, ComparatorType.EQUAL)
    view = {"columns_to_get": ["c"], "column_filter": only}
    answer = client.batch_get_row(reading((table, ["a", "b"]), **view))
    first, second = answer.get_result_by_table(table.name)
    assert [column[:2] for column in first.row.attribute_columns] == [("c", 1)]
    assert second.row is None


def test_writes_of_all_kinds_go_together(client: OTSClient, make_table: Any) -> None:
    one, two = make_table(), make_table()
    one.put("b", c=1)
    one.put("c", c=1)
    rows = [put(one, "a", c=2), update(one, "b", INCREMENT=[("c", 1)]), delete(one, "c")]
    answer = client.batch_write_row(writing((one, rows), (two, [put(two, "z", c=3)])))
    assert answer.is_all_succeed()
    assert [one.get(key) for key in "abc"] == [{"c": 2}, {"c": 2}, None]
    assert two.get("z") == {"c": 3}
    [written] = answer.get_update_by_table(one.name)
    assert (written.consumed.read, written.consumed.write) == (0, 1)


def test_a_row_that_fails_leaves_the_others_alone(client: OTSClient, table: Table) -> None:
    table.put("b", n="text")
    table.put("d", n="text")
    wrong = SingleColumnCondition("n", "other", ComparatorType.EQUAL)
    rows = [
        put(table, "a", c=1, condition=exists()),
        put(table, "b", c=1, condition=missing()),
        update(table, "c", PUT=[("c", 1)]),
        delete(table, "d", condition=exists(wrong)),
        put(table, "e", c=1),
    ]
    answer = client.batch_write_row(writing((table, rows)))
    failed = ("OTSConditionCheckFail", "Condition check failed.")
    assert errors(answer.get_put_by_table(table.name)) == [failed, failed]
    assert errors(answer.get_delete_by_table(table.name)) == [failed]
    found = [table.get(key) for key in "abcde"]
    assert found == [None, {"n": "text"}, {"c": 1}, {"n": "text"}, {"c": 1}]


def test_a_row_that_cannot_be_changed_so_fails_alone(client: OTSClient, table: Table) -> None:
    table.put("b", n="text")
    rows = [update(table, "b", INCREMENT=[("n", 1)]), put(table, "c")]
    answer = client.batch_write_row(writing((table, rows)))
    text = "Invalid increment: column 'n' is not an INTEGER."
    assert errors(answer.get_update_by_table(table.name)) == [("OTSParameterInvalid", text)]
    assert table.get("c") == {}


def test_a_key_of_another_table_fails_alone(client: OTSClient, table: Table) -> None:
    table.put("a")
    other = Table(client, table.name, [("other",)])
    failed = [("OTSInvalidPK", "Validate PK name fail. Input: other, Meta: pk.")]
    written = client.batch_write_row(writing((table, [put(other, "x"), put(table, "b")])))
    assert errors(written.get_put_by_table(table.name)) == failed
    request = BatchGetRowRequest()
    keys = [other.key("x"), table.key("b")]
    request.add(TableInBatchGetRowItem(table.name, keys, max_version=1))
    read = client.batch_get_row(request).get_result_by_table(table.name)
    assert (errors(read), read[1].row.primary_key) == (failed, [("pk", "b")])


def test_a_batch_returns_the_numbers_it_filled_in(client: OTSClient, make_table: Any) -> None:
    table = make_table([("pk", "STRING"), ("id", "INTEGER", PK_AUTO_INCR)])
    rows = [put(table, "a", PK_AUTO_INCR, c=value) for value in range(3)]
    for row in rows:
        row.return_type = ReturnType.RT_PK
    answer = client.batch_write_row(writing((table, rows)))
    numbers = [dict(row.row.primary_key)["id"] for row in answer.get_put_by_table(table.name)]
    assert numbers == sorted(set(numbers))
    assert table.scan() == [("a", number) for number in numbers]


@pytest.mark.parametrize(
    ("operation", "limit", "batch"),
    [
        ("batch_get_row", 100, lambda table, keys: reading((table, keys))),
        (
            "batch_write_row",
            200,
            lambda table, keys: writing((table, [put(table, key) for key in keys])),
        ),
    ],
    ids=["get", "write"],
)
def test_too_many_rows_are_refused(table: Table, operation: str, limit: int, batch: Any) -> None:
    send = getattr(table.client, operation)
    names = [f"row{number:03}" for number in range(limit + 1)]
    with invalid(f"Rows count exceeds the upper limit: {limit}."):
        send(batch(table, names))
    assert table.scan() == []
    assert send(batch(table, names[:limit])).is_all_succeed()


def test_the_rows_of_all_tables_count(client: OTSClient, make_table: Any) -> None:
    parts = [
        (table, [f"{number}" for number in range(51)]) for table in (make_table(), make_table())
    ]
    with invalid("Rows count exceeds the upper limit: 100."):
        client.batch_get_row(reading(*parts))


def test_too_much_data_is_refused(client: OTSClient, table: Table) -> None:
    rows = [put(table, key, c="x" * MB) for key in "abcd"]
    with invalid(
        "The total data size of BatchWriteRow request exceeds the limit, limit size: 4194304, "
        "data size: 4194320."
    ):
        client.batch_write_row(writing((table, rows)))
    assert table.scan() == []


def test_a_row_cannot_stand_twice(client: OTSClient, table: Table) -> None:
    whatever = ignore(SingleColumnCondition("c", 1, ComparatorType.EQUAL))
    expected = update(table, "a", condition=exists(), PUT=[("c", 2)])
    conditional = update(table, "a", condition=whatever, PUT=[("c", 2)])
    for second, text in [
        (put(table, "a"), "Duplicate rows detected in MultiPut."),
        (
            expected,
            "Repeated rows do not support row exist expectation check in BatchModify.",
        ),
        (conditional, "Repeated rows do not support row condition check in BatchModify."),
    ]:
        with invalid(text):
            client.batch_write_row(writing((table, [put(table, "a"), put(table, "b"), second])))
    assert table.scan() == []


def test_a_row_can_be_put_changed_and_deleted_at_once(client: OTSClient, table: Table) -> None:
    rows = [put(table, "a", c=1), update(table, "a", PUT=[("c", 2)]), delete(table, "a")]
    assert client.batch_write_row(writing((table, rows))).is_all_succeed()
    assert table.get("a") is None


def test_a_batch_without_rows_is_refused(client: OTSClient, make_table: Any) -> None:
    one, two = make_table(), make_table()
    with invalid("No row is specified in BatchWriteRow."):
        client.batch_write_row(writing())
    with invalid(f"No operation is specified for table: '{two.name}'."):
        client.batch_write_row(writing((one, [put(one, "a")]), (two, [])))
    with invalid("No row specified in the request of BatchGetRow."):
        client.batch_get_row(reading())
    assert one.scan() == []


@pytest.mark.parametrize("operation", ["BatchGetRow", "BatchWriteRow"])
def test_a_table_cannot_stand_twice(stand_in: StandIn, table: Table, operation: str) -> None:
    batch = reading((table, ["a"])) if "Get" in operation else writing((table, [put(table, "a")]))
    request = message(operation, batch)
    request.tables.append(request.tables[0])
    error = stand_in.post(operation, request.SerializeToString()).error
    assert error == (400, "OTSParameterInvalid", f"Duplicated table name: '{table.name}'.")


def test_one_missing_table_refuses_the_batch(client: OTSClient, table: Table) -> None:
    nowhere = Table(client, "nowhere", table.keys)
    gone = (404, "OTSObjectNotExist", "Requested table does not exist.")
    with refused(*gone):
        client.batch_write_row(writing((table, [put(table, "a")]), (nowhere, [put(nowhere, "a")])))
    with refused(*gone):
        client.batch_get_row(reading((table, ["a"]), (nowhere, ["a"])))
    assert table.scan() == []


def test_a_wrong_row_refuses_the_batch(client: OTSClient, table: Table) -> None:
    with invalid("Invalid column name: '#c'."):
        client.batch_write_row(writing((table, [put(table, "a"), put(table, "b", **{"#c": 1})])))
    with invalid("No version condition is specified while querying row."):
        client.batch_get_row(reading((table, ["a"]), max_version=None))
    assert table.scan() == []
