"""POST /send-code: text a code to a phone number."""

from typing import Any

from shared import fc, wiring

DEADLINE_SECONDS = 9.0
"""The function's own time-out is 10 s (s.yaml)."""


def handler(event: bytes, context: Any) -> fc.Answer:
    """Answer one invocation by Function Compute."""
    return fc.serve(
        event,
        context,
        name="send_code",
        action=wiring.send,
        origins=wiring.web_origins,
        seconds=DEADLINE_SECONDS,
    )
