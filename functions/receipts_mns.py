"""Timer: pull reports from Aliyun's MNS queues; also takes those that events relay."""

from typing import Any

from shared import queue_wiring, timer

DEADLINE_SECONDS = 50.0
"""The function's own time-out is 60 s (s.yaml)."""


def handler(event: bytes, context: Any) -> dict[str, Any]:
    """Answer one invocation by Function Compute."""
    relay = queue_wiring.relayed(event)
    return timer.run(
        event,
        context,
        name="receipts_mns",
        action=relay or queue_wiring.pull,
        seconds=DEADLINE_SECONDS,
        repeated=relay is not None,
    )
