"""Every order in which the requests of two can meet, each of them with one thing going wrong."""

from __future__ import annotations

import pytest

import shared.storage.sdk  # noqa: F401 - before what uses it
from scripts.interleaving.cases import CASES, SMALL
from scripts.interleaving.edges import Edges
from scripts.interleaving.random_walks import walk
from scripts.interleaving.replay import Impossible, replay
from scripts.interleaving.schedule import parse
from scripts.interleaving.search import explore

SEEDS = 100


def problems(case: str, schedule: str, edges: Edges) -> list[str]:
    return [text for _, _, found in replay(CASES[case], parse(schedule), edges) for text in found]


@pytest.mark.parametrize("name", SMALL)
def test_in_every_order_the_invariants_hold(name: str, edges: Edges) -> None:
    found = explore(CASES[name], edges)
    assert not found.broken
    assert found.schedules > 50


@pytest.mark.parametrize("name", ["send-send-partly", "send-report-rows"])
def test_they_hold_where_single_rows_fail_and_others_come_between(name: str, edges: Edges) -> None:
    assert not explore(CASES[name], edges).broken


def test_they_hold_on_long_random_schedules(edges: Edges) -> None:
    walks = [walk(seed, edges) for seed in range(1, SEEDS + 1)]
    assert [one for one in walks if one.broken is not None] == []
    assert max(one.steps for one in walks) > 25


def test_a_seed_is_a_schedule(edges: Edges) -> None:
    assert walk(7, edges) == walk(7, edges)


def test_two_sends_that_read_at_the_same_time_come_to_one_message(edges: Edges) -> None:
    steps = list(replay(CASES["send-send"], parse("A B A B A A B"), edges))
    assert [text for _, text, _ in steps][-2:] == [
        "BatchWriteRow; is told ok accepted",
        "BatchWriteRow; is told refused rate_limited",
    ]


def test_a_plain_number_whose_write_was_late_finds_its_place_taken(edges: Edges) -> None:
    """The number's row is turned away, repeated, lost, given up, and arrives after all."""
    assert problems("send-fails-twice", "A A%3 A* A a", edges) == []


def test_a_slot_is_free_again_although_freeing_it_had_to_be_repeated(edges: Edges) -> None:
    assert problems("send-send", "A A A~ A* A B B B B", edges) == []


@pytest.mark.parametrize("schedule", ["C", "a", "+", "A A A A A"])
def test_a_step_that_cannot_happen_is_refused(schedule: str, edges: Edges) -> None:
    with pytest.raises(Impossible):
        list(replay(CASES["send-send"], parse(schedule), edges))
