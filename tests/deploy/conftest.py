"""Fixtures: the CLI, and the templates in a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from tests.deploy.serverless_devs import Project, install


@pytest.fixture(scope="session")
def cli() -> Path:
    npm = shutil.which("npm")
    if npm is None:
        without("no npm on this machine: install Node.js, or apt-get install nodejs npm")
    try:
        return install(npm)
    except subprocess.CalledProcessError as failed:
        without(f"npm could not install the Serverless Devs CLI: {failed.stderr}")


def without(reason: str) -> NoReturn:
    """Skip what needs the CLI, but fail where it has to be there."""
    if os.environ.get("CI_NEEDS_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def project(cli: Path, tmp_path: Path) -> Project:
    return Project.copied(cli, tmp_path)


@pytest.fixture(scope="module")
def shared_project(cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.copied(cli, tmp_path_factory.mktemp("project"))
