"""The composition root of pulling reports: queues in, the receipts door's own storing out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from shared import logs, receipt_wiring, relayed_reports
from shared.credentials import KeySource, sms_keys
from shared.queue_settings import QueueSettings, read_queue_settings
from shared.receipt_settings import read_receipt_settings

if TYPE_CHECKING:
    from shared.providers.receipt_queues import AliyunReceiptQueues
    from shared.queue_ports import StoreEntries
    from shared.relayed_reports import Reports
    from shared.timer import Run

Action = Callable[["Run"], Mapping[str, int]]


def pull(run: Run) -> Mapping[str, int]:
    """Empty the queues that RECEIPT_QUEUES names; without one do nothing."""
    queue_settings = read_queue_settings(os.environ, run.context)
    if not queue_settings.kinds:
        return {"queues": 0}
    from shared.use_cases.pull_receipts import pull_receipts

    keys = sms_keys(os.environ, run.context)
    figures = pull_receipts(
        queue_settings.kinds,
        queues=_queues(keys, queue_settings),
        store=_storing(run),
        log=run.facts,
        deadline=run.deadline,
    )
    return {"queues": len(queue_settings.kinds), **figures}


def relayed(event: object) -> Action | None:
    """Return what stores the reports that an event brings; None for a timer's event."""
    reports = relayed_reports.relayed(event)
    return None if reports is None else _store(reports)


def _store(reports: Reports) -> Action:
    def act(run: Run) -> Mapping[str, int]:
        keep = _storing(run)
        for kind, entries in reports.items():
            keep(kind, entries)
        return {"relayed": sum(map(len, reports.values()))}

    return act


def _storing(run: Run) -> StoreEntries:
    settings = read_receipt_settings(os.environ)
    logs.set_level(settings.log_level)

    def keep(kind: str, entries: Sequence[object]) -> None:
        receipt_wiring.store(kind, entries, settings, run)

    return keep


@lru_cache(maxsize=2)
def _kept(
    keys: KeySource, account: str, dybase_endpoint: str, mns_endpoint: str
) -> AliyunReceiptQueues:
    """Build the queues once for each source of keys: they keep borrowed keys and connections."""
    from shared.providers.receipt_queues import AliyunReceiptQueues

    return AliyunReceiptQueues(
        keys, account=account, dybase_endpoint=dybase_endpoint, mns_endpoint=mns_endpoint
    )


def _queues(keys: KeySource, settings: QueueSettings) -> AliyunReceiptQueues:
    return _kept(keys, settings.account, settings.dybase_endpoint, settings.mns_endpoint)
