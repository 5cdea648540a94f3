"""Take each guard out of a copy of the code, and see the test that stands for it fail.

Slow, so it runs only when asked for: scripts/test -m guards. A guard is a line of ours and what
stands in its place; a test that still passes then proves nothing, and fails here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.edge_guards import EDGE_GUARDS
from tests.guards.guard import Guard
from tests.guards.hole_guards import HOLE_GUARDS
from tests.guards.provider_guards import PROVIDER_GUARDS
from tests.guards.queue_guards import QUEUE_GUARDS
from tests.guards.receipt_guards import RECEIPT_GUARDS
from tests.service import ROOT

pytestmark = pytest.mark.guards

CONCURRENCY = "tests/functions/test_concurrency.py"
FAULTS = "tests/functions/test_faults.py"
FLOWS = "tests/functions/test_send_and_verify.py"
LIMITS = "tests/functions/test_limits.py"
KEYS = "tests/functions/test_api_keys.py"
CAPTCHA = "tests/functions/test_captcha.py"
ALERTS = "tests/functions/test_alerts.py"
ALERT_STORE = "tests/contracts/test_alert_store.py"
OPS = "tests/functions/test_ops.py"
EDITS = "tests/functions/test_list_edits.py"
ABUSE = "tests/functions/test_abuse.py"


GUARDS = [
    Guard(
        "I1 a code is spent while it lives, and then no more",
        "shared/storage/guesses.py",
        '        equal("state", LIVE),\n',
        "",
        f"{CONCURRENCY}::test_of_200_simultaneous_right_guesses_exactly_one_is_accepted",
    ),
    Guard(
        "I1 a spend whose answer is lost is recognised",
        "shared/storage/guesses.py",
        'mine = any_of(right, equal("spent_by", mark))',
        "mine = right",
        f"{FAULTS}::test_a_spend_whose_answer_got_lost_is_recognised_and_accepted",
    ),
    Guard(
        "I2 wrong guesses are counted down to nothing",
        "shared/storage/guesses.py",
        ', above("left", 0)]',
        "]",
        f"{CONCURRENCY}::test_after_200_simultaneous_wrong_guesses_the_right_one_is_refused",
    ),
    Guard(
        "I2 a guess is counted before it may spend",
        "shared/use_cases/verify_code.py",
        "    likely = likely_managed(request.verification_id)\n",
        "    if store.redeem(guess, now=now, deadline=deadline):\n"
        "        return VerifyCodeResponse(\n"
        "            verification_id=request.verification_id, phone=number.e164)\n"
        "    likely = likely_managed(request.verification_id)\n",
        f"{CONCURRENCY}::test_a_right_guess_hidden_among_59_wrong_ones_is_almost_never_accepted",
    ),
    Guard(
        "I2 a right guess is not counted as a wrong one",
        "shared/storage/guesses.py",
        ', *(unequal("digest", d) for d in guess.digests)',
        "",
        f"{CONCURRENCY}::test_a_right_guess_that_races_one_wrong_one_always_wins",
    ),
    Guard(
        "I3 a code is bound to its phone",
        "shared/storage/guesses.py",
        '        equal("phone", guess.phone),\n',
        "",
        "tests/contracts/test_store.py::test_a_guess_at_something_else_neither_spends_nor_counts",
    ),
    Guard(
        "I3 a code is bound to its scene",
        "shared/storage/guesses.py",
        '        equal("scene", guess.scene),\n',
        "",
        "tests/contracts/test_store.py::test_a_guess_at_something_else_neither_spends_nor_counts",
    ),
    Guard(
        "I3 a code expires",
        "shared/storage/guesses.py",
        '        above("expires_at", int(now)),\n',
        "",
        "tests/contracts/test_store.py::test_a_code_expires_on_its_second",
    ),
    Guard(
        "I3 a send that fails leaves the replaced code usable",
        "shared/storage/sends.py",
        "if outcome.accepted and replaces is not None",
        "if replaces is not None",
        f"{FLOWS}::test_a_send_that_the_provider_refuses_leaves_the_replaced_code_usable",
    ),
    Guard(
        "I3 only the holder's own code is replaced",
        "shared/storage/sends.py",
        'all_of(equal("phone", code.phone), equal("scene", code.scene), equal("state", LIVE))',
        'equal("state", LIVE)',
        f"{FLOWS}::test_nobody_replaces_the_code_of_another_phone_or_scene",
    ),
    Guard(
        "I4 the slot is compare-and-set",
        "shared/storage/sends.py",
        'unchanged = new_row() if before is None else existing(equal("version", before))',
        "unchanged = any_row()",
        f"{CONCURRENCY}::test_of_200_simultaneous_sends_to_one_phone_exactly_one_is_made",
    ),
    Guard(
        "I4 a counter is counted below its limit only",
        "shared/storage/counters.py",
        'any_row(below("n", counter.limit, or_missing=True))',
        "any_row()",
        f"{CONCURRENCY}::test_of_60_simultaneous_sends_at_a_limit_of_7_exactly_7_are_made",
    ),
    Guard(
        "I4 what a race took is given back",
        "shared/storage/sends.py",
        "        writes += self._release(c for c, taken in grant.counters.items() "
        "if taken is Taken.YES)\n",
        "",
        f"{FAULTS}::test_what_a_send_took_before_it_lost_the_race_is_given_back",
    ),
    Guard(
        "I4 a slot that was given back is free",
        "shared/storage/sends.py",
        "            writes.append(self._free_slot(claim))\n        writes += self._release(c",
        "            pass\n        writes += self._release(c",
        f"{FAULTS}::test_a_take_whose_answer_got_lost_leaves_the_number_free_to_try_again",
    ),
    Guard(
        "I4 a provider that refuses is called within the windows",
        "shared/storage/sends.py",
        "if outcome.refused and not outcome.reached:",
        "if outcome.refused:",
        "tests/contracts/test_store.py::"
        "test_a_refused_send_gives_its_counters_back_keeps_its_slot_and_kills_its_code",
    ),
    Guard(
        "I4 a window starts when the message was handed over",
        "shared/storage/sends.py",
        "delivery=delivery, at=at)",
        "delivery=delivery, at=claim.code.issued_at)",
        "tests/contracts/test_store.py::test_an_accepted_send_is_stamped_with_its_outcome",
    ),
    Guard(
        "I4 a take that is applied late takes nothing",
        "shared/storage/sends.py",
        'freed = History(f"{mine}~", claim.before.sends)',
        "freed = claim.before if before else History(mine)",
        "tests/contracts/test_store.py::"
        "test_who_read_the_history_before_a_give_back_does_not_get_the_slot_after_it",
    ),
    Guard(
        "I5 what may have been taken is not called refused",
        "shared/providers/answers.py",
        "return Outcome(Verdict.UNCONFIRMED, product.name, type(cause).__name__)",
        "return Outcome(Verdict.TRY_LATER, product.name, type(cause).__name__, reached=False)",
        f"{FAULTS}::test_a_provider_that_does_not_answer_is_called_once_and_in_time",
    ),
    Guard(
        "I5 a take in doubt sends nothing",
        "shared/use_cases/send_code.py",
        "    if grant.complete and in_time:",
        "    if in_time:",
        f"{FAULTS}::test_a_take_of_which_one_row_fails_sends_metered_or_not_at_all",
    ),
    Guard(
        "I7 the SDKs' loggers are silent",
        "shared/logs.py",
        "    for name in QUIET:\n",
        "    for name in ():\n",
        "tests/functions/test_secrecy.py::test_no_output_and_no_answer_holds_a_secret",
    ),
    Guard(
        "I7 a failure is logged without its text",
        "shared/fc.py",
        "facts(failure=type(error).__name__",
        "facts(failure=repr(error)",
        "tests/functions/test_secrecy.py::"
        "test_a_failure_of_our_own_is_logged_by_place_and_not_by_text",
    ),
    Guard(
        "I7 a plain number rests in the pending table alone",
        "shared/storage/sends.py",
        '"masked": code.masked,',
        '"masked": code.masked.replace("****", "0013"),',
        "tests/functions/test_secrecy.py::"
        "test_a_plain_number_rests_in_the_pending_table_alone_and_no_code_anywhere",
    ),
    Guard(
        "I8 an idle store connection is dropped",
        "shared/storage/transport.py",
        "            self._pool.clear()\n",
        "            pass\n",
        "tests/unit/test_connections.py::test_a_store_connection_that_idled_is_not_used_again",
    ),
    Guard(
        "I8 an idle provider connection is dropped",
        "shared/providers/connections.py",
        "                session.close()\n",
        "                pass\n",
        "tests/unit/test_connections.py::test_a_provider_connection_that_idled_is_not_used_again",
    ),
    Guard(
        "I8 no store request waits beyond the deadline",
        "shared/storage/transport.py",
        "read=min(READ_SECONDS, max(left, 0.01))",
        "read=50",
        f"{FAULTS}::test_a_verify_is_answered_in_time_and_accepts_once_at_most",
    ),
    Guard(
        "I8 no provider is called without time for its answer",
        "shared/use_cases/send_code.py",
        "in_time = deadline.left >= LEAST_FOR_PROVIDER",
        "in_time = True",
        "tests/unit/test_use_cases.py::"
        "test_a_provider_is_not_called_when_there_is_no_time_for_its_answer",
    ),
    Guard(
        "I9 all spellings are one number",
        "shared/phone_numbers.py",
        'unicodedata.normalize("NFKC", spelling)',
        "spelling",
        "tests/unit/test_phone_numbers.py::test_a_spelling_is_read_as_its_number",
    ),
    Guard(
        "I9 no header is believed by default",
        "shared/domain/client_address.py",
        "            found = None\n        nobody",
        '            found = canonical(headers.get("x-forwarded-for", ""))\n        nobody',
        f"{LIMITS}::test_no_header_lifts_the_limit_of_an_address",
    ),
    Guard(
        "I9 an IPv6 caller counts as its network",
        "shared/domain/client_address.py",
        "IPV6_PREFIX = 64",
        "IPV6_PREFIX = 128",
        f"{LIMITS}::test_an_ipv6_customer_counts_as_one_network",
    ),
    Guard(
        "I10 without access nothing is sent",
        "shared/domain/policy.py",
        "        self._check_access()\n",
        "",
        "tests/functions/test_access.py::test_without_an_access_that_works_nothing_is_sent",
    ),
    Guard(
        "I2 a guess that was not counted is not compared",
        "shared/storage/guesses.py",
        "            if result is Result.FAILED:\n",
        "            if False:\n",
        f"{FAULTS}::test_a_guess_that_could_not_be_counted_is_compared_with_nothing",
    ),
    Guard(
        "I2 a guess that may have been counted is not compared",
        "shared/storage/guesses.py",
        "            if result is Result.UNCLEAR:\n",
        "            if False:\n",
        f"{FAULTS}::test_a_guess_that_could_not_be_counted_is_compared_with_nothing",
    ),
    Guard(
        "I4 a send counts from its hand-over also where settling fails",
        "shared/domain/claim.py",
        "self.now if fixed else self.now + LONGEST_HAND_OVER",
        "self.now",
        f"{ABUSE}::test_a_window_whose_settling_was_lost_is_rather_too_long",
    ),
    Guard(
        "I4 a late settling overwrites nothing",
        "shared/storage/sends.py",
        '            _history(stamped),\n            existing(equal("version", mine)),\n',
        "            _history(stamped),\n            any_row(),\n",
        "tests/contracts/test_store.py::test_a_late_settling_does_not_overwrite_a_newer_history",
    ),
    Guard(
        "I4 nothing is given back below nothing",
        "shared/storage/counters.py",
        'existing(above("n", 0))',
        "any_row()",
        "tests/contracts/test_store.py::test_nothing_is_given_back_below_nothing",
    ),
    Guard(
        "I5 a code that is not known is no refusal",
        "shared/providers/answers.py",
        "return Outcome(Verdict.UNCONFIRMED, product.name, shown, text=hidden(text))",
        "return Outcome(Verdict.MISCONFIGURED, product.name, shown, text=hidden(text))",
        "tests/functions/test_dysms_codes.py::"
        "test_an_unknown_code_over_the_sdk_is_open_and_has_its_text",
    ),
    Guard(
        "I5 what lies with the number is asked of no other provider",
        "shared/providers/answers.py",
        "elsewhere=meaning.elsewhere,\n        one_off=meaning.one_off,\n    )\n\n\ndef _level",
        "elsewhere=True,\n    )\n\n\ndef _level",
        "tests/functions/test_dysms_codes.py::test_a_code_over_the_sdk_has_its_meaning",
    ),
    Guard(
        "I7 a service's text is kept without its digits",
        "shared/providers/answers.py",
        "text=hidden(text)",
        "text=text",
        "tests/functions/test_dysms_codes.py::"
        "test_a_text_that_repeats_number_and_code_is_hidden_over_the_sdk",
    ),
    Guard(
        "I5 an answer that is none is no refusal",
        "shared/providers/answers.py",
        'return Outcome(Verdict.UNCONFIRMED, product.name, "no_answer")',
        'return Outcome(Verdict.MISCONFIGURED, product.name, "no_answer")',
        "tests/unit/test_dysms.py::test_an_answer_that_is_none_leaves_it_open",
    ),
    Guard(
        "I7 a late take leaves no plain number",
        "shared/storage/sends.py",
        "batch.put(self._pending, key, kept, new_row())",
        "batch.put(self._pending, key, kept)",
        f"{FAULTS}::test_a_take_that_is_applied_late_cannot_send_and_leaves_no_living_code",
    ),
    Guard(
        "I9 leaving a header out lifts no limit",
        "shared/domain/client_address.py",
        "NOBODY if self.hops or self.header else None",
        "None",
        f"{LIMITS}::test_leaving_the_chosen_header_out_lifts_no_limit",
    ),
    Guard(
        "a march of one address shuts nobody else out",
        "shared/use_cases/pass_gates.py",
        " and march.concerns_asker",
        "",
        f"{ABUSE}::test_a_march_of_one_address_shuts_nobody_else_out",
    ),
    Guard(
        "I10 an API key is compared",
        "shared/domain/access.py",
        "hmac.compare_digest(known, digest) and presented",
        "presented",
        f"{KEYS}::test_nobody_else_gets_in_and_nothing_is_sent_or_read",
    ),
    Guard(
        "I10 a caller keeps to its scenes",
        "shared/domain/policy.py",
        "scene not in key.scenes",
        "False",
        f"{KEYS}::test_a_key_works_for_its_own_scenes_only",
    ),
    Guard(
        "I9 only a caller with a key names an address",
        "shared/domain/policy.py",
        "            if client_ip is not None:\n                raise InvalidRequest",
        "            if client_ip is not None and False:\n                raise InvalidRequest",
        f"{KEYS}::test_who_has_no_key_cannot_name_an_address",
    ),
    Guard(
        "I4 callers have a limit",
        "shared/domain/limits.py",
        "    if caller.key is not None:\n",
        "    if False:\n",
        f"{KEYS}::test_at_a_callers_limit_exactly_that_many_get_through_at_once",
    ),
    Guard(
        "I4 regions have a limit",
        "shared/domain/limits.py",
        "policy.rates_of_region(number.region), now=now",
        "(), now=now",
        f"{ABUSE}::test_at_a_regions_limit_exactly_that_many_get_through_at_once",
    ),
    Guard(
        "I4 a month is counted",
        "shared/domain/rates.py",
        "    if rate.month:\n        first",
        "    if False:\n        first",
        f"{ABUSE}::test_a_month_is_a_calendar_month_of_beijing",
    ),
    Guard(
        "I4 guesses of an address have a limit",
        "shared/use_cases/verify_code.py",
        "    if counted.full is not None:\n",
        "    if False:\n",
        f"{ABUSE}::test_of_simultaneous_guesses_no_more_than_the_limit_are_answered",
    ),
    Guard(
        "I4 right guesses are forgiven",
        "shared/use_cases/verify_code.py",
        "    if counters:\n",
        "    if False:\n",
        f"{ABUSE}::test_right_guesses_are_not_held_against_an_address",
    ),
    Guard(
        "one address has a share of a number",
        "shared/domain/claim.py",
        "if max(seconds, shared) > 0:",
        "if seconds > 0:",
        f"{ABUSE}::test_one_address_cannot_use_up_a_numbers_limit",
    ),
    Guard(
        "numbers that march are stopped",
        "shared/use_cases/pass_gates.py",
        "    if not march.suspicious:\n",
        "    if True:\n",
        f"{ABUSE}::test_the_guard_can_stop_numbers_that_march",
    ),
    Guard(
        "no step of a march is overwritten",
        "shared/storage/sends.py",
        'return {f"s{step.suffix:04d}": step.source}',
        'return {"s0000": step.source}',
        f"{ABUSE}::test_of_numbers_that_march_all_at_once_none_is_overlooked",
    ),
    Guard(
        "two operators lose nothing",
        "shared/storage/list_edits.py",
        'new_row() if version is None else existing(equal("version", version))',
        "any_row()",
        f"{EDITS}::test_two_dozen_operators_at_once_lose_nothing",
    ),
    Guard(
        "a list edit whose answer is lost is recognised",
        "shared/storage/list_edits.py",
        'if row.get("version") == mine:',
        'if row.get("version") == "":',
        f"{EDITS}::test_a_write_whose_answer_is_lost_is_made_once",
    ),
    Guard(
        "a denied address is refused",
        "shared/domain/lists.py",
        "if self.on_address(address, now=now) is not None:",
        "if False:",
        f"{OPS}::test_a_denied_address_or_network_is_refused",
    ),
    Guard(
        "an entry ends",
        "shared/domain/lists.py",
        "if concerns and entry.holds(now=now):",
        "if concerns:",
        f"{OPS}::test_what_is_added_and_removed_counts_with_the_next_request_and_ends_on_time",
    ),
    Guard(
        "a prefix denies its own numbers",
        "shared/domain/lists.py",
        "entry.kind == PREFIX and number.e164.startswith(entry.subject)",
        "entry.kind == PREFIX",
        f"{OPS}::test_a_denied_prefix_blocks_its_numbers_only",
    ),
    Guard(
        "a denied number is blocked",
        "shared/domain/lists.py",
        'raise Refused("phone_blocked"',
        "return False  # ",
        f"{OPS}::test_a_denied_number_is_blocked_in_every_spelling_and_nothing_is_sent",
    ),
    Guard(
        "an allowed number is trusted",
        "shared/use_cases/send_code.py",
        "trusted = allowed or ",
        "trusted = ",
        f"{OPS}::test_an_allowed_number_has_the_wider_limit",
    ),
    Guard(
        "I7 lists keep no number",
        "scripts/ops_cli/subjects.py",
        "Subject(NUMBER, number.masked, number.key(secret))",
        "Subject(NUMBER, number.e164, number.key(secret))",
        f"{OPS}::test_no_whole_number_is_written_anywhere",
    ),
    Guard(
        "one run tells an alert",
        "shared/storage/alerts.py",
        "any_row(free), repeatable=True",
        "any_row(), repeatable=True",
        f"{ALERTS}::test_two_runs_that_overlap_tell_once",
    ),
    Guard(
        "an alert that was told is done",
        "shared/use_cases/raise_alerts.py",
        "        if outcome in DONE:\n",
        "        if outcome == SUPPRESSED:\n",
        f"{ALERTS}::test_a_months_cap_is_told_once_a_month",
    ),
    Guard(
        "what is done is never claimed again",
        "shared/storage/alerts.py",
        '"not_before": NEVER, "state"',
        '"not_before": int(now) + CLAIM_SECONDS, "state"',
        f"{ALERT_STORE}::test_what_is_done_is_never_claimed_again",
    ),
    Guard(
        "an alert that was not taken stays due",
        "shared/use_cases/raise_alerts.py",
        "if answer.delivery is Delivery.TAKEN:",
        "if answer.delivery is not None:",
        f"{ALERTS}::test_what_a_webhook_did_not_take_is_told_by_the_next_run",
    ),
    Guard(
        "a claim ends",
        "shared/storage/alerts.py",
        '"not_before": int(now) + CLAIM_SECONDS,',
        '"not_before": NEVER - 1,',
        f"{ALERTS}::test_a_run_that_died_with_a_claim_is_followed_by_one_that_tells",
    ),
    Guard(
        "only its own run lifts a claim",
        "shared/storage/alerts.py",
        'existing(equal("by", self._mark))',
        "any_row()",
        f"{ALERT_STORE}::test_a_run_whose_claim_has_ended_postpones_nothing",
    ),
    Guard(
        "the window before is watched",
        "shared/domain/alerts.py",
        "if past.ends > now - LATE_SECONDS:",
        "if past.ends > now:",
        f"{ALERTS}::test_what_is_crossed_just_before_midnight_is_told_after_it",
    ),
    Guard(
        "20 alerts a day",
        "shared/use_cases/raise_alerts.py",
        "    if counted and not store.spend(budget, deadline=deadline):",
        "    store.spend(budget, deadline=deadline)\n    if not budget:",
        f"{ALERTS}::test_20_are_told_in_a_day_and_the_rest_is_kept_and_logged",
    ),
    Guard(
        "an errcode is a failure",
        "shared/webhooks.py",
        "return _dingtalk_answer(answer) if self._form == DINGTALK else _TAKEN",
        "return _TAKEN",
        f"{ALERTS}::test_an_errcode_of_dingtalk_is_a_failure_although_it_comes_with_http_200",
    ),
    Guard(
        "DingTalk's signature",
        "shared/webhooks.py",
        'timestamp.encode() + b"\\n" + self._secret',
        "timestamp.encode() + self._secret",
        f"{ALERTS}::test_a_dingtalk_robot_gets_a_signed_text",
    ),
    Guard(
        "I7 a webhook's address is not logged",
        "shared/webhooks.py",
        "return WebhookAnswer(Delivery.UNCLEAR, type(error).__name__)",
        "return WebhookAnswer(Delivery.UNCLEAR, str(error))",
        f"{ALERTS}::test_no_output_holds_the_webhooks_address_token_or_secret",
    ),
    Guard(
        "caps alone are watched",
        "shared/domain/alerts.py",
        "        if counter.is_cap:",
        "        if counter:",
        f"{ALERTS}::test_limits_that_guard_no_budget_raise_nothing",
    ),
    Guard(
        "no warning follows its alert",
        "shared/storage/alerts.py",
        " and (not above or alert.key == alert.louder_key)",
        "",
        f"{ALERT_STORE}::test_a_warning_is_not_noted_once_its_alert_is_known",
    ),
    Guard(
        "a captcha token is taken once",
        "shared/storage/sends.py",
        "batch.put(self._tokens, _token(claim.token), used, new_row())",
        "batch.put(self._tokens, _token(claim.token), used)",
        f"{CAPTCHA}::test_the_same_token_twice_at_once_sends_exactly_one_message",
    ),
    Guard(
        "a failed captcha is refused",
        "shared/use_cases/pass_gates.py",
        "    if answer.humanity is Humanity.FAILED:\n",
        "    if False:\n",
        f"{CAPTCHA}::test_being_lenient_with_the_service_lets_no_failed_captcha_through",
    ),
    Guard(
        "a captcha service that fails lets nobody in by default",
        "shared/use_cases/pass_gates.py",
        "answer.humanity is Humanity.UNKNOWN and not lenient",
        "False",
        f"{CAPTCHA}::test_where_the_captcha_service_fails_a_setting_decides",
    ),
]


SHOWN = ("--show-capture=stdout",)
CRASH = (
    r'^E +(Syntax|Name|Import|Type|Attribute)Error|"failure": "(Name|Import|Type|Attribute)Error'
)
"""Proves nothing but bad editing, in the test or in a door, which answers 500 and logs it."""

ALL = (
    *(*GUARDS, *RECEIPT_GUARDS, *QUEUE_GUARDS, *PROVIDER_GUARDS),
    *(*HOLE_GUARDS, *EDGE_GUARDS),
)


@pytest.mark.parametrize(
    "guard",
    ALL,
    ids=lambda guard: guard.invariant,
)
def test_without_its_guard_an_invariants_test_fails(tmp_path: Path, guard: Guard) -> None:
    for folder in ("functions", "shared", "scripts", "tests"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file_name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / file_name, tmp_path)
    file = tmp_path / guard.file
    text = file.read_text("utf-8")
    assert text.count(guard.text) == 1, f"the guard has moved: {guard.text!r}"
    file.write_text(text.replace(guard.text, guard.instead), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *SHOWN, guard.test],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-2000:]
    assert not re.search(CRASH, done.stdout, re.M), done.stdout[-2000:]
