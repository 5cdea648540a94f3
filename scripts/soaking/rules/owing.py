"""Which request each message is owed to; a request and its repetitions with one key are one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.soaking.account import Account, Asked, Handed

LATE_SECONDS = 8.0
"""How long after a function died a message of its may still arrive at its carrier."""


@dataclass(eq=False, slots=True)
class Cause:
    """Sends that may bring about one message together, and the messages that they did."""

    sends: list[Asked]
    handed: list[Handed] = field(default_factory=list)
    alone: bool = True
    """Whether no other cause could have brought about what it is given."""

    @property
    def began(self) -> float:
        """Return when the first of them began."""
        return min(send.began for send in self.sends)

    @property
    def first(self) -> Asked:
        """Return one of them: they agree in whom they count against."""
        return self.sends[0]

    @property
    def ids(self) -> set[str]:
        """Return the verifications that their answers named."""
        return {str(s.answer.get("verification_id")) for s in self.sends if s.status == 200}

    def open_at(self, moment: float) -> bool:
        """Say whether one of them died so that a message may be its."""
        return any(
            send.died and send.began <= moment <= send.ended + LATE_SECONDS for send in self.sends
        )


@dataclass(frozen=True)
class Owing:
    """All causes, and messages that have none."""

    causes: list[Cause]
    stray: list[Handed]


def owing(account: Account) -> Owing:
    """Match messages with what brought them about.

    Those that an answer named are its. The others can only come from functions that died: each
    takes the one whose time runs out first, which leaves as few messages over as can be.
    """
    causes = list(_causes(account))
    by_id = {identity: cause for cause in causes for identity in cause.ids}
    stray = []
    for message in sorted(account.handed, key=lambda one: one.at):
        cause = by_id.get(message.out_id)
        if cause is None:
            able = [
                one
                for one in causes
                if one.first.phone == message.phone
                and not one.handed
                and not one.ids
                and one.open_at(message.at)
            ]
            if not able:
                stray.append(message)
                continue
            cause = min(able, key=lambda one: max(send.ended for send in one.sends))
            for one in able:
                one.alone = len(able) == 1
        cause.handed.append(message)
    return Owing(causes, stray)


def _causes(account: Account) -> Iterator[Cause]:
    keyed: dict[tuple[str, str, str], Cause] = {}
    for send in account.sends:
        if not send.key:
            yield Cause([send])
            continue
        place = (send.key, send.phone, send.caller)
        if place in keyed:
            keyed[place].sends.append(send)
        else:
            keyed[place] = Cause([send])
    yield from keyed.values()
