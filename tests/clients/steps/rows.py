"""PutRow, UpdateRow and DeleteRow: what they change, return and cost."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import PYTHON, Step, invalid, lacks, row, step

NO_AFTER_MODIFY = lacks(PYTHON, "it cannot ask for the row as it is after the write")


def steps(now: int) -> list[Step]:
    key = [["pk", "a"]]

    def update(about: str, gives: Any, *changes: Any, **more: Any) -> Step:
        return step(about, "UpdateRow", gives, **{"key": key, "changes": changes, **more})

    def get(about: str, *columns: Any) -> Step:
        found = row(key, *columns)
        return step(about, "GetRow", {"row": found}, key=key)

    return [
        step("a new row", "PutRow", {"row": None, "consumed": [0, 1]}, key=key, columns=[["a", 1]]),
        step(
            "the key of what was put",
            "PutRow",
            {"row": row(key), "consumed": [0, 1]},
            key=key,
            columns=[["b", 2]],
            returned="PK",
        ),
        get("only what was put last", ["b", 2]),
        update("columns beside it", {"row": None}, ["PUT", "c", "x"], ["PUT", "d", b"\1"]),
        update("a column gone", {"row": None}, ["DELETE_ALL", "c"], ["PUT", "e", True]),
        get("columns changed", ["b", 2], ["d", b"\1"], ["e", True]),
        update("a counter", {"row": None}, ["INCREMENT", "n", 5]),
        update("a counter back", {"row": None}, ["INCREMENT", "n", -7]),
        get("a counter below zero", ["b", 2], ["d", b"\1"], ["e", True], ["n", -2]),
        update(
            "a counter and its value",
            {"row": row(key, ["n", 1])},
            ["INCREMENT", "n", 3],
            returned="AFTER_MODIFY",
            returned_columns=["n"],
            differs=NO_AFTER_MODIFY,
        ),
        update("the key alone", {"row": row(key)}, ["PUT", "b", 3], returned="PK"),
        update("a text counted", invalid(NOT_COUNTED), ["INCREMENT", "e", 1]),
        update("a counter's end", {"row": None}, ["PUT", "n", 2**63 - 1]),
        update("a counter beyond its end", invalid(TOO_FAR), ["INCREMENT", "n", 1]),
        update("no change", invalid("Attribute column is missing.")),
        update("a new row by UpdateRow", {"row": None}, ["INCREMENT", "n", 1], key=[["pk", "b"]]),
        step("a new row", "GetRow", {"row": row([["pk", "b"]], ["n", 1])}, key=[["pk", "b"]]),
        step("its key", "DeleteRow", {"row": row(key)}, key=key, returned="PK"),
        step("a row gone", "GetRow", {"row": None, "consumed": [1, 0]}, key=key),
        step("a row that is not there", "DeleteRow", {"row": None, "consumed": [0, 1]}, key=key),
        *_units(),
    ]


def _units() -> list[Step]:
    """Two units are 4 KB and something; the key is 3 bytes, the column's name 1."""
    key = [["pk", "u"]]

    def both(size: int, units: int) -> list[Step]:
        columns = [["c", "x" * size]]
        return [
            step(f"{size} bytes", "PutRow", {"consumed": [0, units]}, key=key, columns=columns),
            step(f"{size} bytes", "GetRow", {"consumed": [units, 0]}, key=key),
        ]

    return [*both(4092, 1), *both(4093, 2), *both(8189, 3)]


NOT_COUNTED = "Invalid increment: column 'e' is not an INTEGER."
TOO_FAR = "Invalid increment: column 'n' overflows."
