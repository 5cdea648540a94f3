"""Tablestore's stand-in: primary keys, and numbers that the service fills in."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import INF_MAX, INF_MIN, PK_AUTO_INCR, ReturnType, Row

from tests.local_cloud.conftest import Table, exists, ignore, invalid, missing, refused

SMALLEST, LARGEST = -(2**63), 2**63 - 1

ROW_OPERATIONS = {
    "put": lambda table, *key: table.put(*key, c=1),
    "update": lambda table, *key: table.update(*key, PUT=[("c", 1)]),
    "delete": lambda table, *key: table.delete(*key),
    "get": lambda table, *key: table.get(*key),
    "scan": lambda table, *key: table.scan(key, [INF_MAX] * len(key)),
}


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        (["STRING"], [""]),
        (["STRING"], ["验证码\0 😀"]),
        (["STRING"], ["a" * 1024]),
        (["INTEGER"], [SMALLEST]),
        (["INTEGER"], [LARGEST]),
        (["BINARY"], [bytearray(range(256))]),
        (["INTEGER", "STRING"], [0, "a"]),
        (["BINARY", "STRING", "INTEGER"], [bytearray(), "", -1]),
        (["STRING", "BINARY", "INTEGER", "STRING"], ["", bytearray(b"\0"), 1, "b"]),
    ],
)
def test_a_row_is_found_by_its_whole_key(make_table: Any, keys: Any, values: Any) -> None:
    table = make_table([(f"k{number}", kind) for number, kind in enumerate(keys)])
    table.put(*values, c="here")
    found = table.read(*values)[1].primary_key
    assert found == table.key(*values)
    assert [type(value) for _, value in found] == [type(value) for value in values]
    other = {str: "z", int: 7, bytearray: bytearray(b"z")}[type(values[-1])]
    assert table.get(*values[:-1], other) is None


@pytest.mark.parametrize("operation", ROW_OPERATIONS)
@pytest.mark.parametrize(
    ("keys", "values", "message"),
    [
        (["pk"], ["a"], "Validate PK size fail. Input: 1, Meta: 2."),
        (["pk", "id", "x"], ["a", 1, 1], "Validate PK size fail. Input: 3, Meta: 2."),
        (["id", "pk"], [1, "a"], "Validate PK name fail. Input: id, Meta: pk."),
        (["PK", "id"], ["a", 1], "Validate PK name fail. Input: PK, Meta: pk."),
        (["pk", "id"], ["a", "1"], "Validate PK type fail. Input: VT_STRING, Meta: VT_INTEGER."),
        (["pk", "id"], [1, 1], "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING."),
        (
            ["pk", "id"],
            [bytearray(b"a"), 1],
            "Validate PK type fail. Input: VT_BLOB, Meta: VT_STRING.",
        ),
    ],
)
def test_a_key_that_is_not_the_tables_is_refused(
    make_table: Any, operation: str, keys: Any, values: Any, message: str
) -> None:
    table = make_table([("pk", "STRING"), ("id", "INTEGER")])
    asked = Table(table.client, table.name, [(name,) for name in keys])
    with refused(400, "OTSInvalidPK", message):
        ROW_OPERATIONS[operation](asked, *values)
    assert table.scan() == []


@pytest.mark.parametrize("operation", ["put", "update", "delete", "get"])
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (INF_MIN, "VT_INF_MIN"),
        (INF_MAX, "VT_INF_MAX"),
    ],
)
def test_an_end_of_all_ranges_is_no_key(
    table: Table, operation: str, value: Any, kind: str
) -> None:
    with invalid(f"{kind} is an invalid type for the primary key."):
        ROW_OPERATIONS[operation](table, value)


@pytest.fixture
def numbered(make_table: Any) -> Table:
    """A table whose second key column the service fills in."""
    table: Table = make_table([("pk", "STRING"), ("id", "INTEGER", PK_AUTO_INCR)])
    return table


def test_the_service_fills_in_rising_numbers(numbered: Table) -> None:
    for value in range(3):
        numbered.put("a", PK_AUTO_INCR, c=value)
    rows = numbered.scan()
    assert [numbered.get(*key) for key in rows] == [{"c": 0}, {"c": 1}, {"c": 2}]
    row = Row(numbered.key("a", PK_AUTO_INCR), [])
    returned = numbered.client.put_row(numbered.name, row, ignore(), ReturnType.RT_PK)[1]
    assert dict(returned.primary_key)["id"] > rows[-1][1]


def test_a_numbered_row_is_changed_by_its_number(numbered: Table) -> None:
    numbered.put("a", PK_AUTO_INCR, c=1)
    [key] = numbered.scan()
    numbered.update(*key, condition=exists(), PUT=[("c", 2)])
    assert numbered.get(*key) == {"c": 2}
    numbered.delete(*key)
    assert numbered.scan() == []


AUTO = "when modify row with pk auto increment."


@pytest.mark.parametrize(
    ("operation", "key", "condition", "message"),
    [
        ("put", PK_AUTO_INCR, exists(), f"Invalid expect:EXPECT_EXIST {AUTO}"),
        ("put", PK_AUTO_INCR, missing(), f"Invalid expect:EXPECT_NOT_EXIST {AUTO}"),
        (
            "put",
            1,
            missing(),
            "Invalid expect: EXPECT_NOT_EXIST when modify a specific row for table with pk auto "
            "increment.",
        ),
        (
            "delete",
            PK_AUTO_INCR,
            ignore(),
            "Invalid row to delete which with pk auto increment.",
        ),
    ],
)
def test_a_number_that_is_still_to_come_fits_no_condition(
    numbered: Table, operation: str, key: Any, condition: Any, message: str
) -> None:
    with invalid(message):
        getattr(numbered, operation)("a", key, condition=condition)
    assert numbered.scan() == []


def test_a_row_cannot_be_read_by_a_number_that_is_still_to_come(numbered: Table) -> None:
    with invalid("PKAutoIncr can't be used for read operations."):
        numbered.get("a", PK_AUTO_INCR)


def test_only_a_numbered_table_takes_numbers_from_the_service(make_table: Any) -> None:
    table = make_table([("pk", "STRING"), ("id", "INTEGER")])
    with invalid("VT_AUTO_INCREMENT is an invalid type for the primary key."):
        table.put("a", PK_AUTO_INCR)
