"""What the door receipts_mns keeps between its runs: borrowed keys and open connections."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scripts.local_cloud.openapi.sts import ACCOUNT_ID
from shared import queue_wiring
from shared.credentials import sms_keys
from shared.queue_settings import read_queue_settings


def kept_queues() -> Any:
    """Return it, for the environment as it is now."""
    environment = {**os.environ, "FC_ACCOUNT_ID": ACCOUNT_ID}
    settings = read_queue_settings(environment, None)
    return queue_wiring._queues(sms_keys(environment, None), settings)  # noqa: SLF001


@contextmanager
def closing_queues() -> Iterator[None]:
    """Give it up afterwards, so that no connection is left to the garbage collector."""
    kept = kept_queues()
    try:
        yield
    finally:
        kept.close()
