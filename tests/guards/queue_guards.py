"""The guards of pulling reports, and of asking for those that never came."""

from __future__ import annotations

from tests.guards.guard import Guard

PULLED = "tests/functions/test_pulled_receipts.py"
RELAYED = "tests/functions/test_relayed_receipts.py"
RECONCILING = "tests/functions/test_reconciling.py"
CONNECTIONS = "tests/unit/test_connections.py"

QUEUE_GUARDS = [
    Guard(
        "I6 a message of a queue is deleted after it was stored",
        "shared/use_cases/pull_receipts.py",
        "            store(kind, [entry(message.text) for message in messages])\n",
        "            queues.delete(kind, messages, deadline=deadline)\n"
        "            store(kind, [entry(message.text) for message in messages])\n",
        f"{PULLED}::test_a_store_that_fails_leaves_the_messages",
    ),
    Guard(
        "I6 a body that is no Base64 blocks nobody",
        "shared/providers/receipt_queues.py",
        "    except (binascii.Error, ValueError):\n        return body\n",
        "    except ZeroDivisionError:\n        return body\n",
        f"{PULLED}::test_a_body_that_is_no_base64_is_read_as_it_is",
    ),
    Guard(
        "I6 an event is repeated until its reports are stored",
        "functions/receipts_mns.py",
        "repeated=relay is not None",
        "repeated=False",
        f"{RELAYED}::test_an_event_whose_reports_are_not_stored_is_wanted_again",
    ),
    Guard(
        "I8 a run of pulling stops before its deadline",
        "shared/use_cases/pull_receipts.py",
        "    while left and deadline.left > RESERVE_SECONDS:",
        "    while left:",
        f"{PULLED}::test_it_stops_well_before_its_deadline",
    ),
    Guard(
        "I8 a queue's connection that idled is dropped",
        "shared/providers/mns_connection.py",
        "        if now - self.used_at > IDLE_SECONDS:",
        "        if False:",
        f"{CONNECTIONS}::test_a_queue_connection_that_idled_is_not_used_again",
    ),
    Guard(
        "I8 a run of asking stops before its deadline",
        "shared/use_cases/reconcile.py",
        "        if found.failure is not None or deadline.left <= RESERVE_SECONDS:",
        "        if found.failure is not None:",
        f"{RECONCILING}::test_a_run_that_is_cut_off_goes_on_where_it_stopped",
    ),
    Guard(
        "a run that fails on the way keeps its place",
        "shared/use_cases/reconcile.py",
        "        if start != noted:",
        "        if False:",
        f"{RECONCILING}::test_a_store_that_fails_on_the_way_is_met_further_on_by_the_next_run",
    ),
    Guard(
        "I6 a report that tells no end leaves the question open",
        "shared/storage/reports.py",
        "                    if any(report.final for report in one.reports):",
        "                    if one.reports:",
        f"{RECONCILING}::test_a_report_that_tells_no_end_leaves_the_question_open",
    ),
    Guard(
        "I7 the plain number goes after the last day",
        "shared/use_cases/reconcile.py",
        "            found.hopeless.append(message)\n",
        "",
        f"{RECONCILING}::test_after_the_last_day_it_is_unknown_and_the_number_is_gone",
    ),
    Guard(
        "I7 a row that its report deleted is not made again",
        "shared/storage/pending.py",
        "existing(None)",
        "None",
        f"{RECONCILING}::test_a_message_that_its_report_ended_meanwhile_stays_ended",
    ),
]
