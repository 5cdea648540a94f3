"""The guards of sending through one of several providers, of their codes, and of borrowed keys."""

from __future__ import annotations

from tests.guards.guard import Guard

PROVIDERS = "tests/functions/test_providers.py"
MANAGED = "tests/functions/test_managed_codes.py"
CREDENTIALS = "tests/functions/test_credentials.py"
STORE = "tests/contracts/test_store.py"
ROUTES = "tests/unit/test_routes.py"
HAND_OVER = "tests/unit/test_hand_over.py"
DYPNS = "tests/unit/test_dypns.py"

PROVIDER_GUARDS = [
    Guard(
        "I3 no code goes to who has the number without its plus",
        "shared/domain/policy.py",
        "        if number.reads_as_mainland:\n",
        "        if False:\n",
        "tests/functions/test_regions.py::test_a_number_that_reads_as_one_of_the_mainland_gets_nothing",
    ),
    Guard(
        "I2 a guess is counted before its provider compares it",
        "shared/use_cases/verify_code.py",
        "    if likely and count_managed(",
        "    if likely or count_managed(",
        f"{MANAGED}::test_two_hundred_guesses_at_once_are_bound",
    ),
    Guard(
        "I2 a guess at a code that may be the provider's is counted before it compares",
        "shared/use_cases/verify_code.py",
        "    elif _counted(guess, () if likely else counters, store=store, now=now, "
        "deadline=deadline):\n",
        "    elif may_be_managed(request.verification_id):\n",
        f"{MANAGED}::test_two_hundred_guesses_at_once_are_bound_after_a_failover",
    ),
    Guard(
        "I2 a count is taken back only where nothing was compared",
        "shared/use_cases/verify_managed.py",
        "        if answer.checked is Checked.NOT_ASKED:\n",
        "        if True:\n",
        f"{MANAGED}::test_a_check_of_which_nothing_is_known_has_cost_an_attempt",
    ),
    Guard(
        "I1 a code that its provider found right is spent",
        "shared/use_cases/verify_managed.py",
        "    if not store.redeem_managed(",
        "    if False and not store.redeem_managed(",
        f"{MANAGED}::test_who_is_told_right_twice_is_accepted_once",
    ),
    Guard(
        "I1 only a code of the provider's is spent by its word",
        "shared/storage/guesses.py",
        'right = all_of(*_unspent(guess, now=now), equal("digest", MANAGED))',
        "right = all_of(*_unspent(guess, now=now))",
        f"{STORE}::test_a_code_of_ours_is_none_of_a_providers",
    ),
    Guard(
        "I2 only a guess at a code of the provider's is counted for it",
        "shared/storage/guesses.py",
        'managed = all_of(*_living(guess, now=now), equal("digest", MANAGED))',
        "managed = all_of(*_living(guess, now=now))",
        f"{STORE}::test_a_code_of_ours_is_none_of_a_providers",
    ),
    Guard(
        "I3 no guess of ours matches a code of the provider's",
        "shared/storage/sends.py",
        '"digest": MANAGED if claim.managed else code.digest,',
        '"digest": code.digest,',
        f"{MANAGED}::test_nobody_here_knows_the_code",
    ),
    Guard(
        "I3 whose code it is follows who took the message",
        "shared/storage/sends.py",
        "        elif outcome.managed != claim.managed:\n",
        "        elif False:\n",
        f"{MANAGED}::test_a_code_of_pnvs_after_the_first_provider_failed_is_compared_there",
    ),
    Guard(
        "I3 a code that passed as another message's is refused",
        "shared/providers/dypns.py",
        "    if model.out_id and model.out_id != verification_id:\n",
        "    if False:\n",
        f"{DYPNS}::test_only_a_pass_of_this_very_message_finds_a_code_right",
    ),
    Guard(
        "I4 a guess counts once for its address",
        "shared/use_cases/verify_code.py",
        "() if likely else counters",
        "counters",
        f"{MANAGED}::test_a_guess_counts_once_for_its_address_and_a_right_one_not_at_all",
    ),
    Guard(
        "I5 another provider is asked only where the first certainly took nothing",
        "shared/use_cases/hand_over.py",
        "        if not outcome.elsewhere:\n",
        "        if outcome.accepted:\n",
        f"{PROVIDERS}::test_no_other_provider_is_asked_where_the_first_may_have_taken_it",
    ),
    Guard(
        "I5 another sign name is tried only where one was refused",
        "shared/providers/dypns.py",
        "if not sign_refused(outcome.code) or deadline.left < LEAST_SECONDS:",
        "if deadline.left < LEAST_SECONDS:",
        f"{DYPNS}::test_no_other_sign_name_is_tried_where_one_may_have_been_taken",
    ),
    Guard(
        "I5 only refused keys make a second request",
        "shared/providers/renewal.py",
        "        refused = str(error.code).startswith(REFUSED_KEYS)\n",
        "        refused = True\n",
        f"{CREDENTIALS}::test_no_failure_but_refused_keys_makes_a_second_request",
    ),
    Guard(
        "I5 keys are renewed once for a request",
        "shared/providers/renewal.py",
        "            raise\n    return request()\n",
        "            raise\n    return asked(request, deadline=deadline)\n",
        f"{CREDENTIALS}::"
        "test_a_token_that_stays_refused_is_renewed_once_and_what_was_taken_given_back",
    ),
    Guard(
        "keys that are refused are renewed",
        "shared/providers/renewal.py",
        "        refused = str(error.code).startswith(REFUSED_KEYS)\n",
        "        refused = False\n",
        f"{CREDENTIALS}::"
        "test_keys_that_end_in_the_middle_of_a_request_cost_one_renewal_and_one_message",
    ),
    Guard(
        "the store's keys are renewed, too",
        "shared/storage/calls.py",
        "            if error.code != AUTH_FAILED or not renew_lent(",
        "            if True or not renew_lent(",
        f"{CREDENTIALS}::test_the_store_is_asked_again_with_new_keys",
    ),
    Guard(
        "no request begins with keys that end in it",
        "shared/assumed_role.py",
        "return self.until - now >= LEAST_SECONDS",
        "return True",
        f"{CREDENTIALS}::test_keys_that_end_between_two_requests_are_replaced",
    ),
    Guard(
        "the choice leaves PNVS out abroad",
        "shared/domain/routes.py",
        " if region == MAINLAND or name not in MAINLAND_ONLY)",
        ")",
        f"{ROUTES}::test_pnvs_is_never_asked_for_a_number_abroad",
    ),
    Guard(
        "PNVS sends to the mainland only",
        "shared/providers/dypns.py",
        "        if message.number.region != MAINLAND:\n",
        "        if False:\n",
        f"{DYPNS}::test_a_number_abroad_is_not_handed_over",
    ),
    Guard(
        "a provider that failed is asked last",
        "shared/domain/standing.py",
        "            return 0.0\n",
        "            return 1.0\n",
        f"{PROVIDERS}::test_a_provider_that_failed_is_asked_last_for_a_while",
    ),
    Guard(
        "what lies with a number sets no provider aside",
        "shared/use_cases/hand_over.py",
        "        if outcome.failed and len(route) > 1:\n",
        "        if not outcome.accepted and len(route) > 1:\n",
        f"{HAND_OVER}::test_what_a_stranger_s_number_may_bring_about_speaks_against_nobody",
    ),
    Guard(
        "I8 no provider is asked without time for its answer",
        "shared/use_cases/hand_over.py",
        "        if answers and deadline.left < LEAST_FOR_PROVIDER:\n",
        "        if False:\n",
        f"{HAND_OVER}::test_the_next_is_not_asked_where_its_answer_could_not_be_waited_for",
    ),
    Guard(
        "I8 no code is put to its provider without time for its answer",
        "shared/use_cases/verify_managed.py",
        "    if seconds >= LEAST_FOR_CHECK:",
        "    if True:",
        f"{MANAGED}::test_no_code_is_put_to_pnvs_without_time_for_its_answer",
    ),
    Guard(
        "I7 what a check answers is told without its digits",
        "shared/providers/dypns.py",
        "CheckAnswer(Checked.WRONG, hidden_code(result))",
        "CheckAnswer(Checked.WRONG, result)",
        f"{DYPNS}::test_what_a_check_answers_is_told_without_code_or_number",
    ),
    Guard(
        "I7 a service's text shows no key",
        "shared/providers/answers.py",
        '_KEY_LIKE.sub("****", text[: 4 * longest])',
        "text[: 4 * longest]",
        "tests/unit/test_provider_codes.py::test_a_service_s_text_shows_no_key",
    ),
    Guard(
        "one connection cannot weaken what all others check",
        "shared/sdk_sessions.py",
        "        if verify is not True or cert is not None:",
        "        if False:",
        "tests/unit/test_tls.py::"
        "test_who_asks_for_less_gets_nothing_and_changes_nothing_for_others",
    ),
    Guard(
        "queues are asked under their own name",
        "shared/certificates.py",
        "    context.load_verify_locations(certifi.where())",
        "    context.check_hostname = False\n    context.load_verify_locations(certifi.where())",
        "tests/unit/test_tls.py::test_a_queue_is_not_asked_under_another_name",
    ),
]
