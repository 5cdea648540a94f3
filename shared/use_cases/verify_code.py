"""Accept or refuse a code, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shared.domain.codes import code_digests
from shared.domain.deadline import Deadline
from shared.domain.limits import Counter, full, guess_counters
from shared.domain.managed import likely_managed, may_be_managed
from shared.domain.policy import Policy
from shared.errors import Refused
from shared.guess_ports import CodeChecker, Guess, GuessStore
from shared.models import VerifyCodeRequest, VerifyCodeResponse
from shared.use_cases.verify_managed import count_managed, redeem_elsewhere

if TYPE_CHECKING:
    from shared.ports import Log, NumberPlan

STEP_SECONDS = 2.0
"""What one step may take at most; what is left of the deadline may be less."""

FORGIVE_SECONDS = 0.5


def verify_code(
    request: VerifyCodeRequest,
    *,
    api_key: str | None,
    address: str | None,
    policy: Policy,
    numbers: NumberPlan,
    store: GuessStore,
    checker: Callable[[], CodeChecker],
    log: Log,
    diagnose: bool,
    now: float,
    deadline: Deadline,
) -> VerifyCodeResponse:
    """Count the guess, else spend the code; every refused code looks the same.

    The order prevents the classic hole: a guess that is compared first and counted afterwards
    lets a hundred simultaneous guesses be compared before the first is counted. Here a wrong
    guess is compared and counted in one store operation, and only a guess which that operation
    did not count may try to spend the code, under the same condition.

    `address` is where the request comes from: its guesses are limited. `checker` makes what asks
    the provider about a code that it made, whatever the settings say of new ones. `diagnose`
    spends one more read to log why there was no living code.
    """
    guesser = policy.guesser(api_key, address=address, client_ip=request.client_ip)
    log(ip=guesser or "unknown")
    policy.check_scene(request.scene)
    number = numbers.read(request.phone)
    phone = number.key(policy.number_secret)
    log(phone=number.masked, scene=request.scene, verification_id=request.verification_id)
    guess = Guess(
        verification_id=request.verification_id,
        phone=phone,
        scene=request.scene,
        digests=code_digests(
            policy.code_secrets,
            verification_id=request.verification_id,
            phone=phone,
            scene=request.scene,
            code=request.code,
        ),
    )
    counters = guess_counters(policy, guesser, now=now)
    elsewhere = partial(
        redeem_elsewhere,
        guess,
        number,
        request.code,
        store=store,
        checker=checker,
        log=log,
        now=now,
        deadline=deadline,
    )
    likely = likely_managed(request.verification_id)
    if likely and count_managed(guess, counters, store=store, now=now, deadline=deadline):
        elsewhere()
    elif _counted(guess, () if likely else counters, store=store, now=now, deadline=deadline):
        may_be = may_be_managed(request.verification_id)
        if not may_be or store.is_ours(guess, deadline=deadline.within(STEP_SECONDS)):
            raise Refused("code_rejected", reason="wrong")
        elsewhere()
    elif not store.redeem(guess, now=now, deadline=deadline.within(STEP_SECONDS)):
        reason = "not_live"
        if diagnose:
            reason = store.why_dead(guess, now=now, deadline=deadline.within(STEP_SECONDS))
        raise Refused("code_rejected", reason=reason)
    if counters:
        store.forgive(counters, deadline=deadline.within(FORGIVE_SECONDS))
    return VerifyCodeResponse(verification_id=request.verification_id, phone=number.e164)


def _counted(
    guess: Guess,
    counters: Sequence[Counter],
    *,
    store: GuessStore,
    now: float,
    deadline: Deadline,
) -> bool:
    """Count a guess that is not right by what is known here; refuse it beyond a limit."""
    counted = store.count_if_wrong(guess, counters, now=now, deadline=deadline.within(STEP_SECONDS))
    if counted.full is not None:
        raise full(counted.full, now=now)
    return counted.counted
