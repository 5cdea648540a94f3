"""The composition root of reconciliation: a part of what maintain does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shared import logs
from shared.credentials import KeySource, sms_keys

if TYPE_CHECKING:
    from shared.domain.deadline import Deadline
    from shared.domain.reconciling import Awaited
    from shared.reconcile_ports import Records
    from shared.settings import Settings
    from shared.timer import Run


def reconcile_messages(run: Run, settings: Settings, client: Any, *, now: float) -> dict[str, int]:
    """Ask about messages that were never reported; `client` is Tablestore's."""
    from shared.storage.pending import TablestorePending
    from shared.storage.reports import TablestoreReports
    from shared.use_cases.reconcile import reconcile
    from shared.use_cases.store_reports import store_reports

    def store(kind: str, entries: Sequence[object]) -> None:
        store_reports(
            entries,
            kind=kind,
            secret=settings.number_secret.get_secret_value(),
            store=TablestoreReports(client, settings.table_prefix),
            log=logs.Facts(),
            now=now,
            deadline=run.deadline,
        )

    return reconcile(
        after=settings.reconcile_after,
        awaited=TablestorePending(client, settings.table_prefix),
        records=_Records(run, settings.dysms_endpoint, settings.reconcile_qps),
        store=store,
        log=run.facts,
        now=now,
        deadline=run.deadline,
    )


class _Records:
    """Aliyun's records: neither SDK nor keys are got before there is somebody to ask about."""

    def __init__(self, run: Run, endpoint: str, per_second: int) -> None:
        self._run = run
        self._about = (endpoint, per_second)

    def find(self, message: Awaited, *, deadline: Deadline) -> dict[str, object] | None:
        """Return a message's report, or None."""
        keys = sms_keys(os.environ, self._run.context)
        return _records(keys, *self._about).find(message, deadline=deadline)


@lru_cache(maxsize=2)
def _records(keys: KeySource, endpoint: str, per_second: int) -> Records:
    """Build the client once for each source of keys."""
    from shared.providers.dysms_records import DysmsRecords

    return DysmsRecords(keys, endpoint=endpoint, per_second=per_second)
