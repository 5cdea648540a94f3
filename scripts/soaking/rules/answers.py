"""Answers: in time, as documented, and no code promised while the store is away (I8)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from scripts.soaking.account import MESSAGE, SEND, VERIFY, Account, Asked
from scripts.soaking.terms import MESSAGE_SECONDS, SEND_SECONDS, VERIFY_SECONDS

DEADLINES = {SEND: SEND_SECONDS, VERIFY: VERIFY_SECONDS, MESSAGE: MESSAGE_SECONDS}

REFUSALS: Mapping[str, Mapping[str, int]] = {
    SEND: {
        "captcha_required": 400,
        "invalid_phone": 400,
        "captcha_failed": 403,
        "phone_blocked": 403,
        "rate_limited": 429,
        "daily_cap_reached": 429,
        "provider_rejected": 502,
        "provider_unavailable": 503,
        "storage_unavailable": 503,
    },
    VERIFY: {
        "code_rejected": 400,
        "rate_limited": 429,
        "provider_unavailable": 503,
        "storage_unavailable": 503,
    },
    MESSAGE: {"not_found": 404, "storage_unavailable": 503},
}
"""What well-formed requests may be refused with."""

WANTED: Mapping[str, frozenset[str]] = {
    SEND: frozenset({"verification_id", "expires_in", "resend_after", "code_length", "delivery"}),
    VERIFY: frozenset({"verified", "verification_id", "phone"}),
    MESSAGE: frozenset({"verification_id", "state", "reason", "advice"}),
}
PROBLEM = frozenset({"status", "title", "detail", "code", "request_id"})


def in_time(account: Account) -> Iterator[str]:
    """Expect each request to end in time: by users' clocks with a margin, by the log's without."""
    for one in account.asked:
        seconds = one.ended - one.began
        if one.hung or seconds > DEADLINES[one.door] + account.terms.margin:
            yield f"{one.door} ({one.way}): {seconds:.1f} s at {one.began:.1f}"
    for door, milliseconds in own_times(account):
        if milliseconds > DEADLINES[door] * 1000:
            yield f"{door}: {milliseconds} ms by its own clock"


def own_times(account: Account) -> Iterator[tuple[str, int]]:
    """Yield how long each request took by the function's own clock, in milliseconds."""
    doors = {"send_code": SEND, "verify_code": VERIFY, "messages": MESSAGE}
    for line in account.log:
        if '"milliseconds"' in line and (entry := _entry(line)).get("event") in doors:
            yield doors[str(entry["event"])], int(str(entry["milliseconds"]))


def nothing_without_the_store(account: Account) -> Iterator[str]:
    """Expect no code for who asks, and is answered, while the store is away."""
    away = [outage for outage in account.outages if outage.what == "tablestore"]
    for one in account.sends:
        within = any(one.began >= out.began and one.ended <= out.ended for out in away)
        if within and one.status == 200:
            yield f"send ({one.way}) at {one.began:.2f}: answered 200 while the store was away"


def documented(account: Account) -> Iterator[str]:
    """Expect statuses, codes and fields of the documentation."""
    for one in account.asked:
        if not one.died and (wrong := _undocumented(one)):
            yield f"{one.door} ({one.way}) at {one.began:.1f}: {one.status} {wrong}"


def _undocumented(one: Asked) -> str:
    fields = set(one.answer)
    if one.status == 200:
        return "" if WANTED[one.door] <= fields else f"fields {sorted(fields)}"
    code = str(one.answer.get("code"))
    if REFUSALS[one.door].get(code) != one.status:
        return f"code {code}"
    if not fields >= PROBLEM or (one.status == 429 and "retry_after" not in fields):
        return f"fields {sorted(fields)}"
    return ""


def no_traceback(account: Account) -> Iterator[str]:
    """Expect nothing but log lines from functions, and none of a bug."""
    yield from (f"standard error: {line}" for line in account.complaints[:20])
    for line in account.log:
        entry = _entry(line)
        if not entry and not line.startswith("{"):  # a killed process may leave half a line
            yield f"no log line: {line[:80]}"
        if entry.get("outcome") == "internal":
            yield f"a bug: {entry.get('event')} {entry.get('failure')} {entry.get('where')}"


def _entry(line: str) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
