"""Tablestore's stand-in: writing, reading and deleting one row."""

from __future__ import annotations

from typing import Any

import pytest
import tablestore.protobuf.table_store_pb2 as pb
from tablestore import ReturnType, Row
from tablestore.decoder import OTSProtoBufferDecoder

from tests.local_cloud.conftest import (
    StandIn,
    Table,
    condition_failed,
    exists,
    ignore,
    invalid,
    message,
    missing,
)

SMALLEST, LARGEST = -(2**63), 2**63 - 1

VALUES = [
    *(0, -1, SMALLEST, LARGEST),
    *(0.0, -1.5, 5e-324, 1.7976931348623157e308),
    *(True, False),
    *("", "text", "验证码 😀", "a\0b\n"),
    *(bytearray(), bytearray(range(256))),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was_put(table: Table, value: Any) -> None:
    table.put("a", c=value)
    found = table.get("a")["c"]
    assert (found, type(found)) == (value, type(value))


def test_a_put_replaces_the_whole_row(table: Table) -> None:
    table.put("a", old=1, both=1)
    table.put("a", both=2, new=2)
    assert table.get("a") == {"both": 2, "new": 2}


def test_an_update_changes_only_the_columns_it_names(table: Table) -> None:
    table.put("a", kept=1, changed=1, dropped=1)
    table.update("a", PUT=[("changed", 2), ("new", 2)], DELETE_ALL=["dropped"])
    assert table.get("a") == {"kept": 1, "changed": 2, "new": 2}


def test_an_update_creates_a_row_unless_it_only_deletes(table: Table) -> None:
    table.update("a", PUT=[("c", 1)])
    table.update("b", DELETE_ALL=["c"])
    assert (table.get("a"), table.get("b")) == ({"c": 1}, None)


def test_a_row_outlives_its_columns_and_ends_with_its_deletion(table: Table) -> None:
    table.put("a", c=1)
    table.update("a", DELETE_ALL=["c"])
    assert table.get("a") == {}
    table.delete("a")
    assert table.get("a") is None
    table.delete("a")


@pytest.mark.parametrize("write", ["put", "update", "delete"])
def test_a_write_that_expects_a_row_is_refused_without_one(table: Table, write: str) -> None:
    changes = {"update": {"PUT": [("c", 2)]}, "put": {"c": 2}, "delete": {}}[write]
    with condition_failed():
        getattr(table, write)("a", condition=exists(), **changes)
    assert table.get("a") is None
    table.put("a", c=1)
    getattr(table, write)("a", condition=exists(), **changes)
    assert table.get("a") == (None if write == "delete" else {"c": 2})


@pytest.mark.parametrize("write", ["put", "update"])
def test_a_write_that_expects_no_row_is_refused_with_one(table: Table, write: str) -> None:
    changes = {"update": {"PUT": [("c", 2)]}, "put": {"c": 2}}[write]
    getattr(table, write)("a", condition=missing(), **changes)
    with condition_failed():
        getattr(table, write)("a", condition=missing(), **changes)
    assert table.get("a") == {"c": 2}


def test_increments_add_up_from_nothing_and_other_columns_go_beside_them(table: Table) -> None:
    table.update("a", INCREMENT=[("n", 5)])
    table.update("a", INCREMENT=[("n", -7), ("m", LARGEST)], PUT=[("c", "x")])
    assert table.get("a") == {"n": -2, "m": LARGEST, "c": "x"}


@pytest.mark.parametrize(
    ("held", "changes", "message"),
    [
        (LARGEST, {"INCREMENT": [("n", 1)]}, "Invalid increment: column 'n' overflows."),
        (SMALLEST, {"INCREMENT": [("n", -1)]}, "Invalid increment: column 'n' overflows."),
        ("1", {"INCREMENT": [("n", 1)]}, "Invalid increment: column 'n' is not an INTEGER."),
        (1.0, {"INCREMENT": [("n", 1)]}, "Invalid increment: column 'n' is not an INTEGER."),
        (True, {"INCREMENT": [("n", 1)]}, "Invalid increment: column 'n' is not an INTEGER."),
        (
            1,
            {"INCREMENT": [("n", 1)], "PUT": [("n", 1)]},
            "Duplicated attribute column name: 'n'.",
        ),
        (1, {"INCREMENT": [("n", 1), ("n", 1)]}, "Duplicated attribute column name: 'n'."),
        (
            1,
            {"INCREMENT": [("n", 0.5)]},
            "Invalid cell: n. Reason: only INTEGER can be incremented.",
        ),
    ],
)
def test_a_wrong_increment_is_refused_and_changes_nothing(
    table: Table, held: Any, changes: Any, message: str
) -> None:
    table.put("a", n=held)
    with invalid(message):
        table.update("a", **{"PUT": [("c", 1)], **changes})
    assert table.get("a") == {"n": held}


def test_writes_return_the_key_when_asked(table: Table) -> None:
    returned = table.update("a", returned=ReturnType.RT_PK, PUT=[("c", 1)])[1]
    assert (returned.primary_key, returned.attribute_columns) == ([("pk", "a")], [])
    assert table.update("a", PUT=[("c", 1)])[1] is None


def increment_and_return(stand_in: StandIn, table: Table, return_type: int, *names: str) -> Any:
    """Increment n and m; the Python SDK alone cannot ask for the new values."""
    row = Row(table.key("a"), {"PUT": [("c", 1)], "INCREMENT": [("n", 2), ("m", 3)]})
    request = message("UpdateRow", table.name, row, ignore(), None, None)
    request.return_content.return_type = return_type
    request.return_content.return_column_names.extend(names)
    return stand_in.post("UpdateRow", request.SerializeToString())


def test_an_increment_returns_the_new_value_when_asked(stand_in: StandIn, table: Table) -> None:
    table.put("a", n=40)
    answer = increment_and_return(stand_in, table, pb.RT_AFTER_MODIFY, "n")
    row = OTSProtoBufferDecoder("utf8").decode_response("UpdateRow", answer.body, "")[0][1]
    assert row.primary_key == [("pk", "a")]
    assert [column[:2] for column in row.attribute_columns] == [("n", 42)]


@pytest.mark.parametrize(("kind", "name"), [(pb.RT_AFTER_MODIFY, "c"), (pb.RT_PK, "n")])
def test_only_what_is_incremented_can_be_returned(
    stand_in: StandIn, table: Table, kind: int, name: str
) -> None:
    answer = increment_and_return(stand_in, table, kind, name)
    assert answer.error == (400, "OTSParameterInvalid", f"Invalid return column: '{name}'.")
    assert table.get("a") is None


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ({"columns_to_get": ["b", "d"]}, {"b": 2, "d": 4}),
        ({"columns_to_get": ["b", "nothing", "b"]}, {"b": 2}),
        ({"columns_to_get": ["pk"]}, {}),
        ({"columns_to_get": ["pk", "c"]}, {"c": 3}),
        ({"columns_to_get": ["nothing"]}, None),
        ({"start_column": "b"}, {"b": 2, "c": 3, "d": 4}),
        ({"end_column": "c"}, {"a": 1, "b": 2}),
        ({"start_column": "b", "end_column": "d"}, {"b": 2, "c": 3}),
        ({"start_column": "b", "columns_to_get": ["a", "c"]}, {"c": 3}),
    ],
)
def test_a_read_shows_the_columns_it_asks_for(table: Table, view: Any, shown: Any) -> None:
    table.put("a", d=4, b=2, a=1, c=3)
    assert table.get("a", **view) == shown


def test_columns_come_in_the_order_of_their_names(table: Table) -> None:
    table.put("a", b=1, a=1, _=1, B=1)
    assert list(table.get("a")) == ["B", "_", "a", "b"]
