"""Every type of value, at its edges, written with PutRow and read with GetRow."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import NODE, PURE, Step, invalid, row, sees, step

KEPT: dict[str, Any] = {
    "zero": 0,
    "minus one": -1,
    "the largest integer": 2**63 - 1,
    "the smallest integer": -(2**63),
    "an integer beyond a double's": 2**53 + 1,
    "a fraction": 0.1,
    "a whole double": 3.0,
    "the largest double": 1.7976931348623157e308,
    "the smallest double": 5e-324,
    "a negative double": -2.5e-10,
    "true": True,
    "false": False,
    "a text": "text",
    "an empty text": "",
    "Chinese": "验证码：1234",
    "a character beyond the first plane": "👍🏽",
    "a NUL in a text": "a\0b",
    "bytes": bytes(range(256)),
    "no bytes": b"",
    "a megabyte": "x" * 2**20,
}
KEYS: dict[str, Any] = {
    "an empty text as key": "",
    "a Chinese key": "中文",
    "the longest key": "k" * 1024,
}


def steps() -> list[Step]:
    return [
        *(found for about, value in KEPT.items() for found in _kept(about, value)),
        *(found for about, key in KEYS.items() for found in _key(about, key)),
        *_refused(),
        *_name(),
        *_four(),
    ]


def _kept(about: str, value: Any) -> list[Step]:
    key = [["pk", about]]
    return [
        step(about, "PutRow", {"row": None}, key=key, columns=[["c", value]]),
        step(about, "GetRow", {"row": row(key, ["c", value])}, key=key),
    ]


def _key(about: str, value: str) -> list[Step]:
    key = [["pk", value]]
    return [
        step(about, "PutRow", {"row": None}, key=key, columns=[["c", 1]]),
        step(about, "GetRow", {"row": row(key, ["c", 1])}, key=key),
    ]


def _refused() -> list[Step]:
    def put(about: str, value: Any, text: str, **more: Any) -> Step:
        key = [["pk", "refused"]]
        return step(about, "PutRow", invalid(text), key=key, columns=[["c", value]], **more)

    return [
        put("not a number", float("nan"), "NaN can't be set to double value."),
        put("infinity", float("inf"), "Infinity can't be set to double value."),
        put("more than 2 MB", b"x" * (2**21 + 1), TOO_LONG),
        step("none of them", "GetRow", {"row": None}, key=[["pk", "refused"]]),
    ]


def _name() -> list[Step]:
    key = [["pk", "a Chinese name"]]
    refused = invalid("Cell data broken, wrong string format, size: 2.")
    why = "it writes the length in characters where bytes are meant"
    return [
        step(
            "a Chinese column name",
            "PutRow",
            {"row": None},
            key=key,
            columns=[["号码", 1]],
            differs=sees((NODE, PURE), why, refused),
        ),
    ]


def _four() -> list[Step]:
    keys = [["s", "STRING"], ["i", "INTEGER"], ["b", "BINARY"], ["j", "INTEGER"]]
    key = [["s", "中"], ["i", -5], ["b", b"\0\xff"], ["j", 2**62]]
    made = {"keys": keys, "options": {"time_to_live": -1, "max_versions": 1}, "units": [0, 0]}
    return [
        step("four key columns", "CreateTable", {}, table="four", **made),
        step("four key columns", "PutRow", {"row": None}, table="four", key=key),
        step("four key columns and no other", "GetRow", {"row": row(key)}, table="four", key=key),
        step("four key columns", "DeleteTable", {}, table="four"),
    ]


TOO_LONG = (
    "The length of attribute column: 'c' exceeds the MaxLength:2097152 with CurrentLength:2097153."
)
