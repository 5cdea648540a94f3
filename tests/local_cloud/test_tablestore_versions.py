"""Tablestore's stand-in: versions of a column, their timestamps and their end."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.local_cloud.conftest import StandIn, Table, condition_failed, exists, invalid, message

DAY = 86_400
OUT_OF_RANGE = "Timestamp must be in range [0, INT64_MAX/1000)."


@pytest.fixture
def history(make_table: Any) -> Table:
    """A table whose row "a" has three of at most three versions of c: 1 to 3 at 1000 to 3000."""
    table: Table = make_table(max_version=3, max_time_deviation=2**40)
    table.update("a", PUT=[("c", value, value * 1000) for value in (2, 3, 1)])
    return table


def test_versions_come_newest_first_and_only_as_many_as_asked_for(history: Table) -> None:
    assert history.versions("a") == [(3, 3000), (2, 2000), (1, 1000)]
    assert history.versions("a", max_version=2) == [(3, 3000), (2, 2000)]
    assert history.get("a") == {"c": 3}


def test_the_oldest_version_makes_room_for_a_newer_one(history: Table) -> None:
    history.update("a", PUT=[("c", 4, 4000)])
    history.update("a", PUT=[("c", 0, 500)])
    assert history.versions("a") == [(4, 4000), (3, 3000), (2, 2000)]


def test_a_version_is_replaced_by_another_of_its_time(history: Table) -> None:
    history.update("a", PUT=[("c", "new", 2000)])
    assert history.versions("a") == [(3, 3000), ("new", 2000), (1, 1000)]


def test_a_value_without_a_time_gets_the_present(history: Table) -> None:
    history.put("a", c=1)
    [(_, stamp)] = history.versions("a")
    assert abs(stamp / 1000 - time.time()) < 60


def test_writes_at_one_moment_are_several_versions(stand_in: StandIn, history: Table) -> None:
    stand_in.clock.stopped_at = time.time()
    for value in range(3):
        history.update("b", INCREMENT=[("n", value)])
    assert [value for value, _ in history.versions("b")] == [3, 1, 0]


def test_one_version_is_deleted_or_all(history: Table) -> None:
    history.update("a", DELETE=[("c", None, 3000), ("c", None, 2500)])
    assert history.versions("a") == [(2, 2000), (1, 1000)]
    history.update("a", DELETE_ALL=["c", "nothing"])
    assert history.read("a")[1].attribute_columns == []


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ({"time_range": 2000}, [2]),
        ({"time_range": 2500}, []),
        ({"time_range": (1000, 3000)}, [2, 1]),
        ({"time_range": (1001, 3001)}, [3, 2]),
        ({"time_range": (0, 9000), "max_version": 1}, [3]),
        ({"time_range": (0, 2500), "max_version": 1}, [2]),
        ({"time_range": (0, 9000), "max_version": None}, [3, 2, 1]),
    ],
)
def test_a_read_shows_the_times_it_asks_for(history: Table, view: Any, shown: Any) -> None:
    assert [value for value, _ in history.versions("a", **view)] == shown


def test_a_row_of_other_times_is_there_unless_columns_are_asked_for(history: Table) -> None:
    assert history.get("a", time_range=2500) == {}
    assert history.get("a", time_range=2500, columns_to_get=["c"]) is None


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ({"max_version": None}, "No version condition is specified."),
        (
            {"max_version": 0},
            "Invalid max versions: 0 . Reason: Max versions must be positive.",
        ),
        (
            {"max_version": -1},
            "Invalid max versions: -1 . Reason: Max versions must be positive.",
        ),
        ({"time_range": -1}, "Specific timestamp cannot be less than 0."),
    ],
)
def test_a_wrong_view_is_refused(history: Table, view: Any, text: str) -> None:
    with invalid(text):
        history.get("a", **view)
    with invalid(text):
        history.scan(**view)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"start_time": 1}, "Start and end time must be given at the same time."),
        ({"end_time": 1}, "Start and end time must be given at the same time."),
        (
            {"specific_time": 1, "start_time": 1, "end_time": 2},
            "Specific tiemstamp and time range cannot be given at the same time.",
        ),
    ],
)
def test_half_a_time_range_is_refused(
    stand_in: StandIn, table: Table, given: dict[str, int], text: str
) -> None:
    request = message("GetRow", table.name, table.key("a"), *[None] * 8)
    for name, value in given.items():
        setattr(request.time_range, name, value)
    answer = stand_in.post("GetRow", request.SerializeToString())
    assert answer.error == (400, "OTSParameterInvalid", text)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"PUT": [("c", 1, -1)]}, OUT_OF_RANGE),
        ({"PUT": [("c", 1, (2**63 - 1) // 1000)]}, OUT_OF_RANGE),
        ({"DELETE": [("c", None, -1)]}, OUT_OF_RANGE),
        ({"PUT": [("c", 1, 1)]}, "Invalid timestamp. Cell:c."),
    ],
)
def test_a_wrong_time_is_refused(table: Table, changes: Any, text: str) -> None:
    with invalid(text):
        table.update("a", **changes)
    assert table.get("a") is None


def test_a_time_may_differ_by_the_tables_deviation(make_table: Any) -> None:
    table, now = make_table(max_time_deviation=100), time.time()
    for seconds in (-90, 90):
        table.update("a", PUT=[("c", seconds, int((now + seconds) * 1000))])
    for seconds in (-110, 110):
        with invalid("Invalid timestamp. Cell:c."):
            table.update("a", PUT=[("c", seconds, int((now + seconds) * 1000))])
    assert table.get("a") == {"c": 90}


def test_a_row_ends_with_its_time_to_live(stand_in: StandIn, make_table: Any) -> None:
    table = make_table(time_to_live=DAY)
    table.put("a", c=1)
    table.put("no columns")
    stand_in.clock.ahead = DAY - 60
    assert table.scan() == [("a",), ("no columns",)]
    stand_in.clock.ahead = DAY + 60
    assert table.scan() == []
    assert table.get("a") is None
    with condition_failed():
        table.put("a", condition=exists())


def test_each_column_lives_its_own_time(stand_in: StandIn, make_table: Any) -> None:
    table = make_table(time_to_live=DAY)
    table.put("a", old=1, n=5)
    stand_in.clock.ahead = DAY / 2
    table.update("a", PUT=[("new", 2)])
    stand_in.clock.ahead = DAY + 60
    assert table.get("a") == {"new": 2}
    table.update("a", INCREMENT=[("n", 1)])
    assert table.get("a") == {"new": 2, "n": 1}


def test_a_value_older_than_the_time_to_live_is_refused(stand_in: StandIn, make_table: Any) -> None:
    table = make_table(time_to_live=DAY, max_time_deviation=10 * DAY)
    now = int(time.time() * 1000)
    with invalid("Invalid timestamp. Cell:c."):
        table.update("a", PUT=[("c", 1, now - (DAY + 60) * 1000)])
    table.update("a", PUT=[("c", 1, now - (DAY - 60) * 1000)])
    assert table.get("a") == {"c": 1}
    stand_in.clock.ahead = 120
    assert not table.get("a")
