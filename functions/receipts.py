"""POST /receipts/{kind}/{secret}: take delivery reports, replies and review results from Aliyun."""

from typing import Any

from shared import fc, receipt_wiring

DEADLINE_SECONDS = 4.5
"""The function's own time-out is 5 s (s.yaml); Aliyun itself waits 0.7 s, and comes again."""


def handler(event: bytes, context: Any) -> fc.Answer:
    """Answer one invocation by Function Compute."""
    return fc.serve(
        event,
        context,
        name="receipts",
        action=receipt_wiring.receive,
        origins=tuple,
        seconds=DEADLINE_SECONDS,
    )
