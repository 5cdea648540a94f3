"""Operators who edit the lists at the same moment, or lose an answer, lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from shared import wiring
from shared.domain.lists import ADDRESS, DENY, PREFIX, Entry
from shared.domain.subjects import Subject
from shared.storage.list_edits import TablestoreLists
from tests.service import Cloud, at_once

NOW = 1_795_250_000


def lists() -> TablestoreLists:
    return TablestoreLists(*wiring.store_client())


def prefixes(count: int) -> list[Subject]:
    return [Subject(PREFIX, f"+861{index:04d}") for index in range(1000, 1000 + count)]


def entry(subject: Subject, reason: str = "testing") -> Entry:
    return Entry(DENY, subject.kind, subject.shown, reason, "tester", NOW)


def test_two_dozen_operators_at_once_lose_nothing(cloud: Cloud) -> None:
    cloud.fault("tablestore", "GetRow", "delay_after:30", 24)
    subjects = prefixes(24)
    before = at_once([partial(lists().add, s, entry(s)) for s in subjects])
    assert before == [None] * 24
    assert {found.subject for found in lists().ranges()} == {s.shown for s in subjects}


def test_adding_and_removing_at_once_disturb_each_other_in_nothing(cloud: Cloud) -> None:
    old, fresh = prefixes(16)[:8], prefixes(16)[8:]
    for subject in old:
        lists().add(subject, entry(subject))
    cloud.fault("tablestore", "GetRow", "delay_after:30", 16)
    removals = [partial(lists().remove, subject) for subject in old]
    at_once([*removals, *(partial(lists().add, s, entry(s)) for s in fresh)])
    assert {found.subject for found in lists().ranges()} == {s.shown for s in fresh}


def test_of_several_who_write_the_same_range_one_is_first_and_one_entry_remains(
    cloud: Cloud,
) -> None:
    (subject,) = prefixes(1)
    writes = [partial(lists().add, subject, entry(subject, f"why {n}")) for n in range(8)]
    before = at_once(writes)
    assert before.count(None) == 1
    assert len(lists().ranges()) == 1


@pytest.mark.parametrize("effect", ["drop_after", "drop", "error:OTSServerBusy"])
@pytest.mark.parametrize(
    "subject", [Subject(PREFIX, "+86170"), Subject(ADDRESS, "203.0.113.7")], ids=["range", "row"]
)
def test_a_write_whose_answer_is_lost_is_made_once(
    cloud: Cloud, effect: str, subject: Subject
) -> None:
    cloud.fault("tablestore", "PutRow", effect)
    assert lists().add(subject, entry(subject)) is None
    assert lists().find(subject) == entry(subject)
    cloud.fault("tablestore", "PutRow", effect)
    cloud.fault("tablestore", "DeleteRow", effect)
    assert lists().remove(subject) == entry(subject)
    assert lists().find(subject) is None


class LosesAnAnswer:
    """A client whose first write is applied, overtaken by another operator, and not answered."""

    def __init__(self, client: Any, meanwhile: Callable[[], object]) -> None:
        self._client = client
        self._meanwhile: Callable[[], object] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_row(self, *arguments: Any) -> Any:
        answer = self._client.put_row(*arguments)
        if self._meanwhile is None:
            return answer
        meanwhile, self._meanwhile = self._meanwhile, None
        meanwhile()
        raise HTTPError("no answer")


def test_a_lost_answer_that_another_operator_overtook_is_told_rightly(cloud: Cloud) -> None:
    mine, first, second = prefixes(3)
    client, prefix = wiring.store_client()
    lists().add(mine, entry(mine, "old"))
    adding = LosesAnAnswer(client, partial(lists().add, first, entry(first)))
    assert TablestoreLists(adding, prefix).add(mine, entry(mine, "new")) == entry(mine, "old")
    removing = LosesAnAnswer(client, partial(lists().add, second, entry(second)))
    assert TablestoreLists(removing, prefix).remove(mine) == entry(mine, "new")
    assert {found.subject for found in lists().ranges()} == {first.shown, second.shown}
