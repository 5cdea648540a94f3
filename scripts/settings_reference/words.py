"""What the table says of one setting beside what the model knows."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Bilingual


@dataclass(frozen=True, slots=True)
class Words:
    """A setting in Chinese and English; Markdown.

    `needed_with` is the setting that makes this one required (`CAPTCHA=turnstile`), `unset` what
    holds where it is not set and has no default.
    """

    chinese: str
    english: str
    needed_with: str = ""
    unset: Bilingual = ("", "")
