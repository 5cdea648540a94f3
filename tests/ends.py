"""Write how a provider's messages ended, as reports would have."""

from __future__ import annotations

import time

from shared import wiring
from shared.domain.health import DELIVERED, FAILED, Fact
from shared.storage import batch, tables
from shared.storage.health import health_row
from tests.fakes import PASSES


def delivered_by(provider: str, *, delivered: int, failed: int) -> None:
    """Note how a provider's messages ended in the last minute."""
    client, prefix = wiring.store_client()
    ends = [DELIVERED] * delivered + [FAILED] * failed
    facts = {Fact(f"{index:016x}", end, 3) for index, end in enumerate(ends)}
    row = health_row(tables.HEALTH.name(prefix), provider, int(time.time()) // 60, facts)
    batch.write(client, [row], deadline=PASSES)
