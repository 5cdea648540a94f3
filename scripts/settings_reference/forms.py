"""How values are written in the environment: defaults from the model, and what else it allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from shared.domain.client_address import AddressRule
from shared.domain.rates import Rate
from shared.errors import Bilingual
from shared.settings import Settings

HOUR = 3600


def default_text(name: str) -> str:
    """Return a setting's default as one writes it; empty where there is none."""
    field = Settings.model_fields[name.lower()]
    return "" if field.is_required() else _WRITERS.get(name, _plain)(field.default)


def allowed(name: str) -> Bilingual:
    """Say which values the model allows, in Chinese and English; empty where a text is free."""
    field = Settings.model_fields[name.lower()]
    choices = _choices(field.annotation)
    if choices:
        *most, last = (f"`{choice}`" for choice in choices)
        return f"{'、'.join(most)} 或 {last}", f"{', '.join(most)} or {last}"
    return _range(field) if field.annotation in (int, float) and name not in _WRITERS else ("", "")


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((found for part in get_args(annotation) if (found := _choices(part))), ())


def _range(field: FieldInfo) -> Bilingual:
    low, high, above = None, None, None
    for bound in field.metadata:
        if isinstance(bound, Lt):
            raise TypeError("say here how the table shows an upper bound that is left out")
        low = bound.ge if isinstance(bound, Ge) else low
        above = bound.gt if isinstance(bound, Gt) else above
        high = bound.le if isinstance(bound, Le) else high
    if above is not None:
        return f"大于 {above}，至多 {high}", f"above {above}, {high} at most"
    return f"{low} 到 {high}", f"{low} to {high}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_plain, value))
    if isinstance(value, dict):
        return ",".join(_pair(key, _plain(item), sign="=") for key, item in value.items())
    return "" if value is None else str(value)


def _pair(key: str, text: str, *, sign: str) -> str:
    """Write a key and its value; `*`, for all keys, is left out."""
    return text if key == "*" else f"{key}{sign}{text}"


def _rolling(rates: tuple[Rate, ...]) -> str:
    """Write windows that roll: `24h` says so more plainly than `1d`."""
    return ",".join(
        f"{rate.count}/{rate.window}s"
        if rate.window < HOUR
        else f"{rate.count}/{rate.window // HOUR}h"
        for rate in rates
    )


def _by_region(rates: dict[str, tuple[Rate, ...]]) -> str:
    return ";".join(f"{region}={_plain(some)}" for region, some in rates.items())


def _params(by_template: dict[str, dict[str, str]]) -> str:
    (named,) = by_template.values()
    return ",".join(f"{fact}={name}" for fact, name in named.items())


def _address(rule: AddressRule) -> str:
    if rule.header:
        return f"header:{rule.header}"
    return f"hops:{rule.hops}" if rule.hops else "peer"


def _duration(seconds: int) -> str:
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"


_UNITS = (("d", 86_400), ("h", HOUR), ("m", 60), ("s", 1))
_WRITERS: dict[str, Callable[[Any], str]] = {
    "LIMIT_PHONE": _rolling,
    "LIMIT_ALLOWED": _rolling,
    "LIMIT_REGION": _by_region,
    "DYSMS_TEMPLATE_PARAMS": _params,
    "PNVS_TEMPLATE_PARAMS": _params,
    "CLIENT_IP": _address,
    "RECONCILE_AFTER": _duration,
}


def as_cell(text: str) -> str:
    """Return a text that no table of Markdown takes for its own."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)
