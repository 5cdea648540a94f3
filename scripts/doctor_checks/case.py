"""What the doctor looks at: a deployment's values, read as far as they can be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import ValidationError

from scripts.deployment import Deployment
from shared.credentials import KeySource
from shared.settings import NAMES, Settings, missing_of_dysms

FRONTS = ("http", "apigw", "proxy")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_STAND_INS: Mapping[str, str] = {
    "code_secrets": "-" * 16,
    "number_secret": "-" * 16,
    "dysms_sign_name": "-",
    "dysms_templates": "-",
    "tablestore_endpoint": "http://127.0.0.1:9",
    "tablestore_instance": "-",
}
"""In the place of required settings that are missing or wrong; no check looks at those."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for beside looking: nothing of it is done by itself.

    `as_role` tries the functions' calls with the keys of their role, `receipts_url` is where the
    receipts door answers, `test_alert` sends one alert.
    """

    as_role: bool = False
    receipts_url: str = ""
    test_alert: bool = False


@dataclass(frozen=True)
class Case:
    """One deployment. `unreadable` are the settings that are missing or wrong by themselves.

    `progress` is told what a long check is at; `assumed` are the roles that were assumed so far.
    """

    deployment: Deployment
    front: str
    clock: Callable[[], float] = time.time
    wishes: Wishes = Wishes()
    progress: Callable[[str], None] = field(default=lambda _: None)
    assumed: dict[str, KeySource] = field(default_factory=dict, repr=False)
    settings: Settings = field(init=False)
    unreadable: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        settings, unreadable = _as_far_as_possible(self.environment)
        object.__setattr__(self, "settings", settings)
        object.__setattr__(self, "unreadable", unreadable)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the values in force."""
        return self.deployment.environment

    def value(self, name: str) -> str:
        """Return a value as it was given, or an empty text."""
        return self.environment.get(name, "").strip()

    @property
    def local(self) -> bool:
        """Say whether this is the local service: then its store is on this machine."""
        return is_loopback(self.value("TABLESTORE_ENDPOINT"))


def is_loopback(endpoint: str) -> bool:
    """Say whether an endpoint is on this machine."""
    try:
        return urlsplit(endpoint).hostname in _LOOPBACK
    except ValueError:
        return False


def _as_far_as_possible(environment: Mapping[str, str]) -> tuple[Settings, frozenset[str]]:
    """Read the settings one by one: what is wrong with one must not hide the others."""
    texts = ((name.lower(), environment.get(name, "").strip()) for name in NAMES)
    given = {name: text for name, text in texts if text}
    wrong = set(missing_of_dysms(given))
    try:
        Settings.model_validate(given)
    except ValidationError as error:
        wrong |= {str(item["loc"][0]) for item in error.errors(include_input=False)}
    readable = {name: text for name, text in given.items() if name not in wrong}
    stand_ins = {name: text for name, text in _STAND_INS.items() if name in wrong}
    settings = Settings.model_validate({**stand_ins, **readable})
    return settings, frozenset(name.upper() for name in wrong)
