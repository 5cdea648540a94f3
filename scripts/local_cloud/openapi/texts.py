"""The texts of messages: a template's variables, their rules, and a message with them filled in.

Rules: "Examples for the TemplateRule & TemplateContent parameters" of the SMS service.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping

RULES: Mapping[str, re.Pattern[str]] = {
    "numberCaptcha": re.compile(r"[0-9]{4,6}"),
    "characterWithNumber2": re.compile(r"[0-9A-Za-z]{4,6}"),
}
"""What a code may look like, by the name of the rule that its template states."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def variables(template: str) -> set[str]:
    """Return the names of a template's ${variables}."""
    return set(_VARIABLE.findall(template))


def breaking(params: Mapping[str, str], rules: Mapping[str, str]) -> list[str]:
    """Return the names of parameters that break their template's rules; others know none here."""
    return [
        name
        for name, rule in rules.items()
        if rule in RULES and not RULES[rule].fullmatch(params.get(name, ""))
    ]


def filled(sign_name: str, template: str, params: Mapping[str, str]) -> str:
    """Return the text that a phone shows."""
    return f"【{sign_name}】{_VARIABLE.sub(lambda match: params[match[1]], template)}"


def params_in(text: str) -> dict[str, str]:
    """Read TemplateParam, a JSON object in a text; raise ValueError if it is none."""
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("no object")  # noqa: TRY004 - as json.loads does
    return {str(name): str(value) for name, value in given.items()}


def new_biz_id() -> str:
    """Return a receipt number as the service forms them."""
    return f"{uuid.uuid4().int % 10**18:018d}^0"
