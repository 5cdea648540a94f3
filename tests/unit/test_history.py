"""What a number's row remembers."""

from __future__ import annotations

from shared.domain.history import KEPT_BEYOND_WINDOWS, History, Repeatable, Send

ANSWER = Repeatable("k", "b", expires_at=400, answer={"expires_in": 300})


def test_a_history_survives_writing_and_reading() -> None:
    history = History("v2", (Send(1.5, "v1"), Send(2, "v2", "accepted", ANSWER)))
    assert History.from_json("v2", history.to_json()) == history


def test_a_new_send_becomes_the_version() -> None:
    assert History().with_send(Send(1, "v1"), longest_window=60).version == "v1"


def test_a_history_forgets_what_no_window_counts_and_keeps_a_time_line() -> None:
    history = History()
    for at in range(100):
        history = history.with_send(Send(at, f"v{at}"), longest_window=10)
    assert len(history.sends) == KEPT_BEYOND_WINDOWS + 10
    assert history.times[-1] == 99


def test_a_repetition_is_found_while_its_code_lives() -> None:
    history = History("v1", (Send(100, "v1", "accepted", ANSWER),))
    assert history.repeated("k", now=399) is history.sends[0]
    assert history.repeated("k", now=400) is None
    assert history.repeated("other", now=399) is None
    assert history.repeated(None, now=399) is None


def test_a_failed_send_is_nothing_to_repeat() -> None:
    history = History("v1", (Send(100, "v1", None, ANSWER),))
    failed = history.with_outcome("v1", delivery="failed", at=101)
    assert failed.repeated("k", now=200) is None


def test_an_outcome_stamps_its_own_send_alone() -> None:
    history = History("v2", (Send(1, "v1"), Send(2, "v2")))
    stamped = history.with_outcome("v2", delivery="accepted", at=3)
    assert stamped.sends == (Send(1, "v1"), Send(3, "v2", "accepted"))
