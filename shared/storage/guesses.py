"""Compare, count and spend: the conditions on which codes stand and fall."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from tablestore import Row

from shared.domain.deadline import Deadline
from shared.domain.limits import Counter
from shared.domain.managed import MANAGED
from shared.errors import StoreUnavailable, StoreUnclear
from shared.guess_ports import Counted, Guess
from shared.storage import batch, tables
from shared.storage.batch import Result
from shared.storage.calls import ConditionFailed, call, columns
from shared.storage.conditions import above, all_of, any_of, equal, existing, unequal
from shared.storage.counters import count, release

LIVE, SPENT, REPLACED, FAILED, WITHDRAWN = "live", "spent", "replaced", "failed", "withdrawn"
"""A code's states, in the column `state`; it leaves `live` once and for good."""


class TablestoreGuesses:
    """The store of codes, as guesses see it."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._table = tables.MESSAGES.name(prefix)
        self._counters = tables.COUNTERS.name(prefix)

    def count_if_wrong(
        self, guess: Guess, counters: Sequence[Counter], *, now: float, deadline: Deadline
    ) -> Counted:
        """Compare and count in one operation (I2): no guess is compared that is not counted.

        The limits of an address are counted in the same request. A guess beyond one is compared
        too, but its answer says the same whether it was right, and it spends nothing.
        """
        wrong = all_of(*_living(guess, now=now), *(unequal("digest", d) for d in guess.digests))
        return self._count(guess, wrong, counters, deadline=deadline)

    def count_managed(
        self, guess: Guess, counters: Sequence[Counter], *, now: float, deadline: Deadline
    ) -> Counted:
        """Count a guess before its provider compares it (I2), right or wrong."""
        managed = all_of(*_living(guess, now=now), equal("digest", MANAGED))
        return self._count(guess, managed, counters, deadline=deadline)

    def _count(
        self, guess: Guess, condition: Any, counters: Sequence[Counter], *, deadline: Deadline
    ) -> Counted:
        writes = [batch.increment(self._table, _key(guess), "left", -1, existing(condition))]
        writes += [count(self._counters, counter) for counter in counters]
        compared, *counted = batch.write(self._client, writes, deadline=deadline)
        for result in (compared, *counted):
            if result is Result.UNCLEAR:
                raise StoreUnclear("guess", result.value)
            if result is Result.FAILED:
                raise StoreUnavailable("guess", result.value)
        beyond = (c for c, r in zip(counters, counted, strict=True) if r is Result.REFUSED)
        return Counted(compared is Result.APPLIED, next(beyond, None))

    def redeem(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        """Spend the code in one operation (I1): only one guess can find it living.

        The writer leaves a mark of its own, by which a spend whose answer got lost is recognised
        when it is repeated.
        """
        right = all_of(
            *_living(guess, now=now), any_of(*(equal("digest", d) for d in guess.digests))
        )
        return self._spend(guess, right, now=now, deadline=deadline)

    def redeem_managed(self, guess: Guess, *, now: float, deadline: Deadline) -> bool:
        """Spend a code that its provider found right (I1); its guess was counted before."""
        right = all_of(*_unspent(guess, now=now), equal("digest", MANAGED))
        return self._spend(guess, right, now=now, deadline=deadline)

    def recount_managed(self, guess: Guess, *, deadline: Deadline) -> None:
        """Give a guess back that was never compared, to a code that can still be guessed at."""
        still = all_of(equal("state", LIVE), equal("digest", MANAGED))
        back = batch.increment(self._table, _key(guess), "left", 1, existing(still))
        batch.write(self._client, [back], deadline=deadline)

    def is_ours(self, guess: Guess, *, deadline: Deadline) -> bool:
        """Read what stands in the place of the digest, if anything does."""
        found = self._read(guess, ["digest"], deadline=deadline).get("digest")
        return found is not None and found != MANAGED

    def _spend(self, guess: Guess, right: Any, *, now: float, deadline: Deadline) -> bool:
        mark = secrets.token_hex(8)
        cells = [("state", SPENT), ("spent_by", mark), ("spent_at", int(now))]
        mine = any_of(right, equal("spent_by", mark))
        try:
            return self._update(Row(_key(guess), {"put": cells}), mine, deadline=deadline)
        except StoreUnclear as error:
            if self._read(guess, ["spent_by"], deadline=deadline).get("spent_by") == mark:
                return True
            raise StoreUnavailable(error.operation, error.code) from None

    def forgive(self, counters: Sequence[Counter], *, deadline: Deadline) -> None:
        """Take a right guess off its counters, so that people who can type are not limited."""
        writes = [release(self._counters, counter) for counter in counters]
        batch.write(self._client, writes, deadline=deadline)

    def why_dead(self, guess: Guess, *, now: float, deadline: Deadline) -> str:
        """Say for the log why the guess met no living code."""
        wanted = ["phone", "scene", "state", "expires_at", "left"]
        found = self._read(guess, wanted, deadline=deadline)
        if not found:
            return "never_sent"
        if found.get("phone") != guess.phone or found.get("scene") != guess.scene:
            return "other_phone_or_scene"
        if found.get("state") != LIVE:
            return str(found.get("state"))
        if found.get("expires_at", 0) <= int(now):
            return "expired"
        return "out_of_attempts" if found.get("left", 0) <= 0 else "lost_a_race"

    def _update(self, row: Any, condition: Any, *, deadline: Deadline) -> bool:
        try:
            call(
                "UpdateRow",
                lambda: self._client.update_row(self._table, row, existing(condition)),
                repeatable=True,
                conditional=True,
                deadline=deadline,
            )
        except ConditionFailed:
            return False
        return True

    def _read(self, guess: Guess, wanted: list[str], *, deadline: Deadline) -> dict[str, Any]:
        _, row, _ = call(
            "GetRow",
            lambda: self._client.get_row(self._table, _key(guess), wanted),
            repeatable=True,
            deadline=deadline,
        )
        return columns(row)


def _key(guess: Guess) -> list[tuple[str, str]]:
    return [("verification_id", guess.verification_id)]


def _living(guess: Guess, *, now: float) -> list[Any]:
    """Require a code that lives: for its own phone and scene, unspent, in time, with tries (I3)."""
    return [*_unspent(guess, now=now), above("left", 0)]


def _unspent(guess: Guess, *, now: float) -> list[Any]:
    return [
        equal("phone", guess.phone),
        equal("scene", guess.scene),
        equal("state", LIVE),
        above("expires_at", int(now)),
    ]
