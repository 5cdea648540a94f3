"""What invariants look at: rows, ledger, and what everybody was told, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scripts.interleaving.callers import Caller, Report, Send, Verify, out_id
from scripts.interleaving.events import Called, Compared, Failed, PutToProvider
from scripts.interleaving.late_callers import OptOut
from scripts.interleaving.requests import Told
from shared.domain.masking import masked_text

if TYPE_CHECKING:
    from scripts.interleaving.case import Case
    from scripts.interleaving.world import Seat, World
    from shared.domain.policy import Policy


@dataclass(frozen=True)
class View:
    """One world of one case. `tables` are rows by table, key and column."""

    case: Case
    world: World
    tables: dict[str, dict[str, dict[str, Any]]]

    @property
    def over(self) -> bool:
        """Say whether nobody asks or will ask; requests may still be on their way."""
        return self.world.over

    @property
    def policy(self) -> Policy:
        """Return the rules in force."""
        return self.case.setting.rules.policy

    @cached_property
    def failures(self) -> list[Failed]:
        """Return what went wrong."""
        return [event for event in self.world.events if isinstance(event, Failed)]

    @cached_property
    def calls(self) -> list[Called]:
        """Return what providers were asked to send."""
        calls = [event for event in self.world.events if isinstance(event, Called)]
        return sorted(calls, key=lambda call: (call.start, call.caller, call.ordinal))

    @cached_property
    def compared(self) -> set[Compared]:
        """Return the guesses that the store compared."""
        return {event for event in self.world.events if isinstance(event, Compared)}

    @cached_property
    def put(self) -> list[PutToProvider]:
        """Return the guesses that a provider compared."""
        return [event for event in self.world.events if isinstance(event, PutToProvider)]

    @property
    def sends(self) -> Iterator[tuple[Send, Seat]]:
        """Yield all sends."""
        return self._seats(Send)

    @property
    def guesses(self) -> Iterator[tuple[Verify, Seat]]:
        """Yield all guesses."""
        return self._seats(Verify)

    @property
    def reports(self) -> Iterator[tuple[Report, Seat]]:
        """Yield all reports."""
        return self._seats(Report)

    @property
    def opt_outs(self) -> Iterator[tuple[OptOut, Seat]]:
        """Yield all who opt out."""
        return self._seats(OptOut)

    def _seats(self, kind: type[Any]) -> Iterator[tuple[Any, Seat]]:
        for seat in self.world.seats:
            if isinstance(seat.caller, kind):
                yield seat.caller, seat

    def id_of(self, send: Caller) -> str:
        """Return a send's verification id."""
        return self.case.setting.id_of(send.name)

    def message(self, send: Caller) -> dict[str, Any]:
        """Return a send's row, empty where there is none."""
        return self.tables["messages"].get(self.id_of(send), {})

    def messages_of(self, send: Caller) -> list[Called]:
        """Return the messages of a send that may be on their way."""
        return [call for call in self.calls if call.caller == send.name and call.maybe_taken]

    def remembered(self, phone: str) -> set[str]:
        """Return the verification ids that a number's row remembers."""
        row = self.tables["phones"].get(self.case.setting.key_of(phone), {})
        return {send["verification_id"] for send in json.loads(row.get("sends", "[]"))}

    def stored_reports(self, of: str) -> list[dict[str, Any]]:
        """Return the reports on a message, in its row or apart."""
        known_as = out_id(self.case.setting, of)
        rows = [self.tables["messages"].get(known_as, {})] + [
            row
            for key, row in self.tables["receipts"].items()
            if key.startswith("stray/") and row.get("out_id") == masked_text(known_as)
        ]
        return [
            json.loads(text)
            for row in rows
            for name, text in row.items()
            if name.startswith("report_")
        ]


def told_of(seat: Seat) -> Told | None:
    """Return what a caller was told; one that died was told nothing."""
    return seat.local.told if seat.local is not None and not seat.dead else None


def accepted(seat: Seat) -> bool:
    """Say whether a caller was told that all is well."""
    told = told_of(seat)
    return told is not None and told.ok
