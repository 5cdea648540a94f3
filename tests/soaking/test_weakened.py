"""The soak finds what a guard is there for, where a copy of the product lacks it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (11, 12, 13, 14)
"""Tried in turn: what takes a rare failure to show may not meet one in 24 s of a busy machine."""


@dataclass(frozen=True)
class Weakening:
    """A line of ours, what stands in its place, and the rule that must then be broken."""

    file: str
    text: str
    instead: str
    rule: str


WEAKENINGS = {
    "a code that is spent stays live": Weakening(
        "shared/storage/guesses.py",
        '        equal("state", LIVE),\n        above("expires_at", int(now)),',
        '        above("expires_at", int(now)),',
        "I1 a code is accepted once",
    ),
    "attempts have no end": Weakening(
        "shared/storage/guesses.py",
        'return [*_unspent(guess, now=now), above("left", 0)]',
        "return [*_unspent(guess, now=now)]",
        "I2 no attempts beyond the last",
    ),
    "everybody takes the slot": Weakening(
        "shared/storage/sends.py",
        'unchanged = new_row() if before is None else existing(equal("version", before))',
        "unchanged = any_row()",
        "I4 a number's rolling windows hold",
    ),
    "the next provider is asked in doubt": Weakening(
        "shared/use_cases/hand_over.py",
        "        if not outcome.elsewhere:\n",
        '        if outcome.verdict.value == "accepted":\n',
        "I5 no message without a request, and one at most for each",
    ),
    "sends are not counted": Weakening(
        "shared/storage/counters.py",
        '"n", 1, room)',
        '"n", 0, room)',
        "I4 counters count what was sent",
    ),
    "a report is acknowledged whatever became of it": Weakening(
        "shared/storage/receipt_rows.py",
        "    for result in results[: len(results) - spare]:\n",
        "    for result in results[:0]:\n",
        "I6 every acknowledged report is stored",
    ),
    "the log has whole numbers": Weakening(
        "shared/use_cases/send_code.py",
        "log(phone=number.masked, scene",
        "log(phone=number.e164, scene",
        "I7 none in a log line or an answer",
    ),
}


CERTAIN = ("sends are not counted", "the log has whole numbers")
"""What half a minute finds however threads meet, so that CI can hold the soak to it."""


@pytest.mark.parametrize(
    "weakening",
    [
        pytest.param(
            weakening, id=name, marks=pytest.mark.guards if name in CERTAIN else pytest.mark.long
        )
        for name, weakening in WEAKENINGS.items()
    ],
)
def test_a_weakened_product_breaks_a_rule(tmp_path: Path, weakening: Weakening) -> None:
    for folder in ("functions", "shared", "scripts"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    file = tmp_path / weakening.file
    text = file.read_text("utf-8")
    assert text.count(weakening.text) == 1, f"the guard has moved: {weakening.text!r}"
    file.write_text(text.replace(weakening.text, weakening.instead), "utf-8")
    assert any(weakening.rule in broken_rules(tmp_path, seed) for seed in SEEDS)


def broken_rules(copy: Path, seed: int) -> dict[str, list[str]]:
    """Run a soak of a copy, and return what broke each rule."""
    file = copy / f"figures-{seed}.json"
    command = [sys.executable, "-m", "scripts.soaking", "--minutes", "0.4", "--users", "16"]
    done = subprocess.run(
        [*command, "--seed", str(seed), "--json", str(file)],
        cwd=copy,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert file.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    broken: dict[str, list[str]] = json.loads(file.read_text("utf-8"))["broken"]
    assert done.returncode == bool(broken), done.stdout[-2000:] + done.stderr[-2000:]
    return broken
