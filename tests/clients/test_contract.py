"""Tablestore's stand-in, asked the same by every official client that installs here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.running import Run
from tests.clients.steps import contract
from tests.clients.table import markdown

pytestmark = pytest.mark.once

README = Path(__file__).parents[2] / "scripts" / "local_cloud" / "tablestore" / "README.md"

SUBJECTS = list(contract(0, {}))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_client_sees_what_every_client_sees(seen: Run, subject: str) -> None:
    """Or, where the client is at fault, what the step says of it."""
    assert seen.differing(subject) == {}


def test_the_readme_shows_what_differs() -> None:
    assert markdown() in README.read_text("utf-8")
