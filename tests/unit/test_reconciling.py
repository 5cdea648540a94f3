"""When a message that was never reported is asked about."""

from __future__ import annotations

from datetime import datetime

import pytest

from shared.domain.delivery import UNKNOWN_AFTER
from shared.domain.rates import BEIJING
from shared.domain.reconciling import Awaited
from shared.storage.tables import PENDING


def message(issued_at: float = 0.0, tries: int = 0) -> Awaited:
    return Awaited("a" * 22, "+8613800138000", issued_at, tries)


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=BEIJING).timestamp()  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("issued_at", "days"),
    [
        (at(2026, 11, 21, 12, 0, 0), ("20261121",)),
        (at(2026, 11, 21, 23, 58, 59), ("20261121",)),
        (at(2026, 11, 21, 23, 59, 30), ("20261121", "20261122")),
        (at(2026, 11, 22, 0, 0, 0), ("20261122",)),
        (at(2026, 12, 31, 23, 59, 59), ("20261231", "20270101")),
    ],
)
def test_around_midnight_of_beijing_two_days_are_asked_for(
    issued_at: float, days: tuple[str, ...]
) -> None:
    assert message(issued_at).days == days


@pytest.mark.parametrize(("tries", "seconds"), [(0, 600), (1, 1200), (2, 2400), (8, 153_600)])
def test_each_try_doubles_the_pause(tries: int, seconds: float) -> None:
    one = message(tries=tries)
    assert not one.due(now=seconds - 1, after=600)
    assert one.due(now=seconds, after=600)


def test_a_message_that_nobody_reports_is_asked_about_nine_times_at_most() -> None:
    tries = 0
    while not message().hopeless(now=600 * 2**tries):
        tries += 1
    assert tries == 9


def test_it_is_hopeless_when_its_row_goes_by_itself_too() -> None:
    assert not message().hopeless(now=UNKNOWN_AFTER - 1)
    assert message().hopeless(now=UNKNOWN_AFTER)
    assert PENDING.time_to_live == UNKNOWN_AFTER


def test_its_number_is_not_shown() -> None:
    assert "13800138000" not in repr(message())
