"""Settings that differ by place: by a number's region and by scene."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

MAINLAND = "CN"
ABROAD = "intl"
"""Stands for every region but the mainland."""

ANY = "*"

Set = TypeVar("Set")


def for_place(values: Mapping[str, Set], *, region: str, scene: str) -> Set | None:
    """Return what is set for a region and scene, the nearest first; None where nothing is.

    Keys are `REGION/scene`, `REGION/*`, `intl/scene`, `intl/*` (all but the mainland), and
    `scene` and `*` for every region. Regions are ISO 3166 codes of two capital letters.
    """
    for key in places(region, scene):
        if key in values:
            return values[key]
    return None


def is_place(key: str) -> bool:
    """Say whether a key has one of these forms."""
    return re.fullmatch(rf"(?:(?:[A-Z]{{2}}|{ABROAD})/)?[^/]+", key) is not None


def places(region: str, scene: str) -> tuple[str, ...]:
    """Return the keys that a region and scene may be set under, the nearest first."""
    near = (f"{region}/{scene}", f"{region}/{ANY}")
    abroad = () if region == MAINLAND else (f"{ABROAD}/{scene}", f"{ABROAD}/{ANY}")
    return (*near, *abroad, scene, ANY)
