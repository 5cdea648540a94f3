"""The keys of a role that is assumed: kept, renewed ahead of their end, and once they are refused.

The credentials package keeps keys, too, but asks for others in the middle of a request, gives up
keys that are good for another quarter of an hour where STS does not answer, and cannot be told that
a service refused some. So here it only asks, and what it got is kept by this module.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared import logs
from shared.errors import Refused
from shared.key_sources import ROLE_ARN, Keys

SESSION_NAME, EXTERNAL_ID = "ALIBABA_CLOUD_ROLE_SESSION_NAME", "ALIBABA_CLOUD_EXTERNAL_ID"
STS_ENDPOINT, STS_REGION = "STS_ENDPOINT", "ALIBABA_CLOUD_STS_REGION"

REGION = "FC_REGION"
ENVIRONMENT = (ROLE_ARN, SESSION_NAME, EXTERNAL_ID, STS_ENDPOINT, STS_REGION, REGION)

SESSION = "fc-sms-verify"
"""How we appear in the other account's log (ActionTrail), if nothing else is set."""

EARLY_SECONDS = 900.0
"""How long before their end keys are renewed, or a quarter of their life where that is less."""

LEAST_SECONDS = 15.0
"""No request begins with keys that end sooner: it may take 10 s, and clocks differ."""

SHORTEST_LIFE = 30.0
"""Seconds for which keys are used that have ended by our clock as soon as they are made."""

ASKING_SECONDS = 3.0
"""What asking STS may take at the beginning of a request."""

REST_SECONDS = 5.0
"""How long STS is left alone after a failure, while there are good keys."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role, and where it is asked for; `external_id` is what its account and ours agreed upon."""

    arn: str
    session_name: str
    external_id: str
    endpoint: str
    region: str

    @classmethod
    def named(cls, environment: Mapping[str, str]) -> Role:
        """Return the role that the environment names."""
        given = {name: environment.get(name, "").strip() for name in ENVIRONMENT}
        return cls(
            given[ROLE_ARN],
            given[SESSION_NAME] or SESSION,
            given[EXTERNAL_ID],
            given[STS_ENDPOINT],
            given[STS_REGION] or given[REGION],
        )


@dataclass(frozen=True, slots=True)
class Lease:
    """Keys from a moment until another, in UTC seconds."""

    keys: Keys
    since: float
    until: float

    def lasts(self, now: float) -> bool:
        """Say whether a request can begin with them."""
        return self.until - now >= LEAST_SECONDS

    def ends_soon(self, now: float) -> bool:
        """Say whether it is time to renew them."""
        return self.until - now < min(EARLY_SECONDS, (self.until - self.since) / 4)


class AssumedRole:
    """A source that asks for keys within so many seconds: `ask` returns them and their end.

    It raises Refused; `unavailable` is the code of our own refusals. `clock` returns wall time in
    UTC seconds: monotonic clocks may stand still in a frozen instance, in which no thread in the
    background could renew anything either.
    """

    def __init__(
        self,
        ask: Callable[[float], tuple[Keys, float]],
        *,
        unavailable: str = "provider_unavailable",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ask = ask
        self._unavailable = unavailable
        self._clock = clock
        self._lease: Lease | None = None
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def prepare(self) -> None:
        """Renew the keys if their end is near; those that outlive the request do if STS fails."""
        known, now = self._lease, self._clock()
        if known is None or not known.lasts(now):
            self._replace(known, ASKING_SECONDS)
        elif known.ends_soon(now) and now >= self._rests_until and not self._lock.locked():
            self._try(known, ASKING_SECONDS)

    def current(self) -> Keys:
        """Return the keys; a request keeps those that it began with, unless they are refused."""
        known = self._lease or self._replace(None, ASKING_SECONDS)
        return known.keys

    def renew(self, stale: Keys, *, seconds: float) -> bool:
        """Assume the role anew, if no other thread has done so since."""
        known = self._lease
        if known is not None and known.keys == stale:
            self._try(known, min(seconds, ASKING_SECONDS))
        return self._lease is not None and self._lease.keys != stale

    def _try(self, known: Lease, seconds: float) -> None:
        try:
            self._replace(known, seconds)
        except Refused as refusal:
            self._rests_until = self._clock() + REST_SECONDS
            logs.write(
                "keys_not_renewed",
                level="WARNING",
                reason=refusal.reason,
                advice="the keys at hand are used until they end; see that STS can be reached, and "
                "that the role of ALIBABA_CLOUD_ROLE_ARN still trusts this function's",
            )

    def _replace(self, known: Lease | None, seconds: float) -> Lease:
        """Ask for keys; whoever comes second waits, and takes what the first one got."""
        if not self._lock.acquire(timeout=seconds):
            raise Refused(self._unavailable, reason="sts:busy", retry_after=1)
        try:
            if self._lease is not None and self._lease is not known:
                return self._lease
            keys, end = self._ask(seconds)
            now = self._clock()
            self._lease = Lease(keys, now, end if end > now else now + SHORTEST_LIFE)
            return self._lease
        finally:
            self._lock.release()
