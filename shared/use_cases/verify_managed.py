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

LEAST_FOR_CHECK = 1.0
"""Seconds without which the provider is not asked: its answer could not be waited for."""


def redeem_managed(
    guess: Guess,
    number: PhoneNumber,
    code: str,
    counters: Sequence[Counter],
    *,
    store: GuessStore,
    checker: Callable[[], CodeChecker],
    log: Log,
    now: float,
    deadline: Deadline,
) -> bool:
    """Return after a right guess spent the code; False if this message's code is ours to compare.

    PNVS documents no limit of guesses, so ours comes first (I2): a guess is counted before it is
    put to the provider, right or wrong, and only as many are ever put. Of several right guesses
    that are put at once one spends the code (I1). Raises Refused or StoreError.
    """
    counted = store.count_managed(guess, counters, now=now, deadline=deadline.within(COUNT_SECONDS))
    if counted.full is not None:
        raise full(counted.full, now=now)
    if not counted.counted:
        if store.is_ours(guess, deadline=deadline.within(COUNT_SECONDS)):
            return False
        raise Refused("code_rejected", reason="not_live")
    answer = CheckAnswer(Checked.NOT_ASKED, "out_of_time")
    if deadline.left >= LEAST_FOR_CHECK:
        try:
            asked = checker()
        except Refused:  # there are no keys to ask with
            store.recount_managed(guess, deadline=deadline.within(SPEND_SECONDS))
            raise
        left = deadline.within(CHECK_SECONDS)
        answer = asked.check(number, guess.verification_id, code, deadline=left)
    log(checked=answer.checked.value, provider_code=answer.code)
    if answer.checked is Checked.WRONG:
        raise Refused("code_rejected", reason="wrong")
    if answer.checked is not Checked.RIGHT:
        if answer.checked is Checked.NOT_ASKED:
            store.recount_managed(guess, deadline=deadline.within(SPEND_SECONDS))
        raise Refused("provider_unavailable", reason=f"check:{answer.code}")
    if not store.redeem_managed(guess, now=now, deadline=deadline.within(SPEND_SECONDS)):
        raise Refused("code_rejected", reason="lost_a_race")
    return True
