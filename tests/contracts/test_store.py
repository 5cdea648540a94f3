"""What every store does, however it is built: intentions in, verdicts out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from shared.domain.access import Caller
from shared.domain.claim import Claim, Draft, Randomness
from shared.domain.codes import CodePolicy, code_digests
from shared.domain.history import History
from shared.domain.limits import Counter
from shared.domain.phone_number import PhoneNumber
from shared.domain.policy import Policy
from shared.domain.rates import Rate, parse_rates
from shared.domain.routes import DYPNS, DYSMS, Routes
from shared.domain.standing import SOUND, Standing
from shared.guess_ports import Guess
from shared.ports import Inquiry, Outcome, Taken, Verdict
from tests.fakes import PASSES
from tests.service import at_once

NOW = 1_795_250_000.0
NUMBER = PhoneNumber("+8613800138000", "CN", 86)
ACCEPTED = Outcome(Verdict.ACCEPTED, "fake")
REFUSED = Outcome(Verdict.MISCONFIGURED, "fake")
UNREACHED = Outcome(Verdict.TRY_LATER, "fake", reached=False)
POLICY = Policy(
    access="gateway",
    scenes=frozenset({"sign_in"}),
    code=CodePolicy(6, 300, 3),
    code_secrets=["c" * 16],
    number_secret=secrets.token_hex(8),  # a live store keeps the rows of earlier runs
    phone_rates=parse_rates("100/60s"),
    allowed_rates=parse_rates("100/60s"),
    ip_rates=(),
    device_rates=(),
    total_rates=(),
)


def counter(limit: int) -> Counter:
    return Counter("total", f"total/{secrets.token_hex(8)}", Rate(limit, 60), int(NOW) + 60)


EMPTY = History()


def claim(
    before: History = EMPTY,
    *counters: Counter,
    scene: str = "sign_in",
    policy: Policy = POLICY,
    route: Sequence[str] = (DYSMS,),
) -> Claim:
    draft = Draft(policy, NUMBER, scene, Caller("caller"), "{}", None, NOW)
    chance = Randomness(secrets.randbelow, partial(secrets.token_urlsafe, 16))
    return draft.claim(before, counters, randomness=chance, route=route)


def guess(issued: Claim, code: str | None = None, **changes: str) -> Guess:
    bound = {
        "verification_id": issued.code.verification_id,
        "phone": issued.code.phone,
        "scene": issued.code.scene,
        **changes,
    }
    digests = code_digests(POLICY.code_secrets, code=code or issued.plain_code, **bound)
    return Guess(digests=digests, **bound)


def look(store: Any, *counters: Counter) -> Any:
    return store.look(Inquiry(NUMBER.key(POLICY.number_secret), counters), deadline=PASSES)


def take(store: Any, wanted: Claim) -> Any:
    return store.take(wanted, deadline=PASSES)


def settle(store: Any, taken: Claim, outcome: Outcome, *, replaces: str | None = None) -> None:
    store.settle(
        taken, outcome, replaces=replaces, handed_over_at=NOW + 1, standings={}, deadline=PASSES
    )


def redeem(store: Any, tried: Guess, *, now: float = NOW) -> bool:
    return bool(store.redeem(tried, now=now, deadline=PASSES))


def count_if_wrong(store: Any, tried: Guess, *, now: float = NOW) -> bool:
    return bool(store.count_if_wrong(tried, (), now=now, deadline=PASSES).counted)


@pytest.fixture
def issued(store: Any) -> Claim:
    """A code that was sent."""
    wanted = claim(look(store).history)
    assert take(store, wanted).complete
    settle(store, wanted, ACCEPTED)
    return wanted


def test_a_number_that_nobody_knows_has_an_empty_history(store: Any) -> None:
    fresh = replace(POLICY, number_secret=secrets.token_hex(8))
    phone = NUMBER.key(fresh.number_secret)
    assert store.look(Inquiry(phone), deadline=PASSES).history == History()


def test_what_was_taken_is_seen(store: Any) -> None:
    limit = counter(5)
    wanted = claim(look(store).history, limit)
    assert take(store, wanted).complete
    seen = look(store, limit)
    assert seen.history.version == wanted.code.verification_id
    assert seen.counts == {limit: 1}


def test_a_slot_is_taken_once_by_all_who_saw_the_same_history(store: Any) -> None:
    before = look(store).history
    grants = at_once([partial(take, store, claim(before)) for _ in range(20)])
    assert sum(grant.slot is Taken.YES for grant in grants) == 1


def test_a_counter_is_never_counted_beyond_its_limit(store: Any) -> None:
    limit, before = counter(7), look(store).history
    grants = at_once([partial(take, store, claim(before, limit)) for _ in range(20)])
    assert sum(grant.counters[limit] is Taken.YES for grant in grants) == 7
    assert look(store, limit).counts == {limit: 7}


def test_what_is_given_back_is_free_again(store: Any) -> None:
    limit, before = counter(1), look(store).history
    wanted = claim(before, limit)
    store.give_back(wanted, take(store, wanted), deadline=PASSES)
    seen = look(store, limit)
    assert (seen.history.sends, seen.counts) == (before.sends, {limit: 0})
    assert not redeem(store, guess(wanted))


def test_nobody_gives_back_the_slot_of_another(store: Any) -> None:
    before = look(store).history
    winner, loser = claim(before), claim(before)
    take(store, winner)
    store.give_back(loser, take(store, loser), deadline=PASSES)
    assert look(store).history.version == winner.code.verification_id


def test_who_read_the_history_before_a_give_back_does_not_get_the_slot_after_it(
    store: Any, issued: Claim
) -> None:
    before = look(store).history
    late, wanted = claim(before), claim(before)
    store.give_back(wanted, take(store, wanted), deadline=PASSES)
    assert take(store, late).slot is Taken.NO


def test_an_accepted_send_is_stamped_with_its_outcome(store: Any, issued: Claim) -> None:
    last = look(store).history.sends[-1]
    assert (last.delivery, last.at) == ("accepted", NOW + 1)


def test_a_refused_send_gives_its_counters_back_keeps_its_slot_and_kills_its_code(
    store: Any,
) -> None:
    limit = counter(5)
    wanted = claim(look(store).history, limit)
    take(store, wanted)
    settle(store, wanted, REFUSED)
    seen = look(store, limit)
    assert seen.counts == {limit: 0}
    assert seen.history.sends[-1].delivery == "failed"
    assert not redeem(store, guess(wanted))


def test_a_send_that_reached_no_provider_gives_its_slot_back_too(store: Any) -> None:
    before = look(store).history
    wanted = claim(before)
    take(store, wanted)
    settle(store, wanted, UNREACHED)
    assert look(store).history.sends == before.sends


def test_a_code_is_spent_once(store: Any, issued: Claim) -> None:
    spent = at_once([partial(redeem, store, guess(issued))] * 20)
    assert spent.count(True) == 1


def test_a_right_guess_is_not_counted(store: Any, issued: Claim) -> None:
    assert not count_if_wrong(store, guess(issued))
    assert redeem(store, guess(issued))


def test_no_more_wrong_guesses_are_counted_than_there_are_attempts(
    store: Any, issued: Claim
) -> None:
    counted = at_once([partial(count_if_wrong, store, guess(issued, "wrong"))] * 20)
    assert counted.count(True) == 3
    assert not redeem(store, guess(issued))


@pytest.mark.parametrize(
    "changes", [{"phone": "other"}, {"scene": "other"}, {"verification_id": "other"}], ids=str
)
def test_a_guess_at_something_else_neither_spends_nor_counts(
    store: Any, issued: Claim, changes: dict[str, str]
) -> None:
    stranger = replace(guess(issued), **changes)
    assert not redeem(store, stranger)
    assert not count_if_wrong(store, replace(guess(issued, "wrong"), **changes))
    assert redeem(store, guess(issued))


def test_a_code_expires_on_its_second(store: Any, issued: Claim) -> None:
    assert not redeem(store, guess(issued), now=NOW + 300)
    assert not count_if_wrong(store, guess(issued, "wrong"), now=NOW + 300)
    assert redeem(store, guess(issued), now=NOW + 299)


def test_a_replaced_code_is_dead(store: Any, issued: Claim) -> None:
    newer = claim(look(store).history)
    take(store, newer)
    settle(store, newer, ACCEPTED, replaces=issued.code.verification_id)
    assert not redeem(store, guess(issued))
    assert redeem(store, guess(newer))


@pytest.mark.parametrize(
    "outcome", [REFUSED, UNREACHED, Outcome(Verdict.UNCONFIRMED, "fake")], ids=str
)
def test_a_code_is_not_replaced_by_a_send_that_was_not_accepted(
    store: Any, issued: Claim, outcome: Outcome
) -> None:
    newer = claim(look(store).history)
    take(store, newer)
    settle(store, newer, outcome, replaces=issued.code.verification_id)
    assert redeem(store, guess(issued))


def test_a_code_is_not_replaced_for_another_scene(store: Any, issued: Claim) -> None:
    newer = claim(look(store).history, scene="reset")
    take(store, newer)
    settle(store, newer, ACCEPTED, replaces=issued.code.verification_id)
    assert redeem(store, guess(issued))


def test_a_dead_code_has_a_reason(store: Any, issued: Claim) -> None:
    def why(tried: Guess, now: float = NOW) -> str:
        return str(store.why_dead(tried, now=now, deadline=PASSES))

    assert why(guess(issued, verification_id="none")) == "never_sent"
    assert why(guess(issued, scene="other")) == "other_phone_or_scene"
    assert why(guess(issued), NOW + 300) == "expired"
    for _ in range(3):
        count_if_wrong(store, guess(issued, "wrong"))
    assert why(guess(issued)) == "out_of_attempts"


def test_a_spent_code_has_that_reason(store: Any, issued: Claim) -> None:
    redeem(store, guess(issued))
    assert store.why_dead(guess(issued), now=NOW, deadline=PASSES) == "spent"


def test_a_late_settling_does_not_overwrite_a_newer_history(store: Any) -> None:
    first = claim(look(store).history)
    take(store, first)
    newer = claim(look(store).history)
    take(store, newer)
    settle(store, first, ACCEPTED)
    assert look(store).history.version == newer.code.verification_id
    assert len(look(store).history.sends) == 2


def test_nothing_is_given_back_below_nothing(store: Any) -> None:
    limit = counter(5)
    wanted = claim(look(store).history, limit)
    take(store, wanted)
    for _ in range(3):
        settle(store, wanted, REFUSED)
    assert look(store, limit).counts == {limit: 0}


def test_an_entry_of_a_newer_version_is_read_without_what_is_unknown(store: Any) -> None:
    plain = '[{"at": 1.5, "verification_id": "v", "colour": "red"}]'
    (send,) = History.from_json("v", plain).sends
    assert (send.at, send.verification_id) == (1.5, "v")


@pytest.fixture
def managed(store: Any) -> Claim:
    """A code that its provider made."""
    made_there = replace(POLICY, routes=Routes({"*": (DYPNS,)}, frozenset({DYPNS})))
    wanted = claim(look(store).history, policy=made_there, route=(DYPNS,))
    assert take(store, wanted).complete
    settle(store, wanted, replace(ACCEPTED, managed=True))
    return wanted


def count_managed(store: Any, tried: Guess, *, now: float = NOW) -> bool:
    return bool(store.count_managed(tried, (), now=now, deadline=PASSES).counted)


def test_a_code_of_a_provider_is_counted_down_and_spent_once(store: Any, managed: Claim) -> None:
    tried = guess(managed)
    assert [count_managed(store, tried) for _ in range(4)] == [True, True, True, False]
    assert store.redeem_managed(tried, now=NOW, deadline=PASSES)
    assert not store.redeem_managed(tried, now=NOW, deadline=PASSES)


def test_no_guess_matches_a_code_of_a_provider_here(store: Any, managed: Claim) -> None:
    tried = guess(managed)
    assert count_if_wrong(store, tried)
    assert not redeem(store, tried)
    assert not store.is_ours(tried, deadline=PASSES)


def test_a_code_of_ours_is_none_of_a_providers(store: Any, issued: Claim) -> None:
    tried = guess(issued)
    assert not count_managed(store, tried)
    assert not store.redeem_managed(tried, now=NOW, deadline=PASSES)
    assert store.is_ours(tried, deadline=PASSES)


def test_a_guess_that_was_not_compared_is_given_back(store: Any, managed: Claim) -> None:
    tried = guess(managed)
    assert all(count_managed(store, tried) for _ in range(3))
    store.recount_managed(tried, deadline=PASSES)
    assert [count_managed(store, tried) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("changes", [{"phone": "other"}, {"scene": "other"}])
def test_a_code_of_a_provider_is_bound_to_phone_and_scene(
    store: Any, managed: Claim, changes: dict[str, str]
) -> None:
    tried = guess(managed, **changes)
    assert not count_managed(store, tried)
    assert not store.redeem_managed(tried, now=NOW, deadline=PASSES)


def test_a_code_of_a_provider_expires_here(store: Any, managed: Claim) -> None:
    tried, end = guess(managed), managed.code.expires_at
    assert not count_managed(store, tried, now=end)
    assert not store.redeem_managed(tried, now=end, deadline=PASSES)


def test_who_made_the_code_is_noted_when_it_is_known(store: Any) -> None:
    mixed = replace(POLICY, routes=Routes({"*": (DYPNS, DYSMS)}, frozenset({DYPNS})))
    wanted = claim(look(store).history, policy=mixed, route=(DYPNS, DYSMS))
    take(store, wanted)
    settle(store, wanted, ACCEPTED)
    assert redeem(store, guess(wanted))


def test_standings_are_seen_by_who_chooses(store: Any, issued: Claim) -> None:
    aside = Standing(int(NOW) + 30, 30, "isv.OUT_OF_SERVICE")
    store.settle(
        issued,
        ACCEPTED,
        replaces=None,
        handed_over_at=NOW,
        standings={DYSMS: aside},
        deadline=PASSES,
    )
    seen = store.look(Inquiry(issued.code.phone, providers=(DYPNS, DYSMS)), deadline=PASSES)
    assert seen.standings == {DYPNS: SOUND, DYSMS: aside}
