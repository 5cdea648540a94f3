"""What has to be true of an account, rule by rule; each yields a line for whatever breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scripts.soaking.account import Account
from scripts.soaking.rules import answers, codes, counters, limits, messages, reports, secrecy

Rule = Callable[[Account], Iterator[str]]

RULES: Mapping[str, Rule] = {
    "I5 no message without a request, and one at most for each": messages.one_for_each_request,
    "I5 one message at most for each idempotency key": messages.one_for_each_key,
    "I5 accepted is one message, refused is none": messages.as_told,
    "I1 a code is accepted once": codes.accepted_once,
    "I3 only the right code is accepted, in its time, where it belongs": codes.only_right,
    "I3 a live code works for its holder": codes.live_code_works,
    "I3 a refused resend replaces nothing": codes.replaced_by_what_was_sent,
    "I2 no attempts beyond the last": codes.no_attempt_too_many,
    "I2 every wrong guess is counted once": codes.counted_once,
    "I4 a number's rolling windows hold": limits.of_numbers,
    "I4 limits per address, device, caller and in total hold": limits.of_windows,
    "I4 counters count what was sent": counters.count_what_was_sent,
    "I6 every acknowledged report is stored": reports.acknowledged_is_stored,
    "I6 every message ends as its carrier says": reports.ends_as_carriers_say,
    "I6 /messages tells the truth": reports.told_the_truth,
    "I7 no number, code or secret at rest": secrecy.at_rest,
    "I7 none in a log line or an answer": secrecy.in_words,
    "I8 every request ends in its time": answers.in_time,
    "I8 nothing is sent while the store is away": answers.nothing_without_the_store,
    "every answer is one that is documented": answers.documented,
    "functions fail in no other way": answers.no_traceback,
}


def broken(account: Account) -> dict[str, list[str]]:
    """Return what breaks each rule; rules that hold are left out."""
    found = {name: list(rule(account)) for name, rule in RULES.items()}
    return {name: lines for name, lines in found.items() if lines}
