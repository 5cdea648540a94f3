"""Which provider a message goes to: by the number's region, the scene, and how each did lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.places import MAINLAND, for_place
from shared.domain.standing import SOUND, Standing

DYSMS, DYPNS = "dysms", "dypns"
"""Aliyun SMS, and Message Authentication (PNVS)."""

MAINLAND_ONLY = frozenset({DYPNS})
"""Who takes numbers of mainland China only, hence not of Hong Kong, Macau and Taiwan either
(SendSmsVerifyCode, CountryCode)."""


@dataclass(frozen=True, slots=True)
class Routes:
    """The providers to ask, in this order, by place (domain/templates.py).

    `managed` are those that make and check codes of their own.
    """

    by_place: Mapping[str, Sequence[str]]
    managed: frozenset[str] = field(default=frozenset())

    @property
    def providers(self) -> tuple[str, ...]:
        """Return every provider that is named."""
        named = (name for names in self.by_place.values() for name in names)
        return tuple(dict.fromkeys(named))

    def to(self, region: str, scene: str) -> tuple[str, ...]:
        """Return who can be asked for a number of this region; empty where nobody can."""
        named = for_place(self.by_place, region=region, scene=scene) or ()
        return tuple(name for name in named if region == MAINLAND or name not in MAINLAND_ONLY)


def by_standing(
    route: Sequence[str], standings: Mapping[str, Standing], *, now: float, lot: float
) -> tuple[str, ...]:
    """Return the route with those last that are set aside; nobody is left out.

    `lot`, from 0 to below 1, is drawn for each message: it lets a share of them try a provider
    whose time aside is over.
    """
    return tuple(sorted(route, key=lambda name: lot >= standings.get(name, SOUND).share(now=now)))
