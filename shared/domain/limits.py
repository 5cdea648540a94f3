"""Which fixed windows a send or a guess counts in, and which of them is full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.access import Caller
from shared.domain.codes import digest
from shared.domain.phone_number import PhoneNumber
from shared.domain.policy import Policy
from shared.domain.rates import Rate, fixed_window
from shared.errors import Refused

DAY = 86_400
OF_EVERYBODY = ("total", "region", "caller")
"""Limits that hold whatever the number; the others are lifted for numbers on the allow-list."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One fixed window of one limit: `key` counts up to the rate until `ends` (UTC seconds)."""

    scope: str
    key: str
    rate: Rate
    ends: int

    @property
    def limit(self) -> int:
        """Return how many the window holds."""
        return self.rate.count

    @property
    def is_cap(self) -> bool:
        """Say whether the limit guards the budget: it holds for many, for a day or longer."""
        return self.scope in OF_EVERYBODY and self.rate.window >= DAY


def send_counters(
    policy: Policy, caller: Caller, number: PhoneNumber, *, now: float
) -> list[Counter]:
    """Return the counters of a send."""
    found = counters("total", "", policy.total_rates, now=now)
    found += counters("region", number.region, policy.rates_of_region(number.region), now=now)
    if caller.key is not None:
        found += caller_counters(policy, caller.key.name, caller.key.rates, now=now)
    if caller.address is not None:
        found += counters("ip", caller.address, policy.ip_rates, now=now)
    if caller.device_id is not None:
        device = digest(policy.number_secret, "device", caller.device_id)
        found += counters("device", device, policy.device_rates, now=now)
    return found


def caller_counters(
    policy: Policy, name: str, own: tuple[Rate, ...] | None, *, now: float
) -> list[Counter]:
    """Return the counters of an API key's caller."""
    return counters("caller", name, policy.caller_rates if own is None else own, now=now)


def guess_counters(policy: Policy, guesser: str, *, now: float) -> list[Counter]:
    """Return the counters of a guess from an address."""
    return counters("guess", guesser, policy.guess_rates, now=now) if guesser else []


def counters(scope: str, who: str, rates: Iterable[Rate], *, now: float) -> list[Counter]:
    """Return one counter for each rate, in its window around now."""
    found = []
    for rate in rates:
        start, end = fixed_window(rate, now=now)
        window = "month" if rate.month else str(rate.window)
        key = "/".join(part for part in (scope, who, window, str(start)) if part)
        found.append(Counter(scope, key, rate, end))
    return found


def refuse_if_full(counts: Mapping[Counter, int], *, now: float) -> None:
    """Raise Refused for the first counter that is at its limit."""
    for counter, count in counts.items():
        if count >= counter.limit:
            raise full(counter, now=now)


def full(counter: Counter, *, now: float) -> Refused:
    """Return the refusal of a full counter."""
    return Refused(
        "daily_cap_reached" if counter.is_cap else "rate_limited",
        reason=f"limit_{counter.scope} {counter.rate}",
        retry_after=counter.ends - now,
    )
