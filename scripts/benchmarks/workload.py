"""What the parts have in common: limits that none of them meets, and how they tell how far."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

SETTINGS = {
    "LIMIT_TOTAL": "100000000/1d",
    "LIMIT_IP": "1000000/1d",
    "LIMIT_GUESS": "1000000/1d",
}

Tick: TypeAlias = Callable[[float, str], None]
"""Takes how far a part is, from 0 to 1, and what it does."""


@contextmanager
def environment_kept() -> Iterator[None]:
    """Put the environment back afterwards."""
    kept = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def kept(answers: list[Any], action: Callable[[], Any]) -> None:
    """Run an action and keep its answer."""
    answers.append(action())
