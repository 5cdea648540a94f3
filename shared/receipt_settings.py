"""What the receipts door has to know, read without pydantic, whose import Aliyun will not wait for.

The rules are those of settings.py; a test holds both to the same values and the same refusals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from shared.errors import Bilingual, Misconfigured
from shared.setting_rules import (
    ENDPOINT,
    LOG_LEVELS,
    OPT_OUT_WORDS,
    SECRET_LENGTH,
    TABLE_PREFIX,
    TABLE_PREFIX_FORM,
    path_secrets,
    read_mapping,
    split_list,
)


@dataclass(frozen=True, slots=True)
class ReceiptSettings:
    """The settings of the door, as settings.py would read them; without Dysms its own are empty."""

    number_secret: str = field(repr=False)
    tablestore_endpoint: str
    tablestore_instance: str
    table_prefix: str
    dysms_sign_name: str
    dysms_templates: Mapping[str, str]
    opt_out_words: tuple[str, ...]
    log_level: str


def _text(form: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(form, value):
            raise ValueError(form)
        return value

    return read


def _templates(value: str) -> Mapping[str, str]:
    found: Mapping[str, str] = read_mapping(value)
    if value and not found:
        raise ValueError("no template")
    return found


_READERS: dict[str, Callable[[str], Any]] = {
    "NUMBER_SECRET": _text(rf"(?s).{{{SECRET_LENGTH},}}"),
    "TABLESTORE_ENDPOINT": _text(ENDPOINT),
    "TABLESTORE_INSTANCE": _text(r"(?s).+"),
    "TABLE_PREFIX": _text(TABLE_PREFIX_FORM),
    "DYSMS_SIGN_NAME": _text(r"(?s).*"),
    "DYSMS_TEMPLATES": _templates,
    "OPT_OUT_WORDS": split_list,
    "LOG_LEVEL": _text("|".join(LOG_LEVELS)),
}
_DEFAULTS = {
    "TABLE_PREFIX": TABLE_PREFIX,
    "DYSMS_SIGN_NAME": "",
    "DYSMS_TEMPLATES": "",
    "OPT_OUT_WORDS": ",".join(OPT_OUT_WORDS),
    "LOG_LEVEL": "INFO",
}
NAMES = ("RECEIPT_SECRETS", *_READERS)
"""The environment variables that the door reads (s.yaml gives it no other)."""


def receipt_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets that may stand in the path, newest first; raise Misconfigured."""
    given = environment.get("RECEIPT_SECRETS", "").strip()
    try:
        found: tuple[str, ...] = path_secrets(given)
    except ValueError:
        raise _wrong([_complaint("RECEIPT_SECRETS", given)]) from None
    if not found:
        raise _wrong([_complaint("RECEIPT_SECRETS", "")])
    return found


def read_receipt_settings(environment: Mapping[str, str]) -> ReceiptSettings:
    """Read the rest; raise Misconfigured with all that is missing or wrong, without a value."""
    return _read(tuple((name, environment.get(name, "").strip()) for name in _READERS))


@lru_cache(maxsize=2)
def _read(given: tuple[tuple[str, str], ...]) -> ReceiptSettings:
    values: dict[str, Any] = {}
    problems: list[Bilingual] = []
    for name, text in given:
        value = _value(name, text)
        if value is None:
            problems.append(_complaint(name, text))
        values[name.lower()] = value
    if problems:
        raise _wrong(problems)
    return ReceiptSettings(**values)


def _value(name: str, text: str) -> Any:
    """Read one setting; None where it is missing or wrong."""
    try:
        return _READERS[name](text or _DEFAULTS[name])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def _complaint(name: str, text: str) -> Bilingual:
    return (f"{name} 的值有误", f"{name} is wrong") if text else _missing(name)


def _missing(name: str) -> Bilingual:
    return f"{name} 未设置", f"{name} is not set"


def _wrong(problems: list[Bilingual]) -> Misconfigured:
    return Misconfigured(problems)
