"""The gates between reading and taking: numbers that march, and the captcha."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from shared.domain.claim import Draft
from shared.domain.codes import digest
from shared.domain.deadline import Deadline
from shared.domain.policy import ENFORCE, OFF
from shared.domain.sequence import MOST_NUMBERS, WINDOW, March, Step, measure
from shared.errors import Refused
from shared.ports import Captcha, CaptchaAnswer, Humanity, Inquiry, Log, Snapshot

CAPTCHA_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Passed:
    """What a send has to take beside its own: a captcha token's digest, and its step."""

    token: str | None
    step: Step | None


def gates(draft: Draft, token: str | None) -> Passed:
    """Return what the gates will look at; `token` is the captcha token of the request."""
    policy = draft.policy
    step = None
    if policy.sequence_guard != OFF and not draft.fixed_code:
        step = Step.of(draft.number, draft.source, secret=policy.number_secret, now=draft.now)
    if token is None or not policy.captcha:
        return Passed(None, step)
    return Passed(digest(policy.number_secret, "captcha", _one_spelling(token)), step)


def _one_spelling(token: str) -> str:
    """Return a token without what its service may overlook: another spelling is no other token."""
    text = unicodedata.normalize("NFKC", token)
    return "".join(char for char in text if char.isprintable() and not char.isspace())


def pass_gates(
    draft: Draft,
    token: str | None,
    inquiry: Inquiry,
    looked: Snapshot,
    *,
    captcha: Captcha | None,
    log: Log,
    deadline: Deadline,
) -> Passed:
    """Refuse marching numbers and programs; return what the send has to take for it."""
    policy, step = draft.policy, inquiry.step if not draft.trusted else None
    needed = draft.scene in policy.captcha_scenes
    if step is not None:
        march = measure(looked.seen, step)
        if march.numbers > MOST_NUMBERS:
            step = None
        needed = _pass_sequence_guard(draft, march, needed=needed, log=log)
    if not needed:
        return Passed(None, step)
    if token is None:
        raise Refused("captcha_required")
    if looked.token_used:
        raise Refused("captcha_failed", reason="token_used")
    if captcha is not None:
        answer = captcha.check(
            token,
            scene=draft.scene,
            address=draft.caller.address,
            deadline=deadline.within(CAPTCHA_SECONDS),
        )
    else:
        answer = CaptchaAnswer(Humanity.MISCONFIGURED, "not_set_up")
    log(captcha=answer.humanity.value, captcha_code=answer.code)
    _refuse_programs(answer, lenient=policy.allow_without_captcha_service)
    return Passed(inquiry.token, step)


def _refuse_programs(answer: CaptchaAnswer, *, lenient: bool) -> None:
    """Refuse who failed the captcha and, unless told to be lenient, who could not be checked.

    Keys of ours that the service refuses are no failure of the service: to be lenient then
    would be to have no captcha at all, without anybody's noticing.
    """
    if answer.humanity is Humanity.FAILED:
        raise Refused("captcha_failed", reason=f"captcha {answer.code}")
    if answer.humanity is Humanity.MISCONFIGURED:
        raise Refused("captcha_failed", reason=f"captcha_keys {answer.code}")
    if answer.humanity is Humanity.UNKNOWN and not lenient:
        raise Refused("captcha_failed", reason=f"captcha_service {answer.code}")


def _pass_sequence_guard(draft: Draft, march: March, *, needed: bool, log: Log) -> bool:
    """Log a march and, where that is enforced, stop it; say whether a captcha is needed.

    Where everybody solves a captcha already, or there is none, a march is refused.
    """
    if not march.suspicious:
        return needed
    enforced = draft.policy.sequence_guard == ENFORCE and march.concerns_asker
    log(
        sequence="enforced" if enforced else "observed",
        sequence_numbers=march.numbers,
        sequence_cluster=march.cluster,
        sequence_addresses=march.addresses,
    )
    if not enforced:
        return needed
    if needed or not draft.policy.captcha:
        raise Refused("rate_limited", reason="sequence", retry_after=2 * WINDOW)
    return True
