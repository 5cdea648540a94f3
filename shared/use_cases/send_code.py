"""Text a code to a phone number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from shared.domain.claim import Claim, Draft, Randomness
from shared.domain.deadline import Deadline
from shared.domain.history import Send
from shared.domain.limits import full, refuse_if_full, send_counters
from shared.domain.policy import Policy
from shared.domain.routes import by_standing
from shared.errors import Refused, StoreError
from shared.models import SendCodeRequest, SendCodeResponse
from shared.ports import (
    Captcha,
    CodeMessage,
    Inquiry,
    Log,
    NumberPlan,
    Outcome,
    SendStore,
    SmsProviders,
    Snapshot,
    Taken,
    Verdict,
)
from shared.use_cases.hand_over import LEAST_FOR_PROVIDER, HandedOver, hand_over
from shared.use_cases.pass_gates import Passed, gates, pass_gates

LOOK_SECONDS, TAKE_SECONDS, PROVIDER_SECONDS, SETTLE_SECONDS = 2.5, 1.8, 4.5, 3.2
"""What each step may take at most; what is left of the deadline may be less. There is no hurry to
settle, and time to ask again where the store's answer did not come."""

LOTS = 1_000
"""How finely the messages that try a provider again are drawn."""

REFUSALS = {
    Verdict.BAD_NUMBER: "invalid_phone",
    Verdict.BLOCKED: "phone_blocked",
    Verdict.WAIT: "rate_limited",
    Verdict.CAPPED: "daily_cap_reached",
    Verdict.MISCONFIGURED: "provider_rejected",
    Verdict.TRY_LATER: "provider_unavailable",
}
"""What the caller gets for a message that was certainly not taken."""


def send_code(
    request: SendCodeRequest,
    *,
    api_key: str | None,
    address: str | None,
    idempotency_key: str | None,
    policy: Policy,
    numbers: NumberPlan,
    store: SendStore,
    captcha: Captcha | None,
    providers: SmsProviders,
    randomness: Randomness,
    log: Log,
    clock: Callable[[], float],
    deadline: Deadline,
) -> SendCodeResponse:
    """Look, pass the gates, take, hand over, settle: three store requests, one provider call.

    Everything that limits a send is taken before the provider is called, so that no message
    leaves unmetered; what a refused send took is given back. `api_key` is what the request
    presents as one, `address` where it comes from. Raises Refused or StoreError.
    """
    caller = policy.admit(
        api_key, address=address, client_ip=request.client_ip, device_id=request.device_id
    )
    log(caller=caller.name, ip=caller.address or "unknown")
    policy.check_scene(request.scene, caller)
    number, now = numbers.read(request.phone), clock()
    log(phone=number.masked, scene=request.scene)
    route = policy.route(number, request.scene, now=now)
    body = request.model_dump_json(exclude={"phone"})
    draft = Draft(policy, number, request.scene, caller, body, idempotency_key, now)
    inquiry = _inquiry(draft, request.captcha, route)

    looked = store.look(inquiry, deadline=deadline.within(LOOK_SECONDS))
    if (first := draft.repeats(looked.history)) is not None:
        return _repeat(first, log=log)
    draft = _refuse_by_reading(draft, looked)
    passed = pass_gates(
        draft, request.captcha, inquiry, looked, captcha=captcha, log=log, deadline=deadline
    )

    claim = _claim(draft, inquiry, looked, passed, route, randomness=randomness)
    log(verification_id=claim.code.verification_id)
    refusal = _take(claim, store=store, deadline=deadline, now=now)
    if refusal is not None:
        if idempotency_key is not None and refusal.reason == "race":
            again = store.look(Inquiry(draft.phone), deadline=deadline.within(LOOK_SECONDS))
            if (first := draft.repeats(again.history)) is not None:
                return _repeat(first, log=log)
        raise refusal

    handed = _hand_over(
        claim, draft, looked, providers=providers, log=log, now=clock(), deadline=deadline
    )
    outcome = handed.outcome
    if claim.number is not None or request.replaces is not None:
        _settle(claim, handed, request.replaces, clock(), store=store, log=log, deadline=deadline)
    if outcome.refused:
        code, reason = REFUSALS[outcome.verdict], f"provider:{outcome.code}"
        raise Refused(code, reason=reason, retry_after=outcome.retry_after)
    answer = {**asdict(claim.promise), "delivery": outcome.verdict.value}
    return SendCodeResponse.model_validate(answer)


