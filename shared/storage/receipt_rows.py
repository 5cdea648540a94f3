"""Rows of receipts: how many go in one request, and what nobody understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.domain.deadline import Deadline
from shared.errors import StoreUnavailable, StoreUnclear
from shared.receipt_ports import SetAside
from shared.storage import batch
from shared.storage.batch import Result, Write

ROWS = 200
"""That one BatchWriteRow takes, each once (documentation: limits)."""


def receipt_key(key: str) -> batch.Key:
    """Return the key of a row in the table of receipts."""
    return [("receipt", key)]


def poison(table: str, aside: Iterable[SetAside], *, kind: str, now: float) -> Iterator[Write]:
    """Yield the writes of entries that nobody understood; the same entry is the same row."""
    for one in aside:
        kept = {"kind": kind, "text": one.text, "seen_at": int(now)}
        yield batch.put(table, receipt_key(f"poison/{one.key}"), kept, repeatable=True)


def write_all(client: Any, writes: Iterable[Write], *, deadline: Deadline) -> None:
    """Write any number of rows; raise StoreError unless all are settled."""
    for some in together([(write, None) for write in writes]):
        write_some(client, [write for write, _ in some], deadline=deadline)


def write_some(
    client: Any, writes: Sequence[Write], *, deadline: Deadline, spare: int = 0
) -> list[Result]:
    """Write rows, those again that the store was too busy for; raise unless all are settled.

    What becomes of the last `spare` rows does not matter.
    """
    results = batch.write(client, writes, deadline=deadline)
    for result in results[: len(results) - spare]:
        if result is Result.UNCLEAR:
            raise StoreUnclear("BatchWriteRow", "row")
        if result is Result.FAILED:
            raise StoreUnavailable("BatchWriteRow", "row")
    return results


CELLS = 3_000
"""Of all rows of one request: a report takes 1.2 KB at most, and the request 4 MB."""


def together(writes: Sequence[tuple[Write, Any]]) -> Iterator[list[tuple[Write, Any]]]:
    """Yield what may go in one request: no more rows and bytes than it takes, and none twice."""
    while writes:
        cells = 0
        some: dict[tuple[str, str], tuple[Write, Any]] = {}
        later: list[tuple[Write, Any]] = []
        for place, (write, about) in enumerate(writes):
            cells += _cells(write)
            if len(some) == ROWS or (some and cells > CELLS):
                later += writes[place:]
                break
            row = (write.table, write.item.row.primary_key[0][1])
            if row in some:
                later.append((write, about))
            else:
                some[row] = (write, about)
        yield list(some.values())
        writes = later


def _cells(write: Write) -> int:
    columns = write.item.row.attribute_columns or ()
    return sum(map(len, columns.values())) if isinstance(columns, dict) else len(columns)
