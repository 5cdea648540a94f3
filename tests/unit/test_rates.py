"""Rates, rolling windows and fixed ones."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.rates import Rate, fixed_window, parse_rates, share_of, wait

ALIYUN = parse_rates("1/60s,5/1h,10/24h")
MIDNIGHT_IN_BEIJING = 1_795_190_400  # 2026-11-21 00:00 +08:00


def test_a_rate_is_read_as_it_is_written() -> None:
    assert (Rate(1, 60), Rate(5, 3600), Rate(10, 86_400)) == ALIYUN


@pytest.mark.parametrize(
    "text", ["", "1", "1/", "/60s", "1/60", "0/60s", "1/0s", "-1/60s", "1/60w"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        parse_rates(text)


def test_the_first_event_need_not_wait() -> None:
    assert wait(ALIYUN, [], now=1000) == 0


def test_an_event_waits_for_the_tightest_window() -> None:
    assert wait(ALIYUN, [1000], now=1010) == 50


def test_an_event_waits_for_the_longest_of_several_full_windows() -> None:
    assert wait(ALIYUN, [0, 100, 200, 300, 1000], now=1030) == 2570


def test_a_window_is_over_after_its_length_and_not_before() -> None:
    rates = parse_rates("1/60s")
    assert wait(rates, [1000], now=1059.9) > 0
    assert wait(rates, [1000], now=1060) == 0


def test_a_time_from_a_clock_that_is_ahead_counts_as_now() -> None:
    assert wait(parse_rates("1/60s"), [5000], now=1000) == 60


@given(st.lists(st.integers(0, 80_000).map(lambda eighths: eighths / 8), max_size=40))
def test_events_that_wait_never_exceed_any_rolling_window(starts: list[float]) -> None:
    rates = parse_rates("2/60s,3/300s")
    accepted: list[float] = []
    for now in sorted(starts):
        if wait(rates, accepted, now=now) == 0:
            accepted.append(now)
    for rate in rates:
        for time in accepted:
            assert sum(time - rate.window < other <= time for other in accepted) <= rate.count


def test_a_day_starts_at_midnight_in_beijing() -> None:
    day = Rate(1, 86_400)
    assert fixed_window(day, now=MIDNIGHT_IN_BEIJING)[0] == MIDNIGHT_IN_BEIJING
    assert fixed_window(day, now=MIDNIGHT_IN_BEIJING + 86_399)[0] == MIDNIGHT_IN_BEIJING
    assert fixed_window(day, now=MIDNIGHT_IN_BEIJING - 1)[0] == MIDNIGHT_IN_BEIJING - 86_400


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-02-01T00:00:00+08:00", "2026-02-01", "2026-03-01"),
        ("2026-02-28T23:59:59+08:00", "2026-02-01", "2026-03-01"),
        ("2028-02-29T12:00:00+08:00", "2028-02-01", "2028-03-01"),
        ("2026-12-31T23:00:00+08:00", "2026-12-01", "2027-01-01"),
        ("2026-12-31T17:00:00+00:00", "2027-01-01", "2027-02-01"),
    ],
)
def test_a_month_is_a_calendar_month_of_beijing(moment: str, start: str, end: str) -> None:
    (rate,) = parse_rates("5/1mo")
    found = fixed_window(rate, now=datetime.fromisoformat(moment).timestamp())
    expected = [datetime.fromisoformat(f"{day}T00:00:00+08:00").timestamp() for day in (start, end)]
    assert list(found) == expected


@pytest.mark.parametrize("text", ["1/60s", "5/1h", "10/1d", "3/90s", "7/1mo"])
def test_a_rate_is_shown_as_it_is_written(text: str) -> None:
    shown = {"1/60s": "1/1m"}.get(text, text)
    assert [str(rate) for rate in parse_rates(text)] == [shown]


@pytest.mark.parametrize("text", ["5/2mo", "5/mo", "5/0mo", "0/1mo"])
def test_the_only_window_of_months_is_one(text: str) -> None:
    with pytest.raises(ValueError, match="part 1"):
        parse_rates(text)


@pytest.mark.parametrize(
    ("count", "share", "shared"),
    [(5, 0.8, 4), (10, 0.8, 8), (1, 0.8, 1), (4, 0.8, 4), (5, 1, 5), (10, 0.5, 5), (1, 0.01, 1)],
)
def test_a_share_leaves_small_counts_whole(count: int, share: float, shared: int) -> None:
    assert share_of([Rate(count, 60)], share) == (Rate(shared, 60),)
