"""What an operator sets in Aliyun's SMS console, read from a catalogue; and its review states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).with_name("catalogue.json")

REVIEWS: Mapping[str, int] = {"reviewing": 0, "approved": 1, "rejected": 2, "cancelled": 10}
"""The states of a review as the service numbers them (SDK: SignStatus, TemplateStatus)."""

VERIFICATION, INTERNATIONAL = 0, 3
"""Template types: verification codes, and all that goes abroad (SDK: TemplateType)."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign name: its review, and the state that each carrier has registered it in."""

    state: str = "approved"
    reason: str = ""
    carriers: Mapping[str, int] = field(
        default_factory=lambda: {"mobile": 3, "unicom": 3, "telecom": 3}
    )


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its text with ${variables}, its review, and the rules of its variables."""

    text: str
    state: str = "approved"
    reason: str = ""
    type: int = VERIFICATION
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Console:
    """Signs, templates, flow limits, allow-list; and what Aliyun gives for PNVS to everybody."""

    signs: Mapping[str, Sign]
    templates: Mapping[str, Template]
    gifted_signs: tuple[str, ...] = ()
    gifted_templates: Mapping[str, str] = field(default_factory=dict)
    flow_limits: tuple[tuple[int, int], ...] = ((60, 1), (3600, 5), (86_400, 10))
    allowed_numbers: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def from_file(cls, file: Path, **settings: Any) -> Console:
        """Read {"sign_names": [...], "templates": {code: text}}; all of it is approved.

        What is not, or has more to it, is written {"name": ..., "state": ..., "reason": ...,
        "carriers": {...}} and {"text": ..., "state": ..., "reason": ..., "type": ...,
        "rules": {...}}. What PNVS gives is under "pnvs", in the same form; a file without that has
        the packaged catalogue's.
        """
        data = json.loads(file.read_text("utf-8"))
        gifts = data.get("pnvs") or json.loads(CATALOGUE.read_text("utf-8"))["pnvs"]
        signs = (name if isinstance(name, dict) else {"name": name} for name in data["sign_names"])
        templates = {
            code: found if isinstance(found, dict) else {"text": found}
            for code, found in data["templates"].items()
        }
        return cls(
            {sign.pop("name"): Sign(**sign) for sign in map(dict, signs)},
            {code: Template(**found) for code, found in templates.items()},
            tuple(gifts["sign_names"]),
            gifts["templates"],
            **settings,
        )
