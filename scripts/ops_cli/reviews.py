"""What a review of a sign or template came to, in one vocabulary for all that tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from shared.domain.masking import masked_text
from shared.errors import Bilingual

REVIEWING, APPROVED, REJECTED, CANCELLED = "reviewing", "approved", "rejected", "cancelled"
_STATES: Mapping[str, str] = {
    "0": REVIEWING,
    "1": APPROVED,
    "2": REJECTED,
    "10": CANCELLED,
    "AUDIT_STATE_INIT": REVIEWING,
    "AUDIT_STATE_PASS": APPROVED,
    "AUDIT_STATE_NOT_PASS": REJECTED,
    "AUDIT_STATE_CANCEL": CANCELLED,
    "AUDIT_SATE_CANCEL": CANCELLED,
}
"""GetSmsSign and GetSmsTemplate number the states, the lists name them; the documentation of
QuerySmsTemplateList spells the last one so."""

_WORDS: Mapping[str, tuple[str, str]] = {
    REVIEWING: ("审核中 reviewing", "yellow"),
    APPROVED: ("通过 approved", "green"),
    REJECTED: ("未通过 rejected", "red"),
    CANCELLED: ("已取消 cancelled", "red"),
}

TYPES: Mapping[str, Bilingual] = {
    "0": ("验证码", "verification"),
    "1": ("通知", "notification"),
    "2": ("推广", "promotion"),
    "3": ("国际", "international"),
}


def state_of(given: object) -> str:
    """Return a review's state in our words; an unknown one as it came."""
    return _STATES.get(str(given), str(given))


def shown(state: str) -> str:
    """Show a state, coloured."""
    words, colour = _WORDS.get(state, (state, "yellow"))
    return click.style(words, fg=colour)


def reason_of(state: str, given: Any) -> str:
    """Return why something was rejected, with numbers hidden; nothing where it was not."""
    if state != REJECTED:
        return ""
    texts = (getattr(given, "reject_info", None), getattr(given, "reject_sub_info", None))
    return masked_text("; ".join(dict.fromkeys(text for text in texts if text)))


def kind(given: object) -> str:
    """Show a template's type, as GetSmsTemplate and OuterTemplateType number it."""
    return " ".join(TYPES.get(str(given), (str(given),)))
