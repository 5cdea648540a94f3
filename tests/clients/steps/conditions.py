"""Conditions of writes: that the row is there, or not, and what its columns hold."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import CONDITION_FAILED, Step, step

KEY = [["pk", "k"]]
DONE = {"row": None, "consumed": [1, 1]}


def column(name: str, comparator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"column": name, "comparator": comparator, "value": value, **more}


def together(operator: str, *parts: Any) -> dict[str, Any]:
    return {"operator": operator, "parts": list(parts)}


def steps() -> list[Step]:
    return [*_existence(), *_single(), *_missing(), *_composite(), *_versions()]


def _put(about: str, gives: Any, **more: Any) -> Step:
    return step(about, "PutRow", gives, **{"key": KEY, "columns": [["n", 5], ["s", "x"]], **more})


def _existence() -> list[Step]:
    there, not_there = "EXPECT_EXIST", "EXPECT_NOT_EXIST"
    change = [["PUT", "n", 5]]
    return [
        _put("a row that must be there, and is not", CONDITION_FAILED, existence=there),
        step(
            "a row that must be there, and is not",
            "UpdateRow",
            CONDITION_FAILED,
            key=KEY,
            changes=change,
            existence=there,
        ),
        step("so too", "DeleteRow", CONDITION_FAILED, key=KEY, existence=there),
        _put("a row that must not be there", DONE, existence=not_there),
        _put("a row that must not be there, and is", CONDITION_FAILED, existence=not_there),
        _put("a row that must be there", DONE, existence=there),
    ]


def _single() -> list[Step]:
    """The column n holds 5."""
    holds = {
        "EQUAL": (5, 4),
        "NOT_EQUAL": (4, 5),
        "GREATER_THAN": (4, 5),
        "GREATER_EQUAL": (5, 6),
        "LESS_THAN": (6, 5),
        "LESS_EQUAL": (5, 4),
    }
    steps = []
    for comparator, (right, wrong) in holds.items():
        for value, gives in ((right, DONE), (wrong, CONDITION_FAILED)):
            condition = column("n", comparator, value)
            steps.append(_put(f"{comparator} {value}", gives, condition=condition))
    wrong_type = column("n", "EQUAL", "5")
    text, raw = column("s", "EQUAL", "x"), column("s", "EQUAL", b"x")
    key = column("pk", "EQUAL", "k")
    return [
        *steps,
        _put("another type is not equal", CONDITION_FAILED, condition=wrong_type),
        _put("a text", DONE, condition=text),
        _put("bytes are no text", CONDITION_FAILED, condition=raw),
        _put("a key column", DONE, condition=key),
    ]


def _missing() -> list[Step]:
    passes = column("x", "EQUAL", 1, pass_if_missing=True)
    fails = column("x", "EQUAL", 1, pass_if_missing=False)
    return [
        _put("a column that is missing, and may be", DONE, condition=passes),
        _put("a column that is missing, and may not", CONDITION_FAILED, condition=fails),
        _put("so too where there is no row", CONDITION_FAILED, condition=fails, key=[["pk", "?"]]),
        step("in DeleteRow", "DeleteRow", CONDITION_FAILED, key=KEY, condition=fails),
        step(
            "in UpdateRow",
            "UpdateRow",
            CONDITION_FAILED,
            key=KEY,
            changes=[["PUT", "x", 1]],
            condition=fails,
        ),
    ]


def _composite() -> list[Step]:
    right, wrong = column("n", "EQUAL", 5), column("s", "EQUAL", "y")
    cases = [
        ("both, and both hold", together("AND", right, right), DONE),
        ("both, and one does not hold", together("AND", right, wrong), CONDITION_FAILED),
        ("either, and one holds", together("OR", wrong, right), DONE),
        ("either, and none holds", together("OR", wrong, wrong), CONDITION_FAILED),
        ("not one that holds", together("NOT", right), CONDITION_FAILED),
        ("three deep", together("AND", right, together("NOT", together("OR", wrong, wrong))), DONE),
    ]
    return [_put(about, gives, condition=condition) for about, condition, gives in cases]


def _versions() -> list[Step]:
    """Of the column's versions, the newest is 2 and an older one is 1."""
    key = [["pk", "versions"]]

    def on(about: str, gives: Any, value: int, condition: Any = None) -> Step:
        changes = [["PUT", "c", value]]
        more = {"table": "versions", "key": key, "changes": changes}
        return step(about, "UpdateRow", gives, condition=condition, **more)

    any_of, latest = (column("c", "EQUAL", 1, latest_only=only) for only in (False, True))
    return [
        on("an older version", {"row": None}, 1),
        on("a newer version", {"row": None}, 2),
        on("the newest version alone", CONDITION_FAILED, 3, latest),
        on("any version", DONE, 3, any_of),
    ]
