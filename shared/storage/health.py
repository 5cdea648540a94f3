"""Ends of messages as rows: a column of its own for each, in rows by provider and minute.

Written with the reports they follow from (reports.py), blind, and read by one BatchGetRow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from tablestore import BatchGetRowRequest, TableInBatchGetRowItem

from shared.domain.deadline import Deadline
from shared.domain.health import MINUTES, Fact, Health, health_of, minutes_until
from shared.storage import batch, tables
from shared.storage.batch import Write
from shared.storage.calls import all_read, call, columns

SHARDS = 2
"""Rows of one minute, so that functions at work at once are less in each other's way: the service
turns away who meets another in the same row. Two providers' MOST_MINUTES are 80 rows then, and a
BatchGetRow takes 100."""

COLUMNS = 1_000
"""Of one row and request; the service takes 1,024."""


class TablestoreHealth:
    """The store of messages' ends."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._health = tables.HEALTH.name(prefix)

    def recent(
        self,
        providers: Sequence[str],
        *,
        minutes: int = MINUTES,
        now: float,
        deadline: Deadline,
    ) -> dict[str, Health]:
        """Read the rows of the last minutes in one BatchGetRow."""
        window = minutes_until(now, minutes)
        places = [
            (provider, _key(provider, minute, shard))
            for provider in providers
            for minute in window
            for shard in range(SHARDS)
        ]
        request = BatchGetRowRequest()
        keys = [key for _, key in places]
        request.add(TableInBatchGetRowItem(self._health, keys, [], None, 1))
        response = call(
            "BatchGetRow",
            lambda: all_read(self._client.batch_get_row(request)),
            repeatable=True,
            deadline=deadline,
        )
        facts: dict[str, list[Fact]] = {provider: [] for provider in providers}
        rows = response.get_result_by_table(self._health)
        for (provider, _), item in zip(places, rows, strict=True):
            found = map(Fact.from_name, columns(item.row))
            facts[provider] += [fact for fact in found if fact is not None]
        return {provider: health_of(found) for provider, found in facts.items()}


def health_row(table: str, provider: str, minute: int, facts: Collection[Fact]) -> Write:
    """Return the write of a minute's facts, of more than a request takes some.

    The row is any of the minute's: a fact is the same in whichever it stands.
    """
    names = sorted(fact.name for fact in facts)[:COLUMNS]
    shard = int(names[0][:2], 16) % SHARDS
    key = _key(provider, minute, shard)
    return batch.update(table, key, dict.fromkeys(names, 1), repeatable=True)


def _key(provider: str, minute: int, shard: int) -> batch.Key:
    return [("minute", f"{provider}/{minute}/{shard}")]
