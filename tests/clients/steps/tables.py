"""CreateTable, ListTable, DescribeTable, UpdateTable and DeleteTable."""

from __future__ import annotations

from typing import Any

from tests.clients.contract import NO_TABLE, Step, error, invalid, step

KEYS = [
    ["s", "STRING"],
    ["i", "INTEGER"],
    ["b", "BINARY"],
    ["n", "INTEGER", "AUTO_INCREMENT"],
]
DEFINED = [["age", "INTEGER"], ["size", "DOUBLE"], ["ok", "BOOLEAN"], ["name", "STRING"]]
LONGEST = "t" * 255
AGED = "aged"
"""It was there two minutes before, with 3 and 3 reserved units."""


def options(live: int, versions: int, deviation: int = 86_400, **more: Any) -> dict[str, Any]:
    return {
        "time_to_live": live,
        "max_versions": versions,
        "max_time_deviation": deviation,
        "allow_update": True,
        **more,
    }


def steps() -> list[Step]:
    def on(name: str, about: str, operation: str, gives: Any, **request: Any) -> Step:
        return step(about, operation, gives, table=name, **request)

    def create(name: str, about: str, gives: Any, **changes: Any) -> Step:
        given = {"keys": [["pk", "STRING"]], "options": options(-1, 1), "units": [0, 0], **changes}
        return on(name, about, "CreateTable", gives, **given)

    def update(about: str, gives: Any, **changes: Any) -> Step:
        return on("four", about, "UpdateTable", gives, **changes)

    return [
        create(
            "four",
            "four key columns, one filled in, and defined columns",
            {},
            keys=KEYS,
            defined=DEFINED,
            options=options(-1, 2, 1000),
        ),
        create("rows", "one key column", {}),
        create("versions", "three versions", {}, options=options(-1, 3)),
        create("rows", "a name that is taken", TAKEN),
        create("1st", "a name that starts with a digit", invalid("Invalid table name: '1st'.")),
        create("t" * 256, "too long a name", invalid(f"Invalid table name: '{'t' * 256}'.")),
        create(LONGEST, "the longest name", {}),
        create("many", "five key columns", FIVE, keys=[[f"k{n}", "STRING"] for n in range(5)]),
        create("none", "no key column", FIVE, keys=[]),
        create("twice", "a key name twice", TWICE, keys=[["a", "STRING"], ["a", "INTEGER"]]),
        create("first", "a first key column filled in", FIRST, keys=[KEYS[3]]),
        create("text", "a text to be filled in", TEXT, keys=[["a", "STRING"], [*KEYS[0], AUTO]]),
        create("brief", "a life of an hour", BRIEF, options=options(3600, 1)),
        create("empty", "no version", NO_VERSION, options=options(-1, 0)),
        on(LONGEST, "the longest name again", "DeleteTable", {}),
        on("", "their names", "ListTable", {"tables": [AGED, "four", "rows", "versions"]}),
        on(
            "four",
            "all that it was made with",
            "DescribeTable",
            {
                "keys": KEYS,
                "defined": DEFINED,
                "options": options(-1, 2, 1000),
                "units": [0, 0],
                "lowered": False,
            },
        ),
        on("nothing", "a table that there is not", "DescribeTable", NO_TABLE),
        update(
            "a life of a day, as all else stays",
            {"options": options(86_400, 2, 1000), "units": [0, 0]},
            options={"time_to_live": 86_400},
        ),
        update(
            "more versions and another deviation",
            {"options": options(86_400, 5, 3600), "units": [0, 0]},
            options={"max_versions": 5, "max_time_deviation": 3600},
        ),
        update("reserved units, too soon", TOO_SOON, options={"max_versions": 4}, units=[3, 2]),
        update(
            "no end of life, and units as they are",
            {"options": options(-1, 5, 3600), "units": [0, 0]},
            options={"time_to_live": -1},
            units=[0, 0],
        ),
        on(
            AGED,
            "reserved units",
            "UpdateTable",
            {"options": options(-1, 2), "units": [5, 2], "lowered": True},
            options={"max_versions": 2},
            units=[5, 2],
        ),
        on(
            AGED,
            "reserved units again, too soon",
            "UpdateTable",
            TOO_SOON,
            options={},
            units=[1, 1],
        ),
        update("a life of an hour", BRIEF, options={"time_to_live": 3600}),
        update("a life of no time", NO_TIME, options={"time_to_live": 0}),
        update("no version", NO_VERSION, options={"max_versions": 0}),
        update("nothing at all", NOTHING, options={}),
        on(
            "nothing",
            "a table that there is not",
            "UpdateTable",
            NO_TABLE,
            options={"max_versions": 2},
        ),
        update(
            "no UpdateRow any more",
            {"options": options(-1, 5, 3600, allow_update=False)},
            options={"allow_update": False},
        ),
        on(
            "four",
            "UpdateRow is not allowed",
            "UpdateRow",
            invalid("Update is not allowed on table: 'four'."),
            key=[["s", ""], ["i", 0], ["b", b""], ["n", 1]],
            changes=[["PUT", "c", 1]],
        ),
        on(AGED, "a table with units", "DeleteTable", {}),
        on("four", "a table with settings changed", "DeleteTable", {}),
        on("four", "a table that is gone", "DeleteTable", NO_TABLE),
        on("", "without it", "ListTable", {"tables": ["rows", "versions"]}),
    ]


AUTO = "AUTO_INCREMENT"
TAKEN = error(409, "OTSObjectAlreadyExist", "Requested table already exists.")
TOO_SOON = error(
    403,
    "OTSTooFrequentReservedThroughputAdjustment",
    "Capacity unit adjustment is too frequent.",
)
FIVE = invalid("The number of primary key columns must be in range: [1, 4].")
TWICE = invalid("Duplicated primary key name: 'a'.")
FIRST = invalid("First primary key can't be auto increment, table: first.")
TEXT = invalid("Auto increment pk must be integer, name: s.")
BRIEF = invalid("TimeToLive cannot be less than 86400.")
NO_TIME = invalid("TimeToLive cannot be 0 or less than -1.")
NO_VERSION = invalid("The maximum versions cannot be less than or equal to 0.")
NOTHING = invalid("No parameter is specified in table options.")
