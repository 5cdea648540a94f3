"""Every implementation of a port, under one name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from shared import wiring
from shared.storage.bootstrap import bootstrap
from shared.storage.guesses import TablestoreGuesses
from shared.storage.sends import TablestoreSends
from shared.storage.tables import ALL
from tests.fakes import MemoryStore

LIVE_PREFIX = "contract_test_"


class WireStore(TablestoreSends, TablestoreGuesses):
    """Both stores on one client."""

    def __init__(self, client: Any, prefix: str) -> None:
        TablestoreSends.__init__(self, client, prefix)
        TablestoreGuesses.__init__(self, client, prefix)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run on memory and on the local cloud, and with --live on the real service too."""
    if "store" in metafunc.fixturenames:
        live = ["live"] if metafunc.config.getoption("--live") else []
        metafunc.parametrize("store", ["memory", "local", *live], indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The store under test; `live` is the one that the environment names."""
    if request.param == "memory":
        yield MemoryStore()
        return
    if request.param == "local":
        request.getfixturevalue("cloud")
        yield WireStore(*wiring.store_client())
        return
    os.environ["TABLE_PREFIX"] = LIVE_PREFIX
    client, prefix = wiring.store_client()
    bootstrap(client, prefix, say=print)
    yield WireStore(client, prefix)
    for table in ALL:
        client.delete_table(table.name(prefix))
