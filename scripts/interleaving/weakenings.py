"""Guards of the product, and what stands in their places in a weakened copy."""

from __future__ import annotations

from dataclasses import dataclass

SENDS, GUESSES, REPORTS = (f"shared/storage/{name}.py" for name in ("sends", "guesses", "reports"))
BATCH, COUNTERS, ROWS = (
    f"shared/storage/{name}.py" for name in ("batch", "counters", "receipt_rows")
)
SEND, VERIFY, MANAGED, HAND_OVER = (
    f"shared/use_cases/{name}.py"
    for name in ("send_code", "verify_code", "verify_managed", "hand_over")
)
CLAIM = "shared/domain/claim.py"


@dataclass(frozen=True, slots=True)
class Weakening:
    """A guard that is taken out: its text, what replaces it, and the case that must show it."""

    name: str
    file: str
    text: str
    instead: str
    case: str
    invariant: str


WEAKENINGS = (
    Weakening(
        "a number's slot is compare-and-set",
        SENDS,
        'unchanged = new_row() if before is None else existing(equal("version", before))',
        "unchanged = any_row()",
        "send-send",
        "I4",
    ),
    Weakening(
        "a counter is counted below its limit only",
        COUNTERS,
        'any_row(below("n", counter.limit, or_missing=True))',
        "any_row()",
        "send-send-total",
        "I4",
    ),
    Weakening(
        "a take in doubt sends nothing",
        SEND,
        "    if grant.complete and in_time:",
        "    if in_time:",
        "send-send",
        "I4",
    ),
    Weakening(
        "only what was certainly taken is given back",
        SENDS,
        "for c, taken in grant.counters.items() if taken is Taken.YES)",
        "for c, taken in grant.counters.items() if taken is not Taken.NO)",
        "send-send-total",
        "I4",
    ),
    Weakening(
        "what a race took is given back",
        SENDS,
        "        writes += self._release(c for c, taken in grant.counters.items() "
        "if taken is Taken.YES)\n",
        "",
        "send-send",
        "I4",
    ),
    Weakening(
        "what a refused send took is given back",
        SENDS,
        "            writes += self._release(claim.counters)\n",
        "",
        "send-send",
        "I4",
    ),
    Weakening(
        "what is not repeatable is not repeated",
        BATCH,
        "results[index] is Result.UNCLEAR and writes[index].repeatable",
        "results[index] is Result.UNCLEAR",
        "send-send-total",
        "I4",
    ),
    Weakening(
        "a slot is freed only by who holds it",
        SENDS,
        "return batch.put(self._phones, phone, _history(freed), untouched, repeatable=True)",
        "return batch.put(self._phones, phone, _history(freed), any_row(), repeatable=True)",
        "send-send",
        "I4",
    ),
    Weakening(
        "a slot that was freed has another version",
        SENDS,
        'freed = History(f"{mine}~", claim.before.sends)',
        "freed = claim.before",
        "send-send",
        "I4",
    ),
    Weakening(
        "a late settling overwrites nothing",
        SENDS,
        '            _history(stamped),\n            existing(equal("version", mine)),\n',
        "            _history(stamped),\n            any_row(),\n",
        "send-send-later",
        "I4",
    ),
    Weakening(
        "a window begins when the message was handed over",
        SENDS,
        "delivery=delivery, at=at)",
        "delivery=delivery, at=claim.code.issued_at)",
        "send-send-minute",
        "I4",
    ),
    Weakening(
        "a send counts from its hand-over also where settling fails",
        CLAIM,
        "self.now if fixed else self.now + LONGEST_HAND_OVER",
        "self.now",
        "send-send-minute",
        "I4",
    ),
    Weakening(
        "a provider that refused was called all the same",
        SENDS,
        "if outcome.refused and not outcome.reached:",
        "if outcome.refused:",
        "send-send",
        "I4",
    ),
    Weakening(
        "a row in doubt is made unusable, not deleted",
        SENDS,
        "for_good=grant.code is not Taken.UNCLEAR",
        "for_good=True",
        "send-send",
        "I3",
    ),
    Weakening(
        "a doubt about the number's row is one about the code's",
        SENDS,
        "    if Taken.UNCLEAR in (message, number):\n",
        "    if message is Taken.UNCLEAR:\n",
        "send-fails-twice",
        "I7",
    ),
    Weakening(
        "freeing a slot is repeated where its answer was lost",
        SENDS,
        "_history(freed), untouched, repeatable=True)",
        "_history(freed), untouched)",
        "send-send",
        "I4",
    ),
    Weakening(
        "a late take leaves no plain number",
        SENDS,
        "batch.put(self._pending, key, kept, new_row())",
        "batch.put(self._pending, key, kept)",
        "send-send",
        "I7",
    ),
    Weakening(
        "the next provider is asked only if this one certainly did not take it",
        HAND_OVER,
        "        if not outcome.elsewhere:\n",
        "        if not outcome.failed:\n",
        "send-providers",
        "I5",
    ),
    Weakening(
        "a request that raced its repetition hears of the first",
        SEND,
        '        if idempotency_key is not None and refusal.reason == "race":\n',
        "        if False:\n",
        "send-send-key",
        "I5",
    ),
    Weakening(
        "a replaced code dies when the new message was taken",
        SENDS,
        "if outcome.accepted and replaces is not None",
        "if replaces is not None",
        "resend-verify",
        "I3",
    ),
    Weakening(
        "a code that was spent is not replaced",
        SENDS,
        'all_of(equal("phone", code.phone), equal("scene", code.scene), equal("state", LIVE))',
        'all_of(equal("phone", code.phone), equal("scene", code.scene))',
        "resend-verify",
        "I1",
    ),
    Weakening(
        "a code is spent while it lives, and then no more",
        GUESSES,
        '        equal("state", LIVE),\n',
        "",
        "verify-verify",
        "I1",
    ),
    Weakening(
        "a spend in doubt is read again",
        GUESSES,
        '            if self._read(guess, ["spent_by"], deadline=deadline)'
        '.get("spent_by") == mark:\n                return True\n',
        "            if mark:\n                return True\n",
        "verify-verify",
        "I1",
    ),
    Weakening(
        "a spend is recognised by its writer's mark",
        GUESSES,
        'get("spent_by") == mark',
        'get("spent_by") is not None',
        "verify-verify",
        "I1",
    ),
    Weakening(
        "a spend that is repeated finds its own mark",
        GUESSES,
        'mine = any_of(right, equal("spent_by", mark))',
        "mine = right",
        "verify-verify",
        "I1",
    ),
    Weakening(
        "wrong guesses are counted down to nothing",
        GUESSES,
        'return [*_unspent(guess, now=now), above("left", 0)]',
        "return _unspent(guess, now=now)",
        "verify-verify-last",
        "I2",
    ),
    Weakening(
        "a guess is counted before it may spend",
        VERIFY,
        "    likely = likely_managed(request.verification_id)\n",
        "    likely = likely_managed(request.verification_id)\n"
        "    if store.redeem(guess, now=now, deadline=deadline):\n"
        "        return VerifyCodeResponse(\n"
        "            verification_id=request.verification_id, phone=number.e164)\n",
        "verify-verify-last",
        "I2",
    ),
    Weakening(
        "a right guess is not counted as a wrong one",
        GUESSES,
        ', *(unequal("digest", d) for d in guess.digests)',
        "",
        "verify-verify-wrong",
        "I2",
    ),
    Weakening(
        "a guess beyond its address's limit spends nothing",
        VERIFY,
        "    if counted.full is not None:\n        raise full(counted.full, now=now)\n",
        "",
        "verify-verify-address",
        "I4",
    ),
    Weakening(
        "a guess at a provider's code is counted first",
        MANAGED,
        "    if counted.counted:\n",
        "    if counted:\n",
        "managed-verify-last",
        "I2",
    ),
    Weakening(
        "a guess in doubt stays counted",
        MANAGED,
        "        if answer.checked is Checked.NOT_ASKED:\n",
        "        if answer.checked:\n",
        "managed-verify-last",
        "I2",
    ),
    Weakening(
        "of several guesses that a provider finds right one spends",
        MANAGED,
        '        raise Refused("code_rejected", reason="lost_a_race")\n',
        "        pass\n",
        "managed-verify-verify",
        "I1",
    ),
    Weakening(
        "the plain number goes after the report is stored",
        REPORTS,
        "            results = write_some(",
        "            gone = [one.verification_id for _, one in some if one is not None]\n"
        "            write_some(\n"
        "                self._client,\n"
        "                [batch.delete(self._pending, _message(one)) for one in gone],\n"
        "                deadline=deadline,\n"
        "            )\n"
        "            results = write_some(",
        "report-report",
        "I6",
    ),
    Weakening(
        "the plain number goes once the end is known, and not before",
        REPORTS,
        "if any(report.final for report in one.reports):",
        "if one.reports:",
        "report-report-report",
        "I6",
    ),
    Weakening(
        "what may not be stored is not acknowledged",
        ROWS,
        "        if result is Result.UNCLEAR:\n",
        "        if False:\n",
        "report-stranger",
        "I6",
    ),
    Weakening(
        "what the store turned away is not acknowledged",
        ROWS,
        "        if result is Result.FAILED:\n",
        "        if False:\n",
        "report-stranger",
        "I6",
    ),
    Weakening(
        "a captcha token is taken once",
        SENDS,
        "writes.append(batch.put(self._tokens, _token(claim.token), used, new_row()))",
        "writes.append(batch.put(self._tokens, _token(claim.token), used, any_row()))",
        "send-send-captcha",
        "I4",
    ),
    Weakening(
        "a token that somebody else took sends nothing",
        "shared/ports.py",
        "(self.slot, self.code, self.token, *self.counters.values())",
        "(self.slot, self.code, *self.counters.values())",
        "send-send-captcha",
        "I4",
    ),
    Weakening(
        "who opts out is on the deny-list",
        "shared/storage/replies.py",
        "            if reply.opts_out is not None:",
        "            if False:",
        "send-opt-out",
        "I6",
    ),
    Weakening(
        "a message that was reported meanwhile is not awaited again",
        "shared/storage/pending.py",
        "batch.update(self._pending, _row(message), tries, existing(None), repeatable=True)",
        "batch.update(self._pending, _row(message), tries, None, repeatable=True)",
        "report-reconcile",
        "I6",
    ),
    Weakening(
        "what a run found is stored before its message is noted as asked about",
        "shared/use_cases/reconcile.py",
        "            store(kind, reports)\n",
        "",
        "reconcile-reconcile",
        "I6",
    ),
)
