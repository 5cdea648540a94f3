"""Fixtures of the functions' tests: scripts/ops, and scripts/doctor on a cloud of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.ops_cli.__main__ import main as ops
from shared import wiring
from shared.storage.bootstrap import bootstrap
from tests.doctor import (
    CODE_SECRET,
    NUMBER_SECRET,
    SIGNS,
    TEMPLATES,
    Captured,
    Doctor,
    environment_of,
)
from tests.service import PHONE, Cloud


@pytest.fixture
def said(cloud: Cloud, capsys: Captured) -> Callable[..., str]:
    """Run a command of scripts/ops, expect its exit code, and return what it wrote."""

    def run(*arguments: str, fails: int = 0) -> str:
        capsys.readouterr()
        code = ops(arguments)
        written = capsys.readouterr()
        assert code == fails, written.out + written.err
        return written.out + (written.err if "--json" not in arguments else "")

    return run


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    catalogue: Path = tmp_path_factory.mktemp("catalogue") / "catalogue.json"
    catalogue.write_text(json.dumps({"sign_names": SIGNS, "templates": TEMPLATES}), "utf-8")
    cloud = Cloud.start("--no-reports", "--catalogue", str(catalogue))
    bootstrap(*wiring.store_client(environment_of(cloud)), say=lambda _: None)
    yield cloud
    cloud.stop()


@pytest.fixture
def doctor(reviewed: Cloud, tmp_path: Path, capsys: Captured) -> Iterator[Doctor]:
    doctor = Doctor(reviewed, tmp_path, capsys)
    yield doctor
    reviewed.control("faults", {"clear": True})
    for secret in (CODE_SECRET, NUMBER_SECRET, "local-secret", "local-token", PHONE):
        assert secret not in doctor.said
