"""Fixtures of the holes' tests: the doors' clock, and what an action asks of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared import wiring
from tests.service import Service

NOON = 1_795_233_600.0  # 21 November 2026, Beijing


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock of the doors' instance to so many seconds after noon; the store's runs on."""
    return lambda seconds: monkeypatch.setattr(wiring, "clock", lambda: NOON + seconds)


@pytest.fixture
def asked(service: Service) -> Callable[[Callable[[], Any]], tuple[dict[str, int], Any]]:
    """Run an action; return the requests that it made of store and provider, and its answer."""

    def count(action: Callable[[], Any]) -> tuple[dict[str, int], Any]:
        before = {**service.cloud.calls("tablestore"), **service.cloud.calls("dysms")}
        answer = action()
        after = {**service.cloud.calls("tablestore"), **service.cloud.calls("dysms")}
        more = {name: after[name] - before.get(name, 0) for name in after}
        return {name: count for name, count in more.items() if count}, answer

    return count
