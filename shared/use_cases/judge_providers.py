"""Set a provider aside whose messages do not arrive, while there is another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.alert_ports import AlertStore
from shared.domain.alerts import SET_ASIDE, Alert
from shared.domain.deadline import Deadline
from shared.domain.health import MINUTES, Health
from shared.domain.standing import Standing
from shared.health_ports import HealthStore
from shared.ports import Log


class StandingStore(Protocol):
    """Keeps how providers stand."""

    def standings(self, providers: Sequence[str], *, deadline: Deadline) -> dict[str, Standing]:
        """Return how each of them stands; raise StoreError."""
        ...

    def note(self, standings: Mapping[str, Standing], *, deadline: Deadline) -> None:
        """Write standings that changed; they may get lost."""
        ...


def judge_providers(
    providers: Sequence[str],
    *,
    health: HealthStore,
    store: StandingStore,
    alerts: AlertStore,
    log: Log,
    now: float,
    deadline: Deadline,
) -> dict[str, int]:
    """Look at what carriers reported lately, note who is to be asked last, and raise an alert.

    Where only one provider sends there is nothing to choose, and nothing is read. Raises
    StoreError.
    """
    if len(providers) < 2:
        return {}
    found = health.recent(providers, now=now, deadline=deadline)
    before = store.standings(providers, deadline=deadline)
    after = {name: before[name].after_reports(found[name], now=now) for name in providers}
    changed = {name: one for name, one in after.items() if one != before[name]}
    if changed:
        store.note(changed, deadline=deadline)
        log(aside_for={name: one.reason for name, one in changed.items()})
        told = [_alert(name, found[name], one, now=now) for name, one in changed.items()]
        alerts.note(told, deadline=deadline)
    return {"set_aside": len(changed)}


def _alert(provider: str, health: Health, standing: Standing, *, now: float) -> Alert:
    return Alert(
        kind=SET_ASIDE,
        counter=f"provider/{provider}/{int(standing.until)}",
        setting="SMS_PROVIDERS",
        scope="provider",
        who=provider,
        count=health.delivered,
        limit=health.delivered + health.failed,
        window=f"{MINUTES}m",
        starts=int(now),
        ends=int(standing.until),
        raised_at=int(now),
    )
