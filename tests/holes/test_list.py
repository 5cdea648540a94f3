"""The list of holes is whole: each has its weaknesses, each weakness a copy, and readers see it."""

from __future__ import annotations

import pytest

from tests.guards.edge_guards import EDGE_GUARDS
from tests.guards.hole_guards import HOLE_GUARDS
from tests.guards.test_guards import ALL
from tests.holes.hole import Hole
from tests.holes.table import GUARDS, HOLES, PART, parts

NAMED = [name for hole in HOLES for weakness in hole.weaknesses for name in weakness.guards]


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.english)
def test_each_weakness_of_a_hole_was_put_into_a_copy(hole: Hole) -> None:
    assert hole.weaknesses
    for weakness in hole.weaknesses:
        assert weakness.guards
        assert set(weakness.guards) <= set(GUARDS)


def test_there_are_seventeen_holes_and_no_name_twice() -> None:
    assert len({hole.english for hole in HOLES}) == len({hole.chinese for hole in HOLES}) == 17
    assert len(GUARDS) == len(ALL)


def test_no_copy_that_was_made_for_a_hole_is_left_out() -> None:
    assert {guard.invariant for guard in (*HOLE_GUARDS, *EDGE_GUARDS)} <= set(NAMED)


def test_readers_see_the_list_in_both_languages() -> None:
    PART.compare(parts())
