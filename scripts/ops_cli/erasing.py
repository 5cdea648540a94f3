"""Erase what is kept about one number: first nothing new can begin, then everything that is there.

The number's own row goes first, by compare-and-set: a send at the same moment was in it before,
and then its message is among what is found afterwards, or it loses its slot and takes its rows back
itself. A send that is being handed over is waited for, as it would otherwise write its end into a
row that is gone. What is sent later is another story and stays.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts.ops_cli.complaints import Complaint
from scripts.ops_cli.desk import Deployed
from shared.domain.claim import LONGEST_HAND_OVER
from shared.domain.history import History
from shared.domain.lists import NUMBER, Entry
from shared.domain.phone_number import PhoneNumber
from shared.domain.sequence import Step
from shared.domain.subjects import Subject
from shared.storage import tables
from shared.storage.erasure import Found, TablestoreErasure
from shared.storage.list_edits import TablestoreLists

POLL_SECONDS, TRIES = 0.1, 20
WAIT_SECONDS = LONGEST_HAND_OVER + 5


@dataclass(frozen=True, slots=True)
class Traces:
    """What is found, by keys; `history` is None where the number's row holds nothing to erase."""

    history: History | None
    messages: tuple[str, ...]
    pending: tuple[str, ...]
    strays: tuple[str, ...]
    replies: tuple[str, ...]
    steps: tuple[str, ...]
    entry: Entry | None

    @property
    def counts(self) -> dict[str, int]:
        """Return how much there is of each, but for the entry of the lists."""
        return {
            "phones": int(self.history is not None),
            "messages": len(self.messages),
            "pending": len(self.pending),
            "strays": len(self.strays),
            "replies": len(self.replies),
            "segments": len(self.steps),
        }


class Eraser:
    """Finds and erases the traces of one number. `clock` tells UTC seconds."""

    def __init__(
        self,
        deployed: Deployed,
        number: PhoneNumber,
        *,
        keep_limits: bool,
        clock: Callable[[], float],
    ) -> None:
        policy = deployed.rules.policy
        client, prefix = deployed.store()
        self._store = TablestoreErasure(client, prefix, secret=policy.number_secret)
        self._lists = TablestoreLists(client, prefix)
        self._number = number
        self._phone = number.key(policy.number_secret)
        self._subject = Subject(NUMBER, number.masked, self._phone)
        self._window = policy.longest_phone_window
        self._keep_limits = keep_limits
        self._clock = clock
        step = Step.of(number, None, secret=policy.number_secret, now=deployed.now)
        self._segment, self._column = step.windows[0].split("/")[0], f"s{step.suffix:04d}"

    def find(self, *, told: Callable[[int], None]) -> Traces:
        """Look for everything that there is; `told` hears how many rows came."""
        history = self._store.history(self._phone)
        messages = _keys(self._store.messages(self._phone), told)
        pending = _keys(self._store.pending(self._number.e164), told)
        known = {send.verification_id for send in history.sends}
        return self._with_the_rest(history, messages, pending, known, told=told)

    def find_closed(self, closed_at: float, *, told: Callable[[int], None]) -> Traces:
        """Look again, for what was there when the number's row was closed.

        What is in that row by now was sent afterwards, whatever the clocks say.
        """
        messages = _keys(_before(closed_at, self._store.messages(self._phone)), told)
        pending = _keys(_before(closed_at, self._store.pending(self._number.e164)), told)
        history = self._store.history(self._phone)
        later = {send.verification_id for send in history.sends}
        messages = tuple(key for key in messages if key not in later)
        pending = tuple(key for key in pending if key not in later)
        return self._with_the_rest(history, messages, pending, set(), told=told)

    def _with_the_rest(
        self,
        history: History,
        messages: tuple[str, ...],
        pending: tuple[str, ...],
        known: set[str],
        *,
        told: Callable[[int], None],
    ) -> Traces:
        ids = {*messages, *pending, *known}
        return Traces(
            history if self._after(history) != history else None,
            messages,
            pending,
            _keys(self._store.strays(self._phone, ids), told),
            _keys(self._store.replies(self._phone), told),
            _keys(self._store.steps(self._segment, self._column), told),
            self._lists.find(self._subject),
        )

    def close(self) -> float:
        """Erase the number's own row; return when that was."""
        give_up = time.monotonic() + WAIT_SECONDS
        tries = 0
        while tries < TRIES:
            history = self._store.history(self._phone)
            now = self._clock()
            if _under_way(history, now=now) and time.monotonic() < give_up:
                time.sleep(POLL_SECONDS)
                continue
            after = self._after(history)
            if after == history:
                return now
            if self._store.replace_history(self._phone, history, after if after.sends else None):
                return now
            tries += 1
        raise Complaint(
            "此号码正在频繁发送，未能锁定其记录。请稍后重试；已删除的不受影响。",
            "Sends to this number keep coming in between. Try again in a moment; nothing is half "
            "done.",
        )

    def delete(self, found: Traces) -> Iterator[int]:
        """Delete all rows that were found, plain numbers first; yield how many went each time."""
        yield from self._store.delete(tables.PENDING, found.pending)
        yield from self._store.delete(tables.MESSAGES, found.messages)
        yield from self._store.delete(tables.RECEIPTS, (*found.strays, *found.replies))
        yield from self._store.drop_steps(found.steps, self._column)

    def kept_until(self) -> float | None:
        """Return until when a limit counts what is kept of the number's row, if anything is."""
        times = self._store.history(self._phone).times if self._keep_limits else []
        until = max(times, default=0.0) + self._window
        return until if until > self._clock() else None

    def delist(self) -> Entry | None:
        """Remove the number's entry of the lists."""
        return self._lists.remove(self._subject)

    def _after(self, history: History) -> History:
        """Return what stays of the number's row: where nothing has changed, the very same."""
        if history.version is None:
            return history
        since = self._clock() - self._window if self._keep_limits else float("inf")
        after = history.forgotten(f"erased-{secrets.token_hex(8)}", since=since)
        return history if after.sends and after.sends == history.sends else after


def _under_way(history: History, *, now: float) -> bool:
    """Say whether a send has its slot and not yet its end."""
    return any(send.delivery is None and send.at > now for send in history.sends)


def _before(until: float, rows: Iterator[Found]) -> Iterator[Found]:
    return ((key, found) for key, found in rows if int(found.get("issued_at", 0)) <= until)


def _keys(rows: Iterator[Found], told: Callable[[int], None]) -> tuple[str, ...]:
    return tuple(key for key, _ in _told(rows, told))


def _told(rows: Iterator[Found], told: Callable[[int], None]) -> Iterator[Found]:
    for count, row in enumerate(rows, 1):
        told(count)
        yield row
