"""Keys and columns that fit no table or not this one."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import NO_TABLE, Step, error, invalid, step
from tests.clients.wire import INF_MIN


def wrong(what: str, given: Any, meta: Any) -> dict[str, Any]:
    text = f"Validate PK {what} fail. Input: {given}, Meta: {meta}."
    return error(400, "OTSInvalidPK", text)


def steps(now: int) -> list[Step]:
    def put(about: str, gives: Any, **more: Any) -> Step:
        given = {"key": [["pk", "a"]], "columns": [["c", 1]], **more}
        return step(about, "PutRow", gives, **given)

    too_long = "The length of primary key column: 'pk' exceeds the MaxLength:1024 with "
    doubled = "Duplicated attribute column name with primary key column: 'pk'."
    many = [[f"c{n}", 1] for n in range(1025)]
    return [
        put("another key's name", wrong("name", "id", "pk"), key=[["id", "a"]]),
        put("an INTEGER for a STRING", wrong("type", "VT_INTEGER", "VT_STRING"), key=[["pk", 1]]),
        put("bytes for a STRING", wrong("type", "VT_BLOB", "VT_STRING"), key=[["pk", b"a"]]),
        put("two key columns for one", wrong("size", 2, 1), key=[["pk", "a"], ["b", 1]]),
        put("no key column", NO_KEY, key=[]),
        put("too long a key", invalid(f"{too_long}CurrentLength:1025."), key=[["pk", "k" * 1025]]),
        put("a column named like the key", invalid(doubled), columns=[["pk", 1]]),
        put("too long a column name", TOO_LONG, columns=[["c" * 256, 1]]),
        put("1,025 columns", TOO_MANY, columns=many),
        put("more than 4 MB", TOO_MUCH, columns=[["a", THIRD], ["b", THIRD], ["c", THIRD]]),
        put("more than 5 MB", LARGE, columns=[[name, THIRD] for name in "abcd"]),
        put("a table that there is not", NO_TABLE, table="nothing"),
        step("a table that there is not", "GetRow", NO_TABLE, table="nothing", key=[["pk", "a"]]),
        step(
            "another key's name",
            "GetRow",
            wrong("name", "id", "pk"),
            key=[["id", "a"]],
        ),
        step("an end of a range", "GetRow", ENDLESS, key=[["pk", INF_MIN]]),
        step("another key's name", "DeleteRow", wrong("name", "id", "pk"), key=[["id", "a"]]),
    ]


ENDLESS = invalid("VT_INF_MIN is an invalid type for the primary key.")
NO_KEY = invalid("Cell data broken, no PK follow PKTag.")
TOO_LONG = invalid(f"Invalid column name: '{'c' * 256}'.")
TOO_MANY = invalid(
    "The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025."
)
THIRD = b"x" * 1_400_000
TOO_MUCH = invalid(
    "The total data size of PutRow request exceeds the limit, limit size: 4194304, "
    "data size: 4200006."
)
LARGE = error(413, "OTSRequestBodyTooLarge", "The size of POST data is too large.")
