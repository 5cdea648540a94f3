"""Codes and guesses (I1, I2, I3), as far as they show from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scripts.soaking.account import Account, Asked, Handed

CLOCK = 1.0
"""Seconds: codes expire on whole ones."""


def accepted_once(account: Account) -> Iterator[str]:
    """Expect one guess at most that is told to be right, and a row that says so."""
    accepted = Counter(one.verification_id for one in account.guesses if one.status == 200)
    rows = account.of("messages")
    for identity, count in accepted.items():
        if count > 1:
            yield f"code of {identity}: accepted {count} times"
        state = rows.get(identity, {}).get("state")
        if state != "spent":
            yield f"code of {identity}: accepted, and its row says {state}"


def only_right(account: Account) -> Iterator[str]:
    """Expect of each code accepted that it is its message's, number's and scene's, and in time."""
    for guess in account.guesses:
        if guess.status != 200:
            continue
        sent, message = _sent(account, guess)
        if sent is None or message is None:
            yield f"code of {guess.verification_id} ({guess.way}): accepted, and never sent"
        elif guess.code != message.code:
            yield f"code of {guess.verification_id} ({guess.way}): accepted a wrong one"
        elif not _belongs(guess, sent):
            yield f"code of {guess.verification_id} ({guess.way}): for another number or scene"
        elif guess.began > sent.ended + account.terms.code_life + CLOCK:
            yield f"code of {guess.verification_id} ({guess.way}): after its time"


def live_code_works(account: Account) -> Iterator[str]:
    """Expect that a right code is refused only where something that was asked may have ended it."""
    for guess in account.guesses:
        sent, message = _sent(account, guess)
        if guess.status != 400 or sent is None or message is None:
            continue
        right = guess.code == message.code and _belongs(guess, sent)
        if right and not _ended(account, guess, sent, message):
            yield (
                f"code of {guess.verification_id} ({guess.way}, {message.provider}, "
                f"{sent.answer.get('delivery')}): right, in time, and refused at {guess.began:.1f}"
            )


def _ended(account: Account, guess: Asked, sent: Asked, message: Handed) -> bool:
    """Say whether time, attempts, another right guess or a newer code may have ended a code."""
    if guess.ended >= int(sent.began) + account.terms.code_life:
        return True
    identity = guess.verification_id
    if any(
        one.replaces == identity and one.began < guess.ended and (one.died or one.status == 200)
        for one in account.sends
    ):
        return True
    others = [one for one in _guesses_at(account, identity) if one is not guess]
    before = [one for one in others if one.began < guess.ended and _belongs(one, sent)]
    if any(one.code == message.code and one.status != 400 for one in before):
        return True
    counted = [one for one in before if one.code != message.code or message.provider == "dypns"]
    return len(counted) >= account.terms.attempts


def replaced_by_what_was_sent(account: Account) -> Iterator[str]:
    """Expect that a code which its row calls replaced was so by a send that was not refused."""
    able = {one.replaces for one in account.sends if one.died or one.status == 200}
    accepted = {one.verification_id for one in account.guesses if one.status == 200}
    for identity, row in account.of("messages").items():
        if row.get("state") == "replaced":
            if identity not in able:
                yield f"code of {identity}: replaced, and nothing was sent in its place"
            if identity in accepted:
                yield f"code of {identity}: replaced, and accepted"


def no_attempt_too_many(account: Account) -> Iterator[str]:
    """Expect the right code refused after as many wrong guesses as there are attempts."""
    for guess in account.guesses:
        sent, message = _sent(account, guess)
        if guess.status != 200 or sent is None or message is None:
            continue
        wrong = sum(
            one.status == 400
            and one.code != message.code
            and _belongs(one, sent)
            and one.ended < guess.began
            for one in _guesses_at(account, guess.verification_id)
        )
        if wrong >= account.terms.attempts and _surely_counted(account, guess.verification_id):
            yield f"code of {guess.verification_id}: accepted after {wrong} wrong guesses"


def counted_once(account: Account) -> Iterator[str]:
    """Expect that what is left of a code's attempts fits the guesses at it."""
    attempts = account.terms.attempts
    for identity, row in account.of("messages").items():
        left, sent = row.get("left"), account.first_answers.get(identity)
        if left is None or sent is None:
            continue
        message = next(iter(account.by_id.get(identity, ())), None)
        guesses = [one for one in _guesses_at(account, identity) if _belongs(one, sent)]
        if left < max(0, attempts - len(guesses)):
            yield f"code of {identity}: {left} attempts left after {len(guesses)} guesses"
        ends = int(sent.began) + account.terms.code_life
        wrong = sum(
            one.status == 400 and (message is None or one.code != message.code) and one.ended < ends
            for one in guesses
        )
        sure = row.get("state") == "live" and _surely_counted(account, identity)
        if sure and left > max(0, attempts - wrong):
            yield f"code of {identity}: {left} attempts left after {wrong} wrong guesses"


def _guesses_at(account: Account, identity: str) -> list[Asked]:
    return account.guesses_at.get(identity, [])


def _surely_counted(account: Account, identity: str) -> bool:
    """Say whether each refused guess at a code was counted.

    PNVS compares its own codes: a guess is counted before it is put there, and given back if PNVS
    did not take it. Whoever comes between the two finds no attempt left, and is not counted.
    """
    messages = account.by_id.get(identity, ())
    elsewhere = any(message.provider == "dypns" for message in messages)
    guesses = account.guesses_at.get(identity, ())
    return not elsewhere or all(one.status in (200, 400) for one in guesses)


def _sent(account: Account, guess: Asked) -> tuple[Asked | None, Handed | None]:
    """Return the send and the message that a guess is about."""
    identity = guess.verification_id
    message = next(iter(account.by_id.get(identity, ())), None)
    return account.first_answers.get(identity), message


def _belongs(guess: Asked, sent: Asked) -> bool:
    return guess.phone == sent.phone and guess.scene == sent.scene
