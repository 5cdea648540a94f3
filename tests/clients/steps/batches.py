"""BatchWriteRow and BatchGetRow, whose rows stand and fall alone; and keys that are filled in."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import NO_TABLE, Step, invalid, row, step
from tests.clients.steps.conditions import column
from tests.clients.steps.rows import NO_AFTER_MODIFY
from tests.clients.wire import AUTO_INCREMENT

FAILED = {"error": ["OTSConditionCheckFail", "Condition check failed."]}


def write(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "key": [["pk", name]], **more}


def put(name: str, **more: Any) -> dict[str, Any]:
    return write("PUT", name, **{"columns": [["c", 1]], **more})


def found(name: str, *columns: Any) -> dict[str, Any]:
    return {"row": row([["pk", name]], *columns), "consumed": [1, 0]}


def steps() -> list[Step]:
    done, returned = ({"row": shown, "consumed": [0, 1]} for shown in (None, row([["pk", "p1"]])))
    checked = {"row": None, "consumed": [1, 1]}
    missing = {"row": None, "consumed": [1, 0]}
    two = column("c", "EQUAL", 2)
    return [
        _writes(
            "several rows",
            [[returned, done, done], [done], [done]],
            put("p1", returned="PK"),
            put("p2"),
            put("p3", columns=[["c", 2], ["d", "x"]]),
            write("UPDATE", "u1", changes=[["PUT", "c", 5], ["INCREMENT", "n", 1]]),
            write("DELETE", "u2"),
        ),
        _writes(
            "some that fail",
            [[checked, FAILED], [checked, FAILED], [FAILED]],
            put("p4", existence="EXPECT_NOT_EXIST"),
            put("p1", existence="EXPECT_NOT_EXIST"),
            write("UPDATE", "p3", changes=[["PUT", "e", True]], condition=two),
            write("UPDATE", "p2", changes=[["PUT", "e", True]], condition=two),
            write("DELETE", "nowhere", existence="EXPECT_EXIST"),
        ),
        _reads(
            "rows, and one that is not there",
            [
                found("p3", ["c", 2], ["d", "x"], ["e", True]),
                missing,
                found("u1", ["c", 5], ["n", 1]),
            ],
            "p3",
            "nowhere",
            "u1",
        ),
        _writes(
            "counters and their values",
            [[], [{"row": row([["pk", "u1"]], ["n", 2]), "consumed": [0, 1]}, done], []],
            write(
                "UPDATE",
                "u1",
                changes=[["INCREMENT", "n", 1]],
                returned="AFTER_MODIFY",
                returned_columns=["n"],
            ),
            write("UPDATE", "u3", changes=[["INCREMENT", "n", 1]]),
            differs=NO_AFTER_MODIFY,
        ),
        _reads("chosen columns", [found("p3", ["d", "x"])], "p3", columns_to_get=["d"]),
        _reads("a filter", [missing, found("p3", ["c", 2])], "p2", "p3", filter=two, **ONLY_C),
        step(
            "two tables",
            "BatchGetRow",
            {"rows": [[found("p2", ["c", 1])], [missing]]},
            tables=[
                {"table": "rows", "wanted": [[["pk", "p2"]]]},
                {"table": "versions", "wanted": [[["pk", "p2"]]]},
            ],
        ),
        _reads("too many", invalid("Rows count exceeds the upper limit: 100."), *NAMES[:101]),
        _reads("as many as there may be", [missing] * 100, *NAMES[:100]),
        _writes("too many", invalid("Rows count exceeds the upper limit: 200."), *_deletes(201)),
        _writes("as many as there may be", [[], [], [done] * 200], *_deletes(200)),
        _writes(
            "one row twice", invalid("Duplicate rows detected in MultiPut."), put("t"), put("t")
        ),
        step(
            "a table that there is not",
            "BatchWriteRow",
            NO_TABLE,
            tables=[{"table": "nothing", "rows": [put("a")]}],
        ),
        *_filled_in(),
    ]


def _writes(about: str, gives: Any, *rows: Any, differs: Any = None) -> Step:
    answer = gives if isinstance(gives, dict) else {"rows": gives}
    tables = [{"table": "rows", "rows": list(rows)}]
    return step(about, "BatchWriteRow", answer, differs=differs, tables=tables)


def _reads(about: str, gives: Any, *names: str, **view: Any) -> Step:
    answer = gives if isinstance(gives, dict) else {"rows": [gives]}
    wanted = [[["pk", name]] for name in names]
    return step(about, "BatchGetRow", answer, tables=[{"table": "rows", "wanted": wanted, **view}])


def _deletes(count: int) -> list[Any]:
    return [write("DELETE", name) for name in NAMES[:count]]


def _filled_in() -> list[Step]:
    """The number is another one each time, so only the answer's being there can be said."""
    key = [["pk", "x"], ["n", AUTO_INCREMENT]]
    keys = [["pk", "STRING"], ["n", "INTEGER", "AUTO_INCREMENT"]]
    options = {"time_to_live": -1, "max_versions": 1}
    made = {"keys": keys, "options": options, "units": [0, 0]}

    def on(about: str, operation: str, gives: Any, **more: Any) -> Step:
        return step(about, operation, gives, table="filled", **more)

    return [
        on("a key that is filled in", "CreateTable", {}, **made),
        on("a key that is filled in", "PutRow", {"consumed": [0, 1]}, key=key, returned="PK"),
        on("so again", "PutRow", {"row": None, "consumed": [0, 1]}, key=key),
        on(
            "with a condition on the row",
            "PutRow",
            invalid(CONDITION),
            key=key,
            existence="EXPECT_EXIST",
        ),
        on(
            "read by what fills it in",
            "GetRow",
            invalid("PKAutoIncr can't be used for read operations."),
            key=key,
        ),
        on("them", "DeleteTable", {}),
    ]


NAMES = [f"many-{n:03}" for n in range(201)]
ONLY_C = {"columns_to_get": ["c"]}
CONDITION = "Invalid expect:EXPECT_EXIST when modify row with pk auto increment."
