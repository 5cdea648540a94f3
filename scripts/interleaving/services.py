"""Providers at their ports: the schedule decides what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.interleaving import requests
from scripts.interleaving.requests import CHECK, PROVIDER
from shared.domain.deadline import Deadline
from shared.domain.routes import DYPNS
from shared.guess_ports import CheckAnswer, Checked
from shared.ports import CaptchaAnswer, CodeMessage, Humanity, Outcome, Verdict

if TYPE_CHECKING:
    from scripts.interleaving.edges import Edges
    from shared.domain.phone_number import PhoneNumber

PROVIDER_SECONDS = 4.5

_OUTCOMES: Mapping[str, Callable[[str], Outcome]] = {
    requests.ACCEPTED: lambda name: Outcome(Verdict.ACCEPTED, name, "OK", biz_id="biz"),
    requests.REFUSED: lambda name: Outcome(Verdict.BLOCKED, name, "blocked"),
    requests.ELSEWHERE: lambda name: Outcome(
        Verdict.TRY_LATER, name, "down", reached=False, elsewhere=True
    ),
    requests.TIMED_OUT: lambda name: Outcome(Verdict.UNCONFIRMED, name, "ReadTimeout"),
    requests.BROKEN: lambda name: Outcome(Verdict.UNCONFIRMED, name, "ProtocolError"),
}
_CHECKED = {
    requests.RIGHT: Checked.RIGHT,
    requests.WRONG: Checked.WRONG,
    requests.NOT_ASKED: Checked.NOT_ASKED,
    requests.TIMED_OUT: Checked.UNCLEAR,
    requests.BROKEN: Checked.UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider whose answers the schedule decides."""

    edges: Edges
    name: str
    makes_codes: bool = field(kw_only=True)

    def send(self, message: CodeMessage, *, deadline: Deadline) -> Outcome:
        """Hand one message over."""
        about = message.verification_id.encode()
        patience = min(PROVIDER_SECONDS, deadline.left)
        outcome = _OUTCOMES[self.edges.run.ask(PROVIDER, self.name, about, patience).what]
        found = outcome(self.name)
        return _managed(found) if self.makes_codes and not found.refused else found


class AnyToken:
    """A captcha service that lets any token pass, also one that was used: only we remember."""

    def check(
        self, token: str, *, scene: str, address: str | None, deadline: Deadline
    ) -> CaptchaAnswer:
        """Let it pass."""
        del token, scene, address, deadline
        return CaptchaAnswer(Humanity.PASSED)


def _managed(outcome: Outcome) -> Outcome:
    return Outcome(outcome.verdict, outcome.provider, outcome.code, outcome.biz_id, managed=True)


@dataclass(frozen=True, slots=True)
class Checker:
    """A provider that checks the codes which it made."""

    edges: Edges

    def check(
        self, _: PhoneNumber, verification_id: str, code: str, *, deadline: Deadline
    ) -> CheckAnswer:
        """Put one guess."""
        about = f"{verification_id} {code}".encode()
        answer = self.edges.run.ask(CHECK, DYPNS, about, deadline.left)
        return CheckAnswer(_CHECKED[answer.what])
