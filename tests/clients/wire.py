"""Values as a contract's steps and answers carry them between processes: JSON that keeps types."""

from __future__ import annotations

import math
from typing import Any

INF_MIN, INF_MAX, AUTO_INCREMENT = (
    {"special": name} for name in ("INF_MIN", "INF_MAX", "AUTO_INCREMENT")
)


def wire(value: Any) -> Any:
    """Return a value, a list or a dict of them as JSON: {"i": "1"}, {"d": 0.5} or {"b": "00"}."""
    if isinstance(value, dict):
        return {name: wire(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [wire(part) for part in value]
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"d": value if math.isfinite(value) else str(value)}
    return value
