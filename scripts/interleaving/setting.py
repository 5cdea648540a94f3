"""What the callers of one case share: settings, verification ids, codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from scripts.local_cloud.local_settings import LOCAL_SETTINGS
from shared.domain.managed import managed_id
from shared.ports import NumberPlan
from shared.rules import Rules, rules_of

if TYPE_CHECKING:
    from scripts.interleaving.callers import Send


@dataclass(frozen=True, slots=True)
class Setting:
    """What callers of one case share: the settings in force, and which of them sent what."""

    environment: Mapping[str, str]
    sends: Mapping[str, Send]

    @property
    def rules(self) -> Rules:
        """Return the rules in force."""
        return _rules(tuple(sorted(self.environment.items())))

    @property
    def managed(self) -> frozenset[str]:
        """Return the providers that make codes of their own."""
        return self.rules.policy.routes.managed

    @property
    def first(self) -> str:
        """Return the provider that is asked first."""
        return self.rules.policy.routes.providers[0]

    def id_of(self, name: str) -> str:
        """Return the verification id of a send; if all providers are sound."""
        drawn = drawn_id(name)
        if not self.managed:
            return drawn
        return managed_id(drawn, first=self.first, managed=self.managed)

    def key_of(self, phone: str) -> str:
        """Return the keyed hash of a number."""
        rules = self.rules
        return _key_of(phone, rules.numbers, rules.policy.number_secret)


@lru_cache(maxsize=64)
def _key_of(phone: str, numbers: NumberPlan, secret: str) -> str:
    return numbers.read(phone).key(secret)


@lru_cache(maxsize=64)
def _rules(environment: tuple[tuple[str, str], ...]) -> Rules:
    # The store's address is that of scripts/interleaving/edges.py, and reached by nobody.
    given = {"TABLESTORE_ENDPOINT": "http://tablestore.invalid", "LIMIT_IP": "1000/1d"}
    return rules_of({**LOCAL_SETTINGS, **given, **dict(environment)})


def drawn_id(name: str) -> str:
    """Return the verification id that a send draws."""
    return f"id-of-{name}".ljust(22, "0")


def code_of(name: str) -> str:
    """Return the code that a send draws."""
    return f"{int(sha256(name.encode()).hexdigest(), 16) % 10**6:06d}"


def made_code(name: str) -> str:
    """Return the code that a provider makes for a send, if it makes one."""
    return code_of(f"{name}, made by its provider")


def wrong_code(name: str) -> str:
    """Return another code."""
    return f"{(int(code_of(name)) + 1) % 10**6:06d}"
