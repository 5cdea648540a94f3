"""GET /messages/{verification_id}: tell what became of a message."""

from typing import Any

from shared import fc, wiring

DEADLINE_SECONDS = 4.5
"""The function's own time-out is 5 s (s.yaml)."""


def handler(event: bytes, context: Any) -> fc.Answer:
    """Answer one invocation by Function Compute."""
    return fc.serve(
        event,
        context,
        name="messages",
        action=wiring.message,
        origins=wiring.web_origins,
        seconds=DEADLINE_SECONDS,
        method="GET",
    )
