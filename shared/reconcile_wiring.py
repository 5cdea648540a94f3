"""The composition root of reconciliation: a part of what maintain does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shared import logs
from shared.credentials import KeySource, sms_keys
from shared.domain.routes import DYPNS, DYSMS

if TYPE_CHECKING:
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
        records=lambda provider: _records(
            provider,
            sms_keys(os.environ, run.context),
            {DYSMS: settings.dysms_endpoint, DYPNS: settings.pnvs_endpoint}[provider],
            settings.reconcile_qps,
        ),
        store=store,
        log=run.facts,
        now=now,
        deadline=run.deadline,
    )


@lru_cache(maxsize=4)
def _records(provider: str, keys: KeySource, endpoint: str, per_second: int) -> Records:
    """Build a client once for each source of keys, when there is somebody to ask about."""
    from shared.providers.sent_records import dypns_records, dysms_records

    build = {DYSMS: dysms_records, DYPNS: dypns_records}[provider]
    return build(keys, endpoint, per_second=per_second)
