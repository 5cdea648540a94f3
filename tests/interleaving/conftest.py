"""One set of edges for all explorations: the client behind them is built once."""

from __future__ import annotations

import pytest

import shared.storage.sdk  # noqa: F401 - before what uses it
from scripts.interleaving.edges import Edges
from shared import logs


@pytest.fixture(scope="session")
def edges() -> Edges:
    logs.silence_sdks()
    return Edges()
