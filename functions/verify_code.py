"""POST /verify-code: accept or refuse a code, once."""

from typing import Any

from shared import fc, wiring

DEADLINE_SECONDS = 4.5
"""The function's own time-out is 5 s (s.yaml)."""


def handler(event: bytes, context: Any) -> fc.Answer:
    """Answer one invocation by Function Compute."""
    return fc.serve(
        event,
        context,
        name="verify_code",
        action=wiring.verify,
        origins=wiring.web_origins,
        seconds=DEADLINE_SECONDS,
    )
