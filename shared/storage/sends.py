"""Look, take, give back, settle: the four requests around a send, and their conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tablestore import BatchGetRowRequest, TableInBatchGetRowItem

from shared.domain.claim import Claim, IssuedCode
from shared.domain.deadline import Deadline
from shared.domain.history import History
from shared.domain.limits import Counter
from shared.domain.managed import MANAGED
from shared.domain.sequence import Step
from shared.domain.standing import Standing
from shared.errors import StoreUnclear
from shared.ports import Grant, Inquiry, Outcome, Snapshot, Taken
from shared.storage import batch, tables
from shared.storage.batch import Result, Write
from shared.storage.calls import all_read, call, columns
from shared.storage.conditions import (
    all_of,
    any_of,
    any_row,
    equal,
    existing,
    new_row,
)
from shared.storage.counters import count, counter_key, release
from shared.storage.guesses import FAILED, LIVE, REPLACED, WITHDRAWN
from shared.storage.lists import RULE_COLUMNS, list_keys, listed
from shared.storage.standings import COLUMNS, note_standing, standing_key, standing_of

_TAKEN = {
    Result.APPLIED: Taken.YES,
    Result.REFUSED: Taken.NO,
    Result.FAILED: Taken.FAILED,
    Result.UNCLEAR: Taken.UNCLEAR,
}


class TablestoreSends:
    """The store of histories, counters and codes, as sends see it."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._phones = tables.PHONES.name(prefix)
        self._messages = tables.MESSAGES.name(prefix)
        self._counters = tables.COUNTERS.name(prefix)
        self._pending = tables.PENDING.name(prefix)
        self._tokens = tables.TOKENS.name(prefix)
        self._segments = tables.SEGMENTS.name(prefix)
        self._lists = tables.LISTS.name(prefix)
        self._providers = tables.PROVIDERS.name(prefix)

    def look(self, inquiry: Inquiry, *, deadline: Deadline) -> Snapshot:
        """Read everything that can refuse a send, in one BatchGetRow."""
        request = BatchGetRowRequest()
        for table, keys, wanted in self._wanted(inquiry):
            request.add(TableInBatchGetRowItem(table, keys, wanted, None, 1))
        response = call(
            "BatchGetRow",
            lambda: all_read(self._client.batch_get_row(request)),
            repeatable=True,
            deadline=deadline,
        )

        def rows(table: str) -> list[dict[str, Any]]:
            return [columns(item.row) for item in response.get_result_by_table(table) or []]

        found = rows(self._phones)[0]
        history = (
            History.from_json(found["version"], found["sends"]) if "version" in found else History()
        )
        counts = [int(row.get("n", 0)) for row in rows(self._counters)]
        return Snapshot(
            history,
            dict(zip(inquiry.counters, counts, strict=True)),
            listed(rows(self._lists), with_address=inquiry.address is not None),
            token_used=any(rows(self._tokens)),
            seen={
                int(suffix[1:]): str(source)
                for row in reversed(rows(self._segments))
                for suffix, source in row.items()
            },
            standings={
                provider: standing_of(row)
                for provider, row in zip(inquiry.providers, rows(self._providers), strict=True)
            },
        )

    def _wanted(self, inquiry: Inquiry) -> Iterator[tuple[str, list[batch.Key], list[str]]]:
        """Yield the rows of an inquiry: table, keys, columns (none means all)."""
        yield self._phones, [_phone(inquiry.phone)], ["version", "sends"]
        if inquiry.counters:
            yield self._counters, [counter_key(counter) for counter in inquiry.counters], ["n"]
        yield self._lists, list_keys(inquiry.phone, inquiry.address), RULE_COLUMNS
        if inquiry.token is not None:
            yield self._tokens, [_token(inquiry.token)], ["used_for"]
        if inquiry.step is not None:
            yield self._segments, [[("window", key)] for key in inquiry.step.windows], []
        if inquiry.providers:
            yield self._providers, [standing_key(name) for name in inquiry.providers], COLUMNS

    def take(self, claim: Claim, *, deadline: Deadline) -> Grant:
        """Take slot, counters, token and code in one BatchWriteRow; each row holds on its own.

        The slot is compare-and-set on the version that was read (I4): of all who saw the same
        history, one takes it. A counter is counted only while it is below its limit (I4).
        """
        code = claim.code
        before = claim.before.version
        unchanged = new_row() if before is None else existing(equal("version", before))
        writes = [
            batch.put(self._phones, _phone(code.phone), _history(claim.after), unchanged),
            batch.put(self._messages, _message(code.verification_id), _code(claim), new_row()),
        ]
        if claim.number is not None:
            kept = {
                "number": claim.number,
                "issued_at": int(code.issued_at),
                "route": ",".join(claim.route),
            }
            key = _message(code.verification_id)
            writes.append(batch.put(self._pending, key, kept, new_row()))
        if claim.token is not None:
            used = {"used_for": code.verification_id}
            writes.append(batch.put(self._tokens, _token(claim.token), used, new_row()))
        writes += [count(self._counters, counter) for counter in claim.counters]
        if claim.step is not None:
            window, noted = [("window", claim.step.windows[0])], _step(claim.step)
            writes.append(batch.update(self._segments, window, noted, repeatable=True))
        results = batch.write(self._client, writes, deadline=deadline)
        slot, message, *others = [_TAKEN[result] for result in results]
        if claim.number is not None:
            message = _both(message, others.pop(0))
        token = others.pop(0) if claim.token is not None else Taken.YES
        taken = dict(zip(claim.counters, others, strict=False))  # the step may fail, it is a note
        return Grant(slot, message, taken, token)

    def give_back(self, claim: Claim, grant: Grant, *, deadline: Deadline) -> None:
        """Undo a take that led to no provider call, in one BatchWriteRow.

        A counter whose increment is in doubt is left alone: to decrement what was never
        incremented would let one message too many through.
        """
        writes = self._drop_code(claim.code, for_good=grant.code is not Taken.UNCLEAR)
        if grant.slot in (Taken.YES, Taken.UNCLEAR):
            writes.append(self._free_slot(claim))
        writes += self._release(c for c, taken in grant.counters.items() if taken is Taken.YES)
        batch.write(self._client, writes, deadline=deadline)

    def settle(
        self,
        claim: Claim,
        outcome: Outcome,
        *,
        replaces: str | None,
        handed_over_at: float,
        standings: Mapping[str, Standing],
        deadline: Deadline,
    ) -> None:
        """Note the outcome, in one BatchWriteRow; on acceptance the replaced code dies (I3).

        The slot is stamped with the moment after the hand-over, so that the next one cannot
        reach the provider before its window is over.
        """
        code = claim.code
        noted = {
            "outcome": outcome.verdict.value,
            "provider": outcome.provider,
            "provider_code": outcome.code,
            "biz_id": outcome.biz_id,
            "template": outcome.template,
            "settled_at": int(handed_over_at),
        }
        if outcome.refused:
            noted["state"] = FAILED
        elif outcome.managed != claim.managed:
            noted["digest"] = MANAGED if outcome.managed else code.digest
        writes = [
            batch.update(self._messages, _message(code.verification_id), noted, repeatable=True)
        ]
        if outcome.refused:
            writes.append(batch.delete(self._pending, _message(code.verification_id)))
            writes += self._release(claim.counters)
        if outcome.refused and not outcome.reached:
            writes.append(self._free_slot(claim))
        else:
            delivery = "failed" if outcome.refused else outcome.verdict.value
            writes.append(self._stamp_slot(claim, delivery, at=handed_over_at))
        if outcome.accepted and replaces is not None and replaces != code.verification_id:
            writes.append(self._replace(code, replaces))
        writes += [
            note_standing(self._providers, provider, standing)
            for provider, standing in standings.items()
        ]
        result = batch.write(self._client, writes, deadline=deadline)[0]
        if result is not Result.APPLIED:
            raise StoreUnclear("settle", result.value)

    def _drop_code(self, code: IssuedCode, *, for_good: bool) -> list[Write]:
        """Remove a code that no message carries, and the plain number beside it.

        Where its write is in doubt it may still be on its way; then dead rows are put in their
        places, which the late write's conditions do not overwrite.
        """
        key = _message(code.verification_id)
        if for_good:
            return [batch.delete(self._messages, key), batch.delete(self._pending, key)]
        dead = {"state": WITHDRAWN}
        return [
            batch.put(self._messages, key, dead, repeatable=True),
            batch.put(self._pending, key, dead, repeatable=True),
        ]

    def _free_slot(self, claim: Claim) -> Write:
        """Put the history back as it was, if nobody has written it since.

        The version changes all the same, so that a take which is still on its way finds another
        version than it expects and fails.
        """
        mine, before = claim.after.version or "", claim.before.version
        if before is None:
            untouched = any_row(equal("version", mine, or_missing=True))
        else:
            untouched = existing(any_of(equal("version", mine), equal("version", before)))
        freed = History(f"{mine}~", claim.before.sends)
        phone = _phone(claim.code.phone)
        return batch.put(self._phones, phone, _history(freed), untouched, repeatable=True)

    def _stamp_slot(self, claim: Claim, delivery: str, *, at: float) -> Write:
        mine = claim.after.version or ""
        stamped = claim.after.with_outcome(mine, delivery=delivery, at=at)
        return batch.update(
            self._phones,
            _phone(claim.code.phone),
            _history(stamped),
            existing(equal("version", mine)),
            repeatable=True,
        )

    def _replace(self, code: IssuedCode, replaces: str) -> Write:
        """Kill the code that this one replaces; only its holder knows its id (I3)."""
        same = all_of(equal("phone", code.phone), equal("scene", code.scene), equal("state", LIVE))
        dead = {"state": REPLACED, "replaced_by": code.verification_id}
        return batch.update(
            self._messages, _message(replaces), dead, existing(same), repeatable=True
        )

    def _release(self, counters: Iterable[Counter]) -> list[Write]:
        return [release(self._counters, counter) for counter in counters]


def _both(message: Taken, number: Taken) -> Taken:
    """Return what became of a code with its number beside it; a doubt about one is one of both."""
    if Taken.UNCLEAR in (message, number):
        return Taken.UNCLEAR
    return message if number is Taken.YES or message is not Taken.YES else Taken.FAILED


def _phone(phone: str) -> batch.Key:
    return [("phone", phone)]


def _message(verification_id: str) -> batch.Key:
    return [("verification_id", verification_id)]


def _token(token: str) -> batch.Key:
    return [("token", token)]


def _step(step: Step) -> dict[str, Any]:
    """Return a column of its own for each number: writes of others are never overwritten."""
    return {f"s{step.suffix:04d}": step.source}


def _history(history: History) -> dict[str, Any]:
    return {"version": history.version, "sends": history.to_json()}


def _code(claim: Claim) -> dict[str, Any]:
    code = claim.code
    return {
        "phone": code.phone,
        "masked": code.masked,
        "scene": code.scene,
        "digest": MANAGED if claim.managed else code.digest,
        "state": LIVE,
        "left": code.policy.attempts,
        "length": code.policy.length,
        "issued_at": int(code.issued_at),
        "expires_at": code.expires_at,
        "outcome": code.outcome,
    }
