"""Fixtures: each official client, installed once, and what it saw."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.clients.contract import NATIVE, NODE, PURE, PYTHON
from tests.clients.installing import install_npm_client, install_python_client
from tests.clients.running import Client, Run, run

HERE = Path(__file__).parent
VERSION = version("tablestore")
SCRIPT = str(HERE / "python" / "client.py")


def npm() -> Client:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        without("no npm on this machine: install Node.js, or apt-get install nodejs npm")
    folder = installed(install_npm_client, npm)
    command = (node, str(HERE / "node" / "client.mjs"), str(folder))
    return Client("npm tablestore 5.6.5", frozenset({NODE}), command)


def python(name: str, *arguments: str, **settings: str) -> Callable[[], Client]:
    kinds = frozenset({PYTHON, PURE})
    command = (sys.executable, SCRIPT, "pure", *arguments)
    return lambda: Client(f"PyPI tablestore {VERSION}{name}", kinds, command, settings)


def native() -> Client:
    if sys.version_info[:2] != (3, 12):
        pytest.skip("the native codec loads on Python 3.12 only")
    command = (sys.executable, SCRIPT)
    return Client(f"PyPI tablestore {VERSION}, native", frozenset({PYTHON, NATIVE}), command)


def python5() -> Client:
    interpreter = installed(install_python_client, "tablestore5.txt")
    command = (str(interpreter), SCRIPT)
    return Client("PyPI tablestore 5.4.4", frozenset({PYTHON, PURE}), command)


CLIENTS = {
    "npm": npm,
    "python": python(""),
    "python-v4": python(", V4", region="cn-hangzhou"),
    "python-async": python(", async", "async"),
    "python-native": native,
    "python5": python5,
}


def installed(install: Callable[[str], Path], given: str) -> Path:
    try:
        return install(given)
    except subprocess.CalledProcessError as failed:
        without(f"a client could not be installed: {failed.stderr}")


def without(reason: str) -> NoReturn:
    """Skip what needs a client, but fail where it has to be there."""
    if os.environ.get("CI_NEEDS_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def ran(name: str) -> Run:
    return run(CLIENTS[name]())


@pytest.fixture(params=list(CLIENTS))
def seen(request: Any) -> Run:
    """What one client saw of the contract."""
    return ran(request.param)
