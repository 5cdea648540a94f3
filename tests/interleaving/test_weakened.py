"""The explorer is worth what it finds: each guard is taken out of a copy, and must be missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.interleaving.weakened import ROOT, show
from scripts.interleaving.weakenings import WEAKENINGS, Weakening


@pytest.mark.parametrize("weakening", WEAKENINGS, ids=lambda one: one.name)
def test_each_guard_stands_where_the_table_says(weakening: Weakening) -> None:
    assert (ROOT / weakening.file).read_text("utf-8").count(weakening.text) == 1


def test_a_slot_that_is_not_compare_and_set_is_found_in_five_steps() -> None:
    (found,) = show(WEAKENINGS[:1])
    assert found.as_expected
    assert len(found.schedule.split()) == 5


def test_the_table_in_the_documentation_names_every_guard() -> None:
    text = Path(ROOT / "scripts" / "interleaving" / "README.md").read_text("utf-8")
    assert [one.name for one in WEAKENINGS if f"| {one.name} |" not in text] == []


@pytest.mark.guards
@pytest.mark.parametrize("weakening", WEAKENINGS, ids=lambda one: one.name)
def test_without_its_guard_a_schedule_breaks_the_invariant(weakening: Weakening) -> None:
    (found,) = show([weakening])
    assert found.as_expected, found.problems
