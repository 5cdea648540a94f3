"""The picture."""

from __future__ import annotations

from typing import Any


def picture(found: dict[str, Any], language: int) -> str:
    """Return it."""
    return f"{found['about']['commit']} {language}"
