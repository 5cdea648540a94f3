"""Run schemathesis against a service, in a process and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scripts.fuzzing.service import ROOT, Served

DOCUMENT = ROOT / "docs" / "openapi.yaml"
CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = "scripts.fuzzing.hooks"
FRONT, SECRET = "FUZZ_FRONT", "FUZZ_SECRET"
"""Variables that tell the hooks where the service answers, and a secret of receipts' paths."""

NOT_CHECKED = ("positive_data_acceptance",)
"""A well-formed request may still name a number that nobody has, or a wrong code: 400."""

REQUEST_SECONDS = 15


def attack(
    service: Served,
    *,
    examples: int,
    seed: int,
    doors: Sequence[str] = (),
    document: Path = DOCUMENT,
) -> int:
    """Attack a service and return schemathesis's exit code; it tells what it found by itself.

    `examples` made-up requests for each operation, beside those that try each limit of each
    field; `doors` are all where none is named.
    """
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG)]
    command += ["--no-color", "run", str(document), "--url", service.address, "--checks", "all"]
    command += ["--exclude-checks", ",".join(NOT_CHECKED)]
    command += ["--max-examples", str(examples), "--seed", str(seed)]
    command += ["--request-timeout", str(REQUEST_SECONDS), "--continue-on-failure"]
    # Its warnings are guesses: most well-formed codes are refused because they are wrong.
    command += [
        "--warnings",
        "off",
        "--generation-database",
        "none",
        "--suppress-health-check",
        "all",
    ]
    for door in doors:
        command += ["--include-operation-id", door]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": HOOKS,
        FRONT: service.address,
        SECRET: service.secret,
    }
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:  # it leaves files where it runs
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode
