"""Fixtures: one local cloud for the session, emptied before each test."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Iterator

import hypothesis
import pytest

from shared import wiring
from shared.storage.bootstrap import bootstrap
from tests.service import Cloud, Service

hypothesis.settings.register_profile(
    "project", derandomize="EXAMPLES" not in os.environ, deadline=None, database=None
)
hypothesis.settings.load_profile("project")
"""What chance makes up is the same each time, unless more of it is asked for (tests/fuzz)."""

os.environ["ENV_FILE"] = os.devnull
"""No test, and no script that one starts, reads the .env of whoever runs them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="store_true",
        help="run the store's contract on the real Tablestore instance in the environment too",
    )


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start("--no-reports", "--sms-flow-limits", "60:1000")
    yield cloud
    cloud.stop()


@pytest.fixture
def cloud(running_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A cloud with empty tables, and an environment that points at it."""
    for name, value in running_cloud.environment.items():
        monkeypatch.setenv(name, value)
    client, prefix = wiring.store_client()
    bootstrap(client, prefix, say=lambda _: None)
    running_cloud.reset()
    return running_cloud


@pytest.fixture
def service(cloud: Cloud) -> Service:
    return Service(cloud)


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """Catch what every logger would write if the root logger were set to debug."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings: setting(LIMIT_IP="7/1d"); None unsets."""

    def change(**values: str | None) -> None:
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return change
