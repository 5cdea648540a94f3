"""The guards of receipts and of messages' states; test_guards.py takes each out."""

from __future__ import annotations

from tests.guards.guard import Guard

RECEIPTS = "tests/functions/test_receipts.py"
FAULTS = "tests/functions/test_receipt_faults.py"
REPLIES = "tests/functions/test_replies.py"
REVIEWS = "tests/functions/test_reviews.py"
SECRECY = "tests/functions/test_secrecy.py"
MESSAGES = "tests/functions/test_messages.py"
DELIVERY = "tests/unit/test_delivery.py"
RESTS = f"{SECRECY}::test_a_plain_number_rests_in_the_pending_table_alone_and_no_code_anywhere"
APART = f"{RECEIPTS}::test_a_report_on_no_message_of_ours_is_kept_apart"
NOTHING_HERE = f"{RECEIPTS}::test_without_the_secret_there_is_nothing_here_and_nothing_is_touched"

HEALTH = "tests/functions/test_carrier_health.py"

RECEIPT_GUARDS = [
    Guard(
        "I6 an early report counts beside a later one",
        "shared/storage/messages.py",
        "        if message is None:\n            return None\n        stray",
        "        if message is None or message.reports:\n            return message\n        stray",
        f"{RECEIPTS}::test_a_stray_report_is_found_when_its_message_turns_up",
    ),
    Guard(
        "a provider is judged by messages of ours only",
        "shared/storage/reports.py",
        "                    stray += 1\n                    then",
        "                    stray += 1\n                    _note(ends, one, now=now)\n"
        "                    then",
        f"{HEALTH}::test_what_strangers_report_does_not_count",
    ),
    Guard(
        "I6 a figure that cannot be written keeps no report from being acknowledged",
        "shared/storage/reports.py",
        "spare=len(figures)",
        "spare=0",
        f"{HEALTH}::test_a_row_of_figures_that_cannot_be_written_keeps_no_report_from_being_acknowledged",
    ),
    Guard(
        "I6 what the store turned away is not acknowledged",
        "shared/storage/receipt_rows.py",
        "        if result is Result.FAILED:\n",
        "        if False:\n",
        f"{FAULTS}::test_a_row_that_cannot_be_written_is_not_acknowledged",
    ),
    Guard(
        "I6 what the store may not have stored is not acknowledged",
        "shared/storage/receipt_rows.py",
        "        if result is Result.UNCLEAR:\n",
        "        if False:\n",
        f"{FAULTS}::test_a_report_is_acknowledged_only_if_it_is_stored_and_comes_again_otherwise",
    ),
    Guard(
        "I6 no number is forgotten for a report that is not stored",
        "shared/storage/reports.py",
        "                elif result is Result.APPLIED:\n",
        "                elif result:\n",
        APART,
    ),
    Guard(
        "I6 a report creates no message",
        "shared/storage/reports.py",
        'ours = existing(equal("phone", filed.phone) if filed.phone else None)',
        "from shared.storage.conditions import any_row\n\n        ours = any_row()",
        APART,
    ),
    Guard(
        "I6 a report on another number ends nobody's message",
        "shared/storage/reports.py",
        'ours = existing(equal("phone", filed.phone) if filed.phone else None)',
        "ours = existing(None)",
        APART,
    ),
    Guard(
        "I6 a stray report is kept",
        "shared/storage/reports.py",
        "                    then.append(self._stray(one, kind=kind, now=now))\n",
        "                    pass\n",
        APART,
    ),
    Guard(
        "I6 a stray report is found by its message",
        "shared/storage/messages.py",
        "        for phone in (message.phone, ",
        "        for phone in (",
        f"{RECEIPTS}::test_a_stray_report_is_found_when_its_message_turns_up",
    ),
    Guard(
        "I6 each different report is kept",
        "shared/domain/delivery.py",
        "        return COLUMN + sha256(self.to_json().encode()).hexdigest()[:_NAME_DIGITS]",
        '        return COLUMN + "last"',
        f"{RECEIPTS}::test_states_never_go_back_and_repeats_change_nothing",
    ),
    Guard(
        "I6 a poison entry is never lost",
        "shared/use_cases/set_aside.py",
        "        aside[key] = SetAside(key, shown[:LONGEST_POISON])\n",
        "",
        f"{RECEIPTS}::test_a_poison_entry_is_set_aside_and_blocks_nobody",
    ),
    Guard(
        "I6 the same poison is one",
        "shared/use_cases/set_aside.py",
        'key = digest(secret, "poison", text)',
        'key = digest(secret, "poison", text, str(len(found)))',
        f"{RECEIPTS}::test_a_poison_entry_is_set_aside_and_blocks_nobody",
    ),
    Guard(
        "I6 what says most counts, not what came last",
        "shared/domain/delivery.py",
        "return _rank(report.state), moment is not None, order, report.to_json()",
        "return 0, moment is not None, known, report.to_json()",
        f"{DELIVERY}::test_a_delivery_outweighs_every_failure_and_the_first_one_counts",
    ),
    Guard(
        "I6 what is equal has one answer",
        "shared/domain/delivery.py",
        "moment is not None, order, report.to_json()",
        'moment is not None, order, ""',
        f"{DELIVERY}::test_between_reports_that_are_otherwise_equal_their_texts_decide",
    ),
    Guard(
        "I6 too much at once is refused whole",
        "shared/fc.py",
        "        if len(entries) > most:\n",
        "        if False:\n",
        f"{RECEIPTS}::test_more_entries_or_bytes_than_fit_are_refused_whole",
    ),
    Guard(
        "I6 an alert is kept before its review is acknowledged",
        "shared/use_cases/store_reviews.py",
        "    if rejected:\n",
        "    if not rejected:\n",
        f"{REVIEWS}::test_an_alert_that_cannot_be_kept_is_not_acknowledged",
    ),
    Guard(
        "a receipt needs the secret",
        "shared/receipt_wiring.py",
        "    if not any(same) or kind not in KINDS",
        "    same[0] = True\n    if kind not in KINDS",
        NOTHING_HERE,
    ),
    Guard(
        "figures hold no report up",
        "shared/storage/reports.py",
        "            if not figures:\n                raise\n",
        "            raise\n",
        f"{HEALTH}::test_a_table_of_figures_that_is_missing_keeps_no_report_from_its_end",
    ),
    Guard(
        "a name in use is known whatever it looks like",
        "shared/domain/reviews.py",
        "    if name not in in_use and not _CODE.fullmatch(name):\n",
        "    if name:\n",
        f"{REVIEWS}::test_a_name_in_use_is_known_whatever_digits_and_widths_it_has",
    ),
    Guard(
        "a rejection is told whatever caps were told",
        "shared/use_cases/raise_alerts.py",
        "counted = alert.kind not in UNCOUNTED",
        "counted = bool(UNCOUNTED)",
        f"{REVIEWS}::test_a_rejection_is_told_however_many_caps_were_told_that_day",
    ),
    Guard(
        "a repeated opt-out undoes no later decision",
        "shared/storage/replies.py",
        'below("added_at", at, or_missing=True),',
        'below("added_at", 10 * at, or_missing=True),',
        f"{REPLIES}::test_a_repeated_opt_out_does_not_undo_what_an_operator_decided_since",
    ),
    Guard(
        "every question is counted",
        "shared/use_cases/reconcile.py",
        "        found.asked.append(message)\n        if record is not None",
        "        if record is not None",
        "tests/functions/test_reconciling.py::"
        "test_the_pause_doubles_while_the_carrier_says_nothing",
    ),
    Guard(
        "I7 poison rests masked",
        "shared/use_cases/set_aside.py",
        "shown = masked_text(text[: 4 * LONGEST_POISON], longest_shown=longest_shown)",
        "shown = text",
        RESTS,
    ),
    Guard(
        "I7 the carrier's texts rest masked",
        "shared/domain/report_entries.py",
        'masked_text(text_of(given.get("err_msg")) or "")[:LONGEST_TEXT]',
        '(text_of(given.get("err_msg")) or "")[:LONGEST_TEXT]',
        RESTS,
    ),
    Guard(
        "I7 ids of other systems rest masked",
        "shared/use_cases/store_reports.py",
        "masked_text(entry.out_id)[:LONGEST_ID]",
        "entry.out_id",
        RESTS,
    ),
    Guard(
        "I7 codes in replies are hidden",
        "shared/domain/replies.py",
        "masked_text(content, longest_shown=SHOWN_DIGITS)",
        "masked_text(content)",
        f"{REPLIES}::test_codes_and_numbers_in_a_reply_are_hidden",
    ),
    Guard(
        "I7 a receipt's path is not shown",
        "shared/fc.py",
        "        request_id=call.request_id,\n        status=status,\n",
        "        request_id=call.request_id,\n        path=call.path,\n        status=status,\n",
        NOTHING_HERE,
    ),
    Guard(
        "who opts out is denied",
        "shared/storage/replies.py",
        "            if reply.opts_out is not None:\n",
        "            if False:\n",
        f"{REPLIES}::test_who_opts_out_gets_no_more_messages",
    ),
    Guard(
        "I10 who may not send may not ask",
        "shared/use_cases/message_state.py",
        "policy.admit(api_key, address=address, client_ip=None, device_id=None)",
        '__import__("types").SimpleNamespace(name="", address=address)',
        f"{MESSAGES}::test_who_may_not_send_may_not_ask",
    ),
]