def _inquiry(draft: Draft, token: str | None, route: Sequence[str]) -> Inquiry:
    """Ask for everything that may refuse this send, and how the providers of a choice stand."""
    policy, caller, number = draft.policy, draft.caller, draft.number
    asked = gates(draft, token)
    counters = () if draft.fixed_code else send_counters(policy, caller, number, now=draft.now)
    choice = route if len(route) > 1 and not draft.fixed_code else ()
    return Inquiry(draft.phone, counters, caller.address, asked.token, asked.step, choice)


def _refuse_by_reading(draft: Draft, looked: Snapshot) -> Draft:
    """Refuse what lists and limits forbid; return the draft, trusted if a list says so."""
    allowed = looked.listed.allows(draft.number, draft.caller.address, now=draft.now)
    trusted = allowed or draft.policy.trusts(draft.number, now=draft.now)
    draft = replace(draft, trusted=trusted)
    draft.refuse_if_too_soon(looked.history)
    counts = {c: n for c, n in looked.counts.items() if draft.counts_in(c)}
    refuse_if_full(counts, now=draft.now)
    return draft


def _claim(
    draft: Draft,
    inquiry: Inquiry,
    looked: Snapshot,
    passed: Passed,
    route: Sequence[str],
    *,
    randomness: Randomness,
) -> Claim:
    counters = [counter for counter in inquiry.counters if draft.counts_in(counter)]
    lot = randomness.below(LOTS) / LOTS
    return draft.claim(
        looked.history,
        counters,
        randomness=randomness,
        route=()
        if draft.fixed_code
        else by_standing(route, looked.standings, now=draft.now, lot=lot),
        token=passed.token,
        step=passed.step,
    )


def _hand_over(
    claim: Claim,
    draft: Draft,
    looked: Snapshot,
    *,
    providers: SmsProviders,
    log: Log,
    now: float,
    deadline: Deadline,
) -> HandedOver:
    """Hand the code over; a test number's goes nowhere."""
    if claim.number is None:
        outcome = Outcome(Verdict.ACCEPTED, "test_number", reached=False)
        log(outcome=outcome.verdict.value, provider=outcome.provider)
        return HandedOver(outcome, {})
    message = CodeMessage(
        draft.number,
        draft.scene,
        claim.plain_code,
        claim.code.policy,
        claim.code.verification_id,
    )
    return hand_over(
        message,
        route=claim.route,
        standings=looked.standings,
        providers=providers,
        log=log,
        now=now,
        deadline=deadline.within(PROVIDER_SECONDS),
    )


def _repeat(send: Send, *, log: Log) -> SendCodeResponse:
    """Repeat the first answer; while that is still being made, all that is known of it."""
    answer = send.repeatable.answer if send.repeatable is not None else {}
    log(verification_id=send.verification_id, outcome="repeated")
    return SendCodeResponse.model_validate({**answer, "delivery": send.delivery or "unconfirmed"})


def _take(claim: Claim, *, store: SendStore, deadline: Deadline, now: float) -> Refused | None:
    """Take everything that the claim names; or give back what it got, and say why not."""
    grant = store.take(claim, deadline=deadline.within(TAKE_SECONDS))
    in_time = deadline.left >= LEAST_FOR_PROVIDER
    if grant.complete and in_time:
        return None
    store.give_back(claim, grant, deadline=deadline.within(SETTLE_SECONDS))
    if grant.slot is Taken.NO:
        return Refused("rate_limited", reason="race", retry_after=claim.promise.resend_after)
    if grant.token is Taken.NO:
        return Refused("captcha_failed", reason="token_used")
    for counter, taken in grant.counters.items():
        if taken is Taken.NO:
            return full(counter, now=now)
    return Refused("storage_unavailable", reason="take" if in_time else "out_of_time")


def _settle(
    claim: Claim,
    handed: HandedOver,
    replaces: str | None,
    handed_over_at: float,
    *,
    store: SendStore,
    log: Log,
    deadline: Deadline,
) -> None:
    """Note the outcome; a message that is on its way is not undone by a note that fails."""
    try:
        store.settle(
            claim,
            handed.outcome,
            replaces=replaces,
            handed_over_at=handed_over_at,
            standings=handed.standings,
            deadline=deadline.within(SETTLE_SECONDS),
        )
    except StoreError as error:
        log(settle_failed=error.code)
