"""Versions: given times, how many are kept, and deleting one of them."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import NATIVE, Step, invalid, row, sees, step
from tests.clients.steps.conditions import column


def steps(now: int) -> list[Step]:
    key = [["pk", "v"]]
    old, older, oldest = now - 1000, now - 2000, now - 3000

    def on(about: str, operation: str, gives: Any, **more: Any) -> Step:
        return step(about, operation, gives, **{"table": "versions", "key": key, **more})

    def update(about: str, *changes: Any, gives: Any = None) -> Step:
        return on(about, "UpdateRow", gives or {"row": None}, changes=changes)

    def get(about: str, *found: Any, gives: Any = None, **view: Any) -> Step:
        shown = gives or {"row": row(key, *found)}
        return on(about, "GetRow", shown, **{"max_versions": 9, "stamps": True, **view})

    three = [["c", "3", old], ["c", "2", older], ["c", "1", oldest]]
    return [
        on("a version of another time", "PutRow", {"row": None}, columns=[["c", "1", oldest]]),
        update("two more", ["PUT", "c", "2", older], ["PUT", "c", "3", old]),
        get("newest first", *three),
        get("the newest alone", ["c", "3", old], max_versions=1),
        get("a part of the time", ["c", "2", older], time_range=[older, old]),
        get("a moment", ["c", "1", oldest], time_range=oldest),
        on(
            "two newest of a time",
            "GetRow",
            {"row": row(key, ["c", "2"], ["c", "1"])},
            max_versions=2,
            time_range=[0, old],
        ),
        get("a filter on the newest", filter=condition(latest=True), gives=HIDDEN),
        get("a filter on any", *three, filter=condition(latest=False)),
        update("one in the middle gone", ["DELETE", "c", None, older]),
        get("the other two", ["c", "3", old], ["c", "1", oldest]),
        update("one that is not there", ["DELETE", "c", None, older - 1]),
        update("a version again", ["PUT", "c", "4", old]),
        get("the same time, another value", ["c", "4", old], ["c", "1", oldest]),
        update("a fourth", ["PUT", "c", "5", old + 1], ["PUT", "c", "6", old + 2]),
        get("three are kept", ["c", "6", old + 2], ["c", "5", old + 1], ["c", "4", old]),
        update("a counter at a time", ["INCREMENT", "n", 2, old]),
        on(
            "the counter's time",
            "GetRow",
            {"row": row(key, ["n", 2, old])},
            stamps=True,
            time_range=old,
            columns_to_get=["n"],
            differs=sees((NATIVE,), "it leaves out the time of an increment", {"row": None}),
        ),
        update("all gone", ["DELETE_ALL", "c"], ["DELETE_ALL", "n"]),
        on("an empty row", "GetRow", {"row": row(key)}),
        update("far in the future", ["PUT", "c", 1, now + 200_000_000], gives=WRONG_TIME),
        update("far in the past", ["PUT", "c", 1, now - 200_000_000], gives=WRONG_TIME),
    ]


def condition(*, latest: bool) -> Any:
    return column("c", "EQUAL", "1", latest_only=latest)


HIDDEN = {"row": None}
WRONG_TIME = invalid("Invalid timestamp. Cell:c.")
