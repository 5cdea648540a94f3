"""Keys, tokens, instances and clocks that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.clients.contract import PYTHON, Step, error, lacks, step


def steps(keys: Mapping[str, str]) -> list[Step]:
    def ask(about: str, gives: Any, **settings: Any) -> Step:
        return step(about, "ListTable", gives, settings=settings)

    def refused(about: str, text: str, **settings: Any) -> Step:
        return ask(about, error(403, "OTSAuthFailed", text), **settings)

    tables = {"tables": ["rows", "versions"]}
    return [
        ask("temporary keys", tables, **keys),
        refused("another's token", "The STS token is not the AccessKeyID's.", **{**keys, **OTHER}),
        refused("no token", "The AccessKeyID does not exist.", **{**keys, "token": None}),
        refused("another secret", "Signature mismatch.", secret="other"),
        refused("another key", "The AccessKeyID does not exist.", key_id="other"),
        refused("another instance", "The instance is not found.", instance="other"),
        step(
            "a clock that is 16 minutes slow",
            "ListTable",
            WRONG_TIME,
            settings={"ahead": -16 * 60},
            differs=lacks(PYTHON, "it compares the clocks before it reads the error"),
        ),
    ]


OTHER = {"token": "other"}
WRONG_TIME = {"error": [403, "OTSAuthFailed"]}
