"""Which fixed windows a send counts in, and which of them is full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.codes import digest
from shared.domain.policy import Policy
from shared.domain.rates import Rate, window_start
from shared.errors import Refused

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Counter:
    """One fixed window of one limit: `key` counts up to `limit` until `ends` (UTC seconds)."""

    scope: str
    key: str
    limit: int
    ends: int
    window: int


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the access that let them in, their address and their device, where known."""

    name: str
    address: str | None = None
    device_id: str | None = None


def counters_for(policy: Policy, caller: Caller, *, trusted: bool, now: float) -> list[Counter]:
    """Return the counters of a send; a trusted number's sends count in the total only."""
    counters = _counters("total", "", policy.total_rates, now=now)
    if caller.address is not None and not trusted:
        counters += _counters("ip", caller.address, policy.ip_rates, now=now)
    if caller.device_id is not None and not trusted:
        device = digest(policy.number_secret, "device", caller.device_id)
        counters += _counters("device", device, policy.device_rates, now=now)
    return counters


def _counters(scope: str, who: str, rates: Iterable[Rate], *, now: float) -> list[Counter]:
    counters = []
    for rate in rates:
        start = window_start(rate, now=now)
        key = "/".join(part for part in (scope, who, str(rate.window), str(start)) if part)
        counters.append(Counter(scope, key, rate.count, start + rate.window, rate.window))
    return counters


def refuse_if_full(counts: Mapping[Counter, int], *, now: float) -> None:
    """Raise Refused for the first counter that is at its limit."""
    for counter, count in counts.items():
        if count >= counter.limit:
            raise full(counter, now=now)


def full(counter: Counter, *, now: float) -> Refused:
    """Return the refusal of a full counter."""
    daily_cap = counter.scope == "total" and counter.window >= DAY
    return Refused(
        "daily_cap_reached" if daily_cap else "rate_limited",
        reason=f"limit_{counter.scope}",
        retry_after=counter.ends - now,
    )
