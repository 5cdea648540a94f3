"""GetRange over two key columns: directions, ends, limits and where to go on."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import Step, invalid, row, step
from tests.clients.steps.conditions import column
from tests.clients.wire import INF_MAX, INF_MIN

ROWS = [("a", 1), ("a", 2), ("b", -1), ("b", 3), ("中", 0)]


def key(text: Any, number: Any) -> list[Any]:
    return [["s", text], ["i", number]]


ALL = {"start": key(INF_MIN, INF_MIN), "end": key(INF_MAX, INF_MAX)}
BACK = {"start": key(INF_MAX, INF_MAX), "end": key(INF_MIN, INF_MIN), "direction": "BACKWARD"}


def steps() -> list[Step]:
    def on(about: str, operation: str, gives: Any, **more: Any) -> Step:
        return step(about, operation, gives, table="ranges", **more)

    def get(about: str, *found: int, following: int | None = None, **more: Any) -> Step:
        rows = [row(key(*ROWS[n]), ["n", n]) for n in found]
        onwards = None if following is None else key(*ROWS[following])
        gives = {"rows": rows, "next": onwards, "consumed": [1, 0]}
        return on(about, "GetRange", gives, **{**ALL, **more})

    def refused(about: str, text: str, **more: Any) -> Step:
        return on(about, "GetRange", invalid(text), **{**ALL, **more})

    large = column("n", "GREATER_EQUAL", 3)
    return [
        on("two key columns", "CreateTable", {}, keys=KEYS, options=OPTIONS, units=[0, 0]),
        *(
            on(f"row {n}", "PutRow", {"row": None}, key=key(*values), columns=[["n", n]])
            for n, values in enumerate(ROWS)
        ),
        get("everything", 0, 1, 2, 3, 4),
        get("everything backwards", 4, 3, 2, 1, 0, **BACK),
        get("one key's rows", 2, 3, start=key("b", INF_MIN), end=key("b", INF_MAX)),
        get("the start, not the end", 1, 2, start=key("a", 2), end=key("b", 3)),
        get("so too backwards", 3, 2, start=key("b", 3), end=key("a", 2), direction="BACKWARD"),
        get("nothing", start=key("x", INF_MIN), end=key("y", INF_MIN)),
        get("two, and the next", 0, 1, following=2, limit=2),
        get("from there", 2, 3, following=4, limit=2, start=key("b", -1)),
        get("the rest", 4, limit=2, start=key("中", 0)),
        get("two backwards, and the next", 4, 3, following=2, limit=2, **BACK),
        get("a filter", 3, 4, filter=large),
        get("a filter and a limit", 3, following=4, filter=large, limit=1),
        get("a name's columns", 0, 1, 2, 3, 4, columns_to_get=["n"]),
        refused("ends turned round", "Begin key must less than end key in FORWARD", **TURNED),
        refused(
            "ends turned round, backwards",
            "Begin key must more than end key in BACKWARD",
            **{**ALL, "direction": "BACKWARD"},
        ),
        refused("one end twice", "Begin key must less than end key in FORWARD", **SAME),
        on("them all", "DeleteTable", {}),
    ]


KEYS = [["s", "STRING"], ["i", "INTEGER"]]
OPTIONS = {"time_to_live": -1, "max_versions": 1}
TURNED = {"start": ALL["end"], "end": ALL["start"]}
SAME = {"start": key("a", 1), "end": key("a", 1)}
