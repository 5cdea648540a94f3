"""Pull reports from Aliyun's queues: store, then delete.

Whatever ends a run between the two leaves messages that come again, and storing them again
changes nothing (I6).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared.domain.deadline import Deadline
from shared.errors import ServiceFailed
from shared.ports import Log
from shared.queue_ports import ReceiptQueues, StoreEntries

RESERVE_SECONDS = 10.0
"""With less left no batch is begun: keys, receiving, storing and deleting, each at its slowest."""


MOST_NESTED = 100
"""Brackets; with more a message is no report, and reading may be possible where writing is not."""


def pull_receipts(
    kinds: Sequence[str],
    *,
    queues: ReceiptQueues,
    store: StoreEntries,
    log: Log,
    deadline: Deadline,
) -> dict[str, int]:
    """Empty the queues of these kinds in turn, as far as there is time, and return figures.

    A queue that fails is left to the next run, and the others are still emptied; then raise its
    ServiceFailed. A store that fails ends the run with its StoreError.
    """
    figures = {"batches": 0, "pulled": 0, "deleted": 0}
    failures: list[ServiceFailed] = []
    left = list(kinds)
    while left and deadline.left > RESERVE_SECONDS:
        kind = left.pop(0)
        try:
            messages = queues.receive(kind, deadline=deadline)
            if not messages:
                continue
            figures["batches"] += 1
            figures["pulled"] += len(messages)
            store(kind, [entry(message.text) for message in messages])
            figures["deleted"] += queues.delete(kind, messages, deadline=deadline)
        except ServiceFailed as failure:
            failures.append(failure)
            continue
        finally:
            log(**figures)
        left.append(kind)
    if left:
        log(unfinished=",".join(left))
    if failures:
        raise failures[0]
    return figures


def entry(text: str) -> object:
    """Return what a message says; one that is no JSON stays a text, to be set aside."""
    if text.count("[") + text.count("{") > MOST_NESTED:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
