"""Providers' standings as rows: one each, read with a send and written blind where it changed.

Two instances that see the same failure write the same; what one of them overwrites is a note of
the same kind. A note that gets lost is made again at the next failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tablestore import BatchGetRowRequest, TableInBatchGetRowItem

from shared.domain.deadline import Deadline
from shared.domain.standing import Standing
from shared.storage import batch, tables
from shared.storage.batch import Write
from shared.storage.calls import all_read, call, columns

COLUMNS = ["aside_until", "pause", "reason"]


class TablestoreStandings:
    """The store of standings, as maintain sees it."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._providers = tables.PROVIDERS.name(prefix)

    def standings(self, providers: Sequence[str], *, deadline: Deadline) -> dict[str, Standing]:
        """Return how each of them stands; raise StoreError."""
        request = BatchGetRowRequest()
        keys = [standing_key(name) for name in providers]
        request.add(TableInBatchGetRowItem(self._providers, keys, COLUMNS, None, 1))
        response = call(
            "BatchGetRow",
            lambda: all_read(self._client.batch_get_row(request)),
            repeatable=True,
            deadline=deadline,
        )
        rows = response.get_result_by_table(self._providers)
        return {
            name: standing_of(columns(item.row)) for name, item in zip(providers, rows, strict=True)
        }

    def note(self, standings: Mapping[str, Standing], *, deadline: Deadline) -> None:
        """Write standings that changed; what the store does not take is found again next time."""
        writes = [note_standing(self._providers, name, one) for name, one in standings.items()]
        batch.write(self._client, writes, deadline=deadline)


def standing_key(provider: str) -> batch.Key:
    """Return where a provider's standing is kept."""
    return [("provider", provider)]


def standing_of(row: Mapping[str, Any]) -> Standing:
    """Read a row; a provider without one is sound."""
    return Standing(
        float(row.get("aside_until", 0)), float(row.get("pause", 0)), str(row.get("reason", ""))
    )


def note_standing(table: str, provider: str, standing: Standing) -> Write:
    """Return the write of a standing."""
    cells = {
        "aside_until": int(standing.until),
        "pause": int(standing.pause),
        "reason": standing.reason,
    }
    return batch.update(table, standing_key(provider), cells, repeatable=True)
