"""Raise an alert for each cap of which enough is used, and tell the operator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from shared.alert_ports import AlertStore, Delivery, DueAlert, Messenger
from shared.domain.alerts import (
    UNCOUNTED,
    Alert,
    Cap,
    crossings,
    daily_budget,
    iso,
    pause_after,
)
from shared.domain.deadline import Deadline
from shared.ports import Log

TELL_SECONDS = 9.0
"""A webhook's 7 s and what has to be noted afterwards; with less left an alert waits."""

SENT, LOGGED, SUPPRESSED = "sent", "logged", "suppressed"
FAILED, ELSEWHERE, POSTPONED = "failed", "told_elsewhere", "postponed"
DONE = (SENT, LOGGED, SUPPRESSED)
OUTCOMES = (*DONE, FAILED, ELSEWHERE, POSTPONED)


class Announce(Protocol):
    """Writes one line about an alert into the log."""

    def __call__(self, alert: Alert, **facts: object) -> None:
        """Write it, with what became of the alert."""
        ...


def raise_alerts(
    *,
    caps: Iterable[Cap],
    warn_percent: int,
    store: AlertStore,
    messenger: Messenger | None,
    announce: Announce,
    log: Log,
    now: float,
    deadline: Deadline,
) -> dict[str, int]:
    """Note what was crossed, tell what is due, and return figures.

    The counters are the marks of the doors: they outlive their windows, so what was crossed is
    found by a later run too. An alert is kept first and told afterwards, at least once. After a
    failure the run ends: a webhook that is down is tried once a run, with another alert each time.
    """
    watched = list(caps)
    counts = store.counts([cap.counter for cap in watched], deadline=deadline)
    crossed = crossings(watched, counts, warn_percent=warn_percent, now=now)
    figures = {"caps": len(watched), "crossed": len(crossed), **dict.fromkeys(OUTCOMES, 0)}
    figures["raised"] = store.note(crossed, deadline=deadline) if crossed else 0
    waiting = sorted(store.due(now=now, deadline=deadline), key=_order)
    figures["due"] = len(waiting)
    log(**figures)
    for due in waiting:
        if deadline.left < TELL_SECONDS:
            break
        outcome, code = _tell(due, store, messenger, now=now, deadline=deadline)
        figures[outcome] += 1
        log(**figures)
        if outcome != ELSEWHERE:
            announce(due.alert, outcome=outcome, code=code, tries=due.tries + 1)
        if outcome in DONE:
            store.finish(due.alert, outcome, now=now, deadline=deadline)
        if outcome == FAILED:
            break
    return figures


def _order(due: DueAlert) -> tuple[int, int, str]:
    """Sort so that an alert which a webhook does not take stands in nobody's way."""
    return due.tries, due.alert.raised_at, due.alert.key


def _tell(
    due: DueAlert,
    store: AlertStore,
    messenger: Messenger | None,
    *,
    now: float,
    deadline: Deadline,
) -> tuple[str, str]:
    """Tell one alert; return what became of it, and the webhook's code.

    Without a webhook its line in the log is the telling. The day's budget counts what a webhook
    took; an alert that was tried before waits for the next day's rather than being suppressed.
    Some alerts count in none.
    """
    alert, budget = due.alert, daily_budget(now=now)
    counted = alert.kind not in UNCOUNTED
    if not store.claim(alert, now=now, deadline=deadline):
        return ELSEWHERE, ""
    if messenger is None:
        return LOGGED, ""
    if counted and not store.spend(budget, deadline=deadline):
        if due.tries:
            store.postpone(due, until=budget.ends, budget=None, deadline=deadline)
            return POSTPONED, ""
        return SUPPRESSED, ""
    answer = messenger.tell(alert, deadline=deadline)
    if answer.delivery is Delivery.TAKEN:
        return SENT, ""
    unclear = answer.delivery is Delivery.UNCLEAR
    until = now + (pause_after(due.tries + 1) if unclear else 0)
    store.postpone(due, until=until, budget=budget if counted else None, deadline=deadline)
    return FAILED, answer.code


def facts_of(alert: Alert) -> dict[str, object]:
    """Return an alert's facts for the log."""
    return {
        "kind": alert.kind,
        "limit": alert.setting,
        "scope": alert.scope,
        "who": alert.who,
        "count": alert.count,
        "of": alert.limit,
        "percent": alert.percent,
        "window": alert.window,
        "starts": iso(alert.starts),
        "ends": iso(alert.ends),
    }
