"""Who comes after a message: a person who opts out, and the run that asks about its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.interleaving.callers import PHONE, REPORT_SECONDS, Report
from scripts.interleaving.requests import Told
from scripts.interleaving.rows import PREFIX
from shared.domain.deadline import Deadline
from shared.reconcile_ports import Record
from shared.storage.pending import TablestorePending
from shared.storage.replies import TablestoreReplies
from shared.storage.reports import TablestoreReports
from shared.use_cases.reconcile import reconcile
from shared.use_cases.store_replies import store_replies
from shared.use_cases.store_reports import store_reports

if TYPE_CHECKING:
    from scripts.interleaving.edges import Edges
    from scripts.interleaving.setting import Setting
    from shared.domain.reconciling import Awaited

WORD = "TD"
RUN_SECONDS, AFTER = 50.0, 60.0
"""What a timer's run may take, and how long a message is left alone."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """Somebody replies that no more messages are wanted."""

    name: str
    phone: str = PHONE
    starts: float = 0.0
    needs: frozenset[str] = frozenset()

    def ask(self, edges: Edges, setting: Setting) -> Told:
        """Store the reply."""
        run = edges.run
        store_replies(
            [{"phone_number": self.phone, "content": WORD, "sequence_id": self.name}],
            words=(WORD,),
            sign_name="",
            secret=setting.rules.policy.number_secret,
            store=TablestoreReplies(edges.client, PREFIX),
            log=_no_log,
            now=run.now,
            deadline=Deadline.after(REPORT_SECONDS, clock=lambda: run.now),
        )
        return Told("ok")


@dataclass(frozen=True, slots=True)
class Reconcile(Report):
    """The timer's run: providers are asked about messages, and have records as in `reports`."""

    def ask(self, edges: Edges, setting: Setting) -> Told:
        """Ask about all that are awaited."""
        run = edges.run
        deadline = Deadline.after(RUN_SECONDS, clock=lambda: run.now)

        def keep(kind: str, entries: Sequence[object]) -> None:
            store_reports(
                entries,
                kind=kind,
                secret=setting.rules.policy.number_secret,
                store=TablestoreReports(edges.client, PREFIX),
                log=_no_log,
                now=run.now,
                deadline=deadline,
            )

        known = {str(entry["out_id"]): entry for entry in self.entries(setting)}
        reconcile(
            after=AFTER,
            awaited=TablestorePending(edges.client, PREFIX),
            records=lambda _: _Records(known),
            store=keep,
            log=_no_log,
            now=run.now,
            deadline=deadline,
        )
        return Told("ok")


@dataclass(frozen=True, slots=True)
class _Records:
    known: dict[str, dict[str, object]]

    def find(self, message: Awaited, *, deadline: Deadline) -> Record | None:
        """Return the record of a message, with the carrier's report."""
        del deadline
        found = self.known.get(message.verification_id)
        return Record(found) if found is not None else None


def _no_log(**_: object) -> None:
    """Forget the facts of a run."""
