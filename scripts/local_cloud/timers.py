"""Be Function Compute's timers: call their doors every so often, with their events."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

from scripts.local_cloud.events import context, timer_event

TRIGGER = "every-minute"

Handler = Callable[[bytes, Any], Any]


def timer_doors() -> dict[str, Handler]:
    """Import the doors that timers call."""
    from functions import maintain, receipts_mns

    return {"maintain": maintain.handler, "receipts_mns": receipts_mns.handler}


async def run_timers(doors: Mapping[str, Handler], seconds: float) -> None:
    """Call each door every so many seconds, all beside each other; 0 means never."""

    async def run(function: str, handler: Handler) -> None:
        while seconds > 0:
            await asyncio.sleep(seconds)
            about = context(function, os.environ)
            await asyncio.to_thread(handler, timer_event(TRIGGER), about)

    await asyncio.gather(*(run(function, handler) for function, handler in doors.items()))
