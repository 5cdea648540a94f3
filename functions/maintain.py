"""Timer, every minute: warn of caps that are nearly used up, and tell that sends are cut off."""

from typing import Any

from shared import timer, wiring

DEADLINE_SECONDS = 50.0
"""The function's own time-out is 60 s (s.yaml)."""


def handler(event: bytes, context: Any) -> dict[str, Any]:
    """Answer one invocation by Function Compute."""
    return timer.run(
        event, context, name="maintain", action=wiring.maintain, seconds=DEADLINE_SECONDS
    )
