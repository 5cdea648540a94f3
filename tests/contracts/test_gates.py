"""What every store does for the gates: captcha tokens, steps of a march, counted guesses."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import partial
from typing import Any

from shared.domain.claim import Claim
from shared.domain.history import History
from shared.domain.phone_number import PhoneNumber
from shared.domain.sequence import Step
from shared.ports import Inquiry, Snapshot, Taken
from tests.contracts.test_store import ACCEPTED as TAKEN_BY_PROVIDER
from tests.contracts.test_store import NOW, claim, counter, guess, look, settle, take
from tests.fakes import PASSES
from tests.service import at_once

SEGMENT_SECRET = secrets.token_hex(8)


def step(suffix: int, source: str = "a", now: float = NOW) -> Step:
    number = PhoneNumber(f"+861390013{suffix:04d}", "CN", 86)
    return Step.of(number, source, secret=SEGMENT_SECRET, now=now)


def with_token(token: str) -> Claim:
    return replace(claim(History()), token=token)


def seen(store: Any, inquiry: Inquiry) -> Snapshot:
    found: Snapshot = store.look(inquiry, deadline=PASSES)
    return found


def test_a_token_is_taken_once(store: Any) -> None:
    token = secrets.token_hex(8)
    assert not seen(store, Inquiry("p", token=token)).token_used
    grants = at_once([partial(take, store, with_token(token)) for _ in range(20)])
    assert sum(grant.token is Taken.YES for grant in grants) == 1
    assert all(grant.token in (Taken.YES, Taken.NO) for grant in grants)
    assert seen(store, Inquiry("p", token=token)).token_used


def test_a_token_whose_send_was_given_up_stays_used(store: Any) -> None:
    token = secrets.token_hex(8)
    wanted = with_token(token)
    store.give_back(wanted, take(store, wanted), deadline=PASSES)
    assert seen(store, Inquiry("p", token=token)).token_used


def test_steps_are_all_noted_also_those_taken_at_once(store: Any) -> None:
    steps = [step(suffix, source="abc"[suffix % 3]) for suffix in range(30)]
    at_once([partial(take, store, replace(claim(History()), step=each)) for each in steps])
    found = seen(store, Inquiry("p", step=step(9999))).seen
    assert found == {each.suffix: each.source for each in steps}


def test_steps_of_the_window_before_are_seen_and_older_ones_are_not(store: Any) -> None:
    take(store, replace(claim(History()), step=step(1234, now=NOW + 10_000)))
    assert 1234 in seen(store, Inquiry("p", step=step(1, now=NOW + 10_300))).seen
    assert 1234 not in seen(store, Inquiry("p", step=step(1, now=NOW + 10_600))).seen


def test_guesses_are_counted_up_to_their_limit(store: Any) -> None:
    limit, sent = counter(3), claim(look(store).history)
    take(store, sent)
    settle(store, sent, TAKEN_BY_PROVIDER)
    right = partial(store.count_if_wrong, guess(sent), [limit], now=NOW, deadline=PASSES)
    counted = [right() for _ in range(4)]
    assert [each.full for each in counted] == [None, None, None, limit]
    assert not any(each.counted for each in counted)
    store.forgive([limit], deadline=PASSES)
    assert right().full is None


def test_a_guess_beyond_a_limit_is_counted_against_its_code_all_the_same(store: Any) -> None:
    limit, sent = counter(1), claim(look(store).history)
    take(store, sent)
    wrong = partial(store.count_if_wrong, guess(sent, "wrong"), [limit], now=NOW, deadline=PASSES)
    assert [wrong().full for _ in range(3)] == [None, limit, limit]
    assert not store.redeem(guess(sent), now=NOW, deadline=PASSES)


def test_simultaneous_guesses_never_exceed_a_limit(store: Any) -> None:
    limit, sent = counter(7), claim(look(store).history)
    take(store, sent)
    right = partial(store.count_if_wrong, guess(sent), [limit], now=NOW, deadline=PASSES)
    counted = at_once([right] * 30)
    assert sum(each.full is None for each in counted) == 7
