"""Tablestore's stand-in, asked the same by every official client that installs here."""

from __future__ import annotations

import pytest

from tests.clients.running import Run
from tests.clients.steps import contract

SUBJECTS = list(contract(0, {}))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_client_sees_what_every_client_sees(seen: Run, subject: str) -> None:
    """Or, where the client is at fault, what the step says of it."""
    assert seen.differing(subject) == {}
