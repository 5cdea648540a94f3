"""Weaknesses of codes, put into a copy one by one; tests/holes lists which hole each one is."""

from __future__ import annotations

from tests.guards.guard import Guard

SEND, VERIFY, GUESSES, SENDS, CODES, WIRING = (
    f"shared/{name}.py"
    for name in (
        *("use_cases/send_code", "use_cases/verify_code", "storage/guesses", "storage/sends"),
        *("domain/codes", "wiring"),
    )
)
BUDGET, RESEND, EXPIRY, BIASED = (
    f"tests/holes/test_{name}.py" for name in ("budget", "resend", "expiry", "biased_codes")
)
A_MILLION = f"{BIASED}::test_a_million_codes_are_spread_as_chance_spreads_them"
NO_SEED = f"{BIASED}::test_neither_a_seed_nor_the_time_foretells_codes"
DRAWN = 'return f"{randbelow(10**length):0{length}d}"'
NEXT = "    draft = _refuse_by_reading(draft, looked)\n    passed"
KILL = (
    "    if request.replaces is not None:\n"
    "        from shared.storage import batch\n"
    '        key = [("verification_id", request.replaces)]\n'
    '        dead = batch.update(store._messages, key, {"state": "replaced"})\n'
    "        batch.write(store._client, [dead], deadline=deadline)\n"
)

HOLE_GUARDS = [
    Guard(
        "hole: a resend is not limited",
        SEND,
        "    draft.refuse_if_too_soon(looked.history)\n",
        "    if '\"replaces\":null' in draft.body:\n"
        "        draft.refuse_if_too_soon(looked.history)\n",
        f"{BUDGET}::test_a_resend_refills_no_budget",
    ),
    Guard(
        "hole: another scene has a limit of its own",
        SEND,
        "    draft.refuse_if_too_soon(looked.history)\n",
        '    if draft.scene == "sign_in":\n        draft.refuse_if_too_soon(looked.history)\n',
        f"{BUDGET}::test_another_scene_refills_no_budget",
    ),
    Guard(
        "hole: the count of guesses ends after a minute",
        GUESSES,
        'return [*_unspent(guess, now=now), above("left", 0)]',
        "from shared.storage.conditions import below\n"
        '    forgotten = below("issued_at", int(now) - 60)\n'
        '    return [*_unspent(guess, now=now), any_of(above("left", 0), forgotten)]',
        f"{BUDGET}::test_no_count_dies_before_its_code",
    ),
    Guard(
        "hole: a table forgets what still counts",
        "shared/storage/tables.py",
        'COUNTERS = Table("counters", (("counter", "STRING"),), 40 * DAY)',
        'COUNTERS = Table("counters", (("counter", "STRING"),), 1 * DAY)',
        f"{BUDGET}::test_no_table_forgets_what_still_counts",
    ),
    Guard(
        "hole: a replaced code can be spent",
        GUESSES,
        '        equal("state", LIVE),\n',
        '        any_of(equal("state", LIVE), equal("state", REPLACED)),\n',
        f"{RESEND}::test_a_replaced_code_never_comes_back",
    ),
    Guard(
        "hole: naming a code as replaced kills it, whatever becomes of the send",
        SEND,
        NEXT,
        KILL + NEXT,
        f"{RESEND}::test_no_refused_resend_destroys_the_living_code",
    ),
    Guard(
        "hole: a code lives a second too long",
        GUESSES,
        '        above("expires_at", int(now)),\n',
        '        above("expires_at", int(now) - 1),\n',
        f"{EXPIRY}::test_a_code_dies_on_its_second_and_not_a_guess_later",
    ),
    Guard(
        "hole: a code may be spent for a while after no guess is counted any more",
        VERIFY,
        "store.redeem(guess, now=now, deadline",
        "store.redeem(guess, now=now - 30, deadline",
        f"{EXPIRY}::test_no_guess_at_a_code_that_expired_is_compared_or_counted",
    ),
    Guard(
        "hole: an allowance for skewed clocks lengthens every code's life",
        GUESSES,
        '        above("expires_at", int(now)),\n',
        '        above("expires_at", int(now) - 60),\n',
        f"{EXPIRY}::test_a_skewed_clock_moves_the_edge_by_its_skew_and_no_more",
    ),
    Guard(
        "hole: guesses in a code's last seconds are compared and not counted",
        GUESSES,
        "wrong = all_of(*_living(guess, now=now), *(",
        "wrong = all_of(*_living(guess, now=now + 5), *(",
        f"{EXPIRY}::test_between_two_clocks_on_both_sides_of_the_edge_no_guess_is_free",
    ),
    Guard(
        "hole: a send by an instance whose clock is ahead does not count",
        "shared/domain/rates.py",
        "sorted((min(time, now) for time in times), reverse=True)",
        "sorted((time for time in times if time <= now), reverse=True)",
        f"{EXPIRY}::test_a_clock_that_is_behind_opens_no_window_early",
    ),
    Guard(
        "hole: a digest fits another verification",
        CODES,
        "digest(secret, verification_id, phone, scene, code)",
        "digest(secret, phone, scene, code)",
        "tests/unit/test_codes.py::test_a_digest_is_bound_to_each_of_its_parts",
    ),
    Guard(
        "hole: no code begins with a zero",
        CODES,
        DRAWN,
        'return f"{randbelow(9 * 10 ** (length - 1)) + 10 ** (length - 1)}"',
        A_MILLION,
    ),
    Guard(
        "hole: digits are bytes modulo ten",
        CODES,
        DRAWN,
        'return "".join(str(byte % 10) for byte in __import__("os").urandom(length))',
        A_MILLION,
    ),
    Guard(
        "hole: codes are 20 bits modulo a million",
        CODES,
        DRAWN,
        'return f"{randbelow(2**20) % 10**length:0{length}d}"',
        A_MILLION,
    ),
    Guard(
        "hole: codes come from the time",
        WIRING,
        "Randomness(secrets.randbelow, lambda",
        'Randomness(__import__("random").Random(int(time.time())).randrange, lambda',
        NO_SEED,
    ),
    Guard(
        "hole: codes come from a generator that can be seeded",
        WIRING,
        "Randomness(secrets.randbelow, lambda",
        'Randomness(__import__("random").randrange, lambda',
        NO_SEED,
    ),
    Guard(
        "hole: a new send kills the number's latest code, whoever asks for it",
        SENDS,
        "if outcome.accepted and replaces is not None and replaces != code.verification_id:\n"
        "            writes.append(self._replace(code, replaces))\n",
        "if outcome.accepted and claim.before.sends:\n"
        "            writes.append(self._replace(code, claim.before.sends[-1].verification_id))\n",
        "tests/functions/test_abuse.py::"
        "test_a_stranger_with_the_number_alone_changes_nothing_for_its_owner",
    ),
]
