"""The texts of messages: what a template's variables are, and a message with them filled in."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def variables(template: str) -> set[str]:
    """Return the names of a template's ${variables}."""
    return set(_VARIABLE.findall(template))


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
