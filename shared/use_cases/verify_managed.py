"""Accept or refuse a code that its provider made: counted here, compared there, spent here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shared.domain.deadline import Deadline
from shared.domain.limits import Counter, full
from shared.domain.phone_number import PhoneNumber
from shared.errors import Refused
from shared.guess_ports import CheckAnswer, Checked, CodeChecker, Guess, GuessStore

if TYPE_CHECKING:
    from shared.ports import Log

COUNT_SECONDS, CHECK_SECONDS, SPEND_SECONDS = 1.5, 2.3, 1.2
"""What each step may take at most; what is left of the deadline may be less."""

LEAST_FOR_CHECK, LEAST_FOR_SPEND = 1.0, 0.5
"""Seconds without which the provider is not asked: its answer could not be waited for, or the code
that it found right, and that is spent there then, not be spent here."""


def count_managed(
    guess: Guess,
    counters: Sequence[Counter],
    *,
    store: GuessStore,
    now: float,
    deadline: Deadline,
) -> bool:
    """Count a guess before its provider compares it; False if the code is ours to compare.

    PNVS documents no limit of guesses, so ours comes first (I2): a guess is counted before it is
    put to the provider, right or wrong, and only as many are ever put. Raises Refused for a code
    that does not live, or beyond a limit.
    """
    counted = store.count_managed(guess, counters, now=now, deadline=deadline.within(COUNT_SECONDS))
    if counted.full is not None:
        raise full(counted.full, now=now)
    if counted.counted:
        return True
    if store.is_ours(guess, deadline=deadline.within(COUNT_SECONDS)):
        return False
    raise Refused("code_rejected", reason="not_live")


def redeem_elsewhere(
    guess: Guess,
    number: PhoneNumber,
    code: str,
    *,
    store: GuessStore,
    checker: Callable[[], CodeChecker],
    log: Log,
    now: float,
    deadline: Deadline,
) -> None:
    """Put a guess that was counted to its provider, and spend the code if that finds it right.

    Of several right guesses that are put at once one spends the code (I1). Raises Refused or
    StoreError for all others.
    """
    try:
        asked = checker()
    except Refused:  # there are no keys to ask with
        store.recount_managed(guess, deadline=deadline.within(SPEND_SECONDS))
        raise
    answer = CheckAnswer(Checked.NOT_ASKED, "out_of_time")
    seconds = min(CHECK_SECONDS, deadline.left - LEAST_FOR_SPEND)
    if seconds >= LEAST_FOR_CHECK:  # keys and an SDK may have taken long
        limit = deadline.within(seconds)
        answer = asked.check(number, guess.verification_id, code, deadline=limit)
    log(checked=answer.checked.value, provider_code=answer.code)
    if answer.checked is Checked.WRONG:
        raise Refused("code_rejected", reason="wrong")
    if answer.checked is not Checked.RIGHT:
        if answer.checked is Checked.NOT_ASKED:
            store.recount_managed(guess, deadline=deadline.within(SPEND_SECONDS))
        raise Refused("provider_unavailable", reason=f"check:{answer.code}")
    if not store.redeem_managed(guess, now=now, deadline=deadline.within(SPEND_SECONDS)):
        raise Refused("code_rejected", reason="lost_a_race")
