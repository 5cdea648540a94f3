"""Hand a message over to the first provider that takes it, and never to a second one beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.domain.deadline import Deadline
from shared.domain.standing import SOUND, Standing
from shared.ports import CodeMessage, Log, Outcome, SmsProviders

LEAST_FOR_PROVIDER = 2.0
"""Seconds without which no provider is called: its answer could not be waited for."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of the message, and the standings of the providers that failed."""

    outcome: Outcome
    standings: Mapping[str, Standing]


def hand_over(
    message: CodeMessage,
    *,
    route: Sequence[str],
    standings: Mapping[str, Standing],
    providers: SmsProviders,
    log: Log,
    now: float,
    deadline: Deadline,
) -> HandedOver:
    """Ask one provider after the other, until one takes the message or may have taken it (I5).

    The next is asked only where it is certain that the message was not taken, for a reason that
    lies with the provider (Outcome.elsewhere), and where there is time for its answer.
    """
    changed: dict[str, Standing] = {}
    answers: list[Outcome] = []
    for name in route:
        if answers and deadline.left < LEAST_FOR_PROVIDER:
            break
        outcome = providers(name).send(message, deadline=deadline)
        answers.append(outcome)
        if outcome.failed and len(route) > 1:
            before = standings.get(name, SOUND)
            after = before.after_failure(outcome.code, now=now)
            if after != before:
                changed[name] = after
        if not outcome.elsewhere:
            break
    final = answers[-1]
    log(outcome=final.verdict.value, provider=final.provider, provider_code=final.code)
    if len(answers) > 1:
        log(tried=[f"{answer.provider}:{answer.code}" for answer in answers])
    if any(answer.text for answer in answers):
        log(provider_text="; ".join(answer.text for answer in answers if answer.text))
    if changed:
        log(set_aside={name: round(after.pause) for name, after in changed.items()})
    reached = any(answer.reached for answer in answers)
    return HandedOver(replace(final, reached=reached), changed)
