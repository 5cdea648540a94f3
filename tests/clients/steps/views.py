"""What GetRow shows: chosen columns, a range of names, pages and filters."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import PYTHON, Step, invalid, lacks, row, step
from tests.clients.steps.conditions import column, together

KEY = [["pk", "wide"]]
COLUMNS = [["a", 1], ["b", 2], ["c", 3], ["d", 4]]
NO_PAGES = lacks(PYTHON, "it has no filter for pages of columns")


def steps(now: int) -> list[Step]:
    def get(about: str, *names: str, differs: Any = None, **view: Any) -> Step:
        columns = [cell for cell in COLUMNS if cell[0] in names]
        gives = {"row": row(KEY, *columns), "consumed": [1, 0]}
        return step(about, "GetRow", gives, key=KEY, differs=differs, **view)

    def hidden(about: str, **view: Any) -> Step:
        return step(about, "GetRow", {"row": None, "consumed": [1, 0]}, key=KEY, **view)

    right, wrong = column("a", "EQUAL", 1), column("b", "LESS_THAN", 2)
    missing = column("x", "EQUAL", 1, pass_if_missing=False)
    return [
        step("four columns", "PutRow", {"row": None}, key=KEY, columns=COLUMNS),
        get("all columns", "a", "b", "c", "d"),
        get("chosen columns", "a", "c", columns_to_get=["c", "a", "x"]),
        get("a key column alone", columns_to_get=["pk"]),
        hidden("a column that it does not have", columns_to_get=["x"]),
        get("from a name", "b", "c", "d", start_column="b"),
        get("to a name, which is left out", "a", "b", end_column="c"),
        get("between names", "b", "c", start_column="b", end_column="d"),
        get("a page of columns", "b", "c", filter={"page": [1, 2]}, differs=NO_PAGES),
        get("a filter that holds", "a", "b", "c", "d", filter=right),
        hidden("a filter that does not hold", filter=wrong),
        hidden("a filter whose column is missing", filter=missing),
        get("either of two filters", "a", "b", "c", "d", filter=together("OR", wrong, right)),
        get("a filter and its column", "a", columns_to_get=["a"], filter=right),
        get("a time that nothing is of", time_range=[0, 1000]),
        step(
            "a column without a name",
            "GetRow",
            invalid("Invalid column name: ''."),
            key=KEY,
            columns_to_get=[""],
        ),
        step("a row that is not there", "GetRow", {"row": None}, key=[["pk", "nowhere"]]),
    ]
