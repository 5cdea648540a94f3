"""I1, I2 and I3: codes are accepted once, compared a few times, and live until they are spent."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.interleaving.events import DIED
from scripts.interleaving.requests import ACCEPTED, WRONG
from scripts.interleaving.schedule import BREAK
from scripts.interleaving.setting import code_of
from scripts.interleaving.view import View, accepted, told_of
from shared.domain.codes import code_digests
from shared.domain.managed import MANAGED

LIVE, SPENT, REPLACED, FAILED = "live", "spent", "replaced", "failed"


def accepted_once(view: View) -> Iterator[str]:
    """Yield codes that were accepted twice, or accepted and not spent."""
    for send, _ in view.sends:
        told = [
            guess.name for guess, seat in view.guesses if guess.of == send.name and accepted(seat)
        ]
        if len(told) > 1:
            yield f"I1: {send.name}'s code was accepted {len(told)} times ({', '.join(told)})"
        if told and view.message(send).get("state") != SPENT:
            yield f"I1: {send.name}'s code was accepted, and is not spent"


def only_right_guesses(view: View) -> Iterator[str]:
    """Yield wrong guesses that were accepted, and codes that nobody knew and that are spent."""
    for guess, seat in view.guesses:
        if not guess.right and accepted(seat):
            yield f"I1: {guess.name}'s wrong guess was accepted"
    for send, _ in view.sends:
        right = any(guess.right and guess.of == send.name for guess, _ in view.guesses)
        if view.message(send).get("state") == SPENT and not right:
            yield f"I3: {send.name}'s code is spent, and nobody knew it"


def guesses_bounded(view: View) -> Iterator[str]:
    """Yield codes with which too many wrong guesses were compared, here or by a provider."""
    wrong = {guess.name: guess.of for guess, _ in view.guesses if not guess.right}
    attempts = view.policy.code.attempts
    for send, _ in view.sends:
        verification_id = view.id_of(send)
        here = {one.caller for one in view.compared if one.verification_id == verification_id}
        there = {one.caller for one in view.put if one.verification_id == verification_id}
        compared = (here | there) & wrong.keys()
        if len(compared) > attempts:
            many = f"{len(compared)} wrong guesses"
            yield f"I2: {many} at {send.name}'s code were compared, of {attempts}"


def counted_exactly(view: View) -> Iterator[str]:
    """Yield codes at which other than the wrong guesses were counted, where nothing failed."""
    if not view.over or view.failures or view.case.setting.managed:
        return
    wrong = {guess.name for guess, _ in view.guesses if not guess.right}
    for send, _ in view.sends:
        left = view.message(send).get("left")
        counted = {
            one.caller
            for one in view.compared
            if one.verification_id == view.id_of(send) and one.caller in wrong
        }
        if left is not None and left != view.policy.code.attempts - len(counted):
            yield f"I2: {len(counted)} wrong guesses left {left} at {send.name}'s code"


def right_one_wins(view: View) -> Iterator[str]:
    """Yield codes whose right guess lost to fewer wrong ones than remain, where nothing failed."""
    if not view.over or view.failures:
        return
    for send in view.case.before:
        of = [(guess, seat) for guess, seat in view.guesses if guess.of == send.name]
        right = [seat for guess, seat in of if guess.right]
        wrong = sum(not guess.right for guess, _ in of)
        if view.case.setting.managed:
            wrong += len(right) - 1  # a right one counts as well, until it is found right
        killed = view.message(send).get("state") == REPLACED
        limited = any(guess.address is not None for guess, _ in of)
        if right and wrong < view.policy.code.attempts and not killed and not limited:
            won = sum(accepted(seat) for seat in right)
            if won != 1:
                yield f"I2: of right guesses at {send.name}'s code {won} were accepted"


def spender_hears(view: View) -> Iterator[str]:
    """Yield codes that were spent without anybody's hearing, where one answer broke off at most."""
    if not view.over or any(failure.mark != BREAK for failure in view.failures):
        return
    for send, _ in view.sends:
        seats = [seat for guess, seat in view.guesses if guess.of == send.name]
        spent = view.message(send).get("state") == SPENT
        if spent and len(view.failures) < 2 and not any(accepted(seat) for seat in seats):
            yield f"I1: {send.name}'s code is spent, and nobody was told"


def replaced_by_its_holder(view: View) -> Iterator[str]:
    """Yield codes that died of anything but a right guess, or a message that was taken."""
    for send in view.case.before:
        state = view.message(send).get("state")
        if state not in (LIVE, SPENT, REPLACED):
            yield f"I3: {send.name}'s code is {state}"
        if state == REPLACED and not any(_replaced(view, send.name)):
            yield f"I3: {send.name}'s code was replaced by a message that was not taken"


def replaced_codes_die(view: View) -> Iterator[str]:
    """Yield codes that outlived the message which replaces them, where nothing failed."""
    if not view.over or view.failures:
        return
    for send in view.case.before:
        state = view.message(send).get("state")
        if any(_replaced(view, send.name)) and state not in (REPLACED, SPENT):
            yield f"I3: {send.name}'s code was replaced, and is {state}"


def sent_codes_live(view: View) -> Iterator[str]:
    """Yield codes that were sent, and that nobody can use."""
    policy = view.policy
    for send, seat in view.sends:
        taken = [call for call in view.messages_of(send) if call.what != DIED]
        if not taken or told_of(seat) is None:
            continue
        row = view.message(send)
        if row.get("state") not in (LIVE, SPENT, REPLACED):
            yield f"I3: {send.name}'s message was taken, and its code is {row.get('state')}"
        digests = code_digests(
            policy.code_secrets,
            verification_id=view.id_of(send),
            phone=view.case.setting.key_of(send.phone),
            scene=send.scene,
            code=code_of(send.name),
        )
        made = view.case.setting.managed and taken[-1].provider in policy.routes.managed
        settled = row.get("provider") == taken[-1].provider
        known = row.get("digest") == MANAGED if made else row.get("digest") in digests
        if not known and settled:
            yield f"I3: nobody can use {send.name}'s code"


def wrong_ones_are_refused_alike(view: View) -> Iterator[str]:
    """Yield wrong guesses whose answer says more than that, where nothing failed."""
    for guess, seat in view.guesses:
        told = told_of(seat)
        if told is None or guess.right or view.failures:
            continue
        if told.how == "refused" and told.code not in ("code_rejected", "rate_limited"):
            yield f"I2: {guess.name}'s wrong guess was told {told.code}"
    for one in view.put:
        if one.what == WRONG and not view.case.setting.managed:
            yield f"I2: {one.caller}'s guess was put to a provider that did not make the code"


def _replaced(view: View, name: str) -> Iterator[bool]:
    """Yield whether each send that names a code in `replaces` had its message taken."""
    sends = view.case.setting.sends
    for send, _ in view.sends:
        same = (send.phone, send.scene) == (sends[name].phone, sends[name].scene)
        if send.replaces == name:
            yield same and any(call.what == ACCEPTED for call in view.messages_of(send))


CODES = (
    accepted_once,
    only_right_guesses,
    guesses_bounded,
    counted_exactly,
    right_one_wins,
    spender_hears,
    replaced_by_its_holder,
    replaced_codes_die,
    sent_codes_live,
    wrong_ones_are_refused_alike,
)
