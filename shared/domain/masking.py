"""Numbers in what Aliyun pushes: recognised as the doors recognise them, and hidden in texts.

The receipts door does without libphonenumber (its cold start), so only what it must know of
numbers stands here; a test holds both to the same keyed hashes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from shared.domain.codes import digest

CALLING_CODE = "86"
MOST_DIGITS = 15
"""Of an international number (E.164)."""

LONGEST_SPELLING = 256
"""Characters of a number with all that stands between its digits, as in requests."""

_BETWEEN = re.compile(r"[\s().·/‐‑‒–—―−-]+")
_MAINLAND = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
_ABROAD = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")
_GAP = r"(?:\\[nrt]|[\s().·/_\u200b-\u200d‐‑‒–—―−-]){0,3}"
"""What stands between digits of one number; a text that is JSON spells some of it in letters."""
_SPELT = re.compile(
    rf"(?<![0-9])(?:(?:00)?8{_GAP}6{_GAP})?1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])"
    rf"|(?<=\+){_GAP}[1-9](?:{_GAP}[0-9]){{6,14}}(?![0-9])"
)
_APART = re.compile(rf"[0-9](?:{_GAP}[0-9])*")
_DIGITS = re.compile(r"[0-9]+")
_BIZ_ID = re.compile(r"[0-9]{16,24}\^[0-9]{1,4}")
NUMBER_DIGITS = 7
"""A run of as many digits may be a phone number."""


@dataclass(frozen=True, slots=True)
class ReportedNumber:
    """A number as Aliyun reports it. `e164` is personal data: it goes nowhere in plain."""

    e164: str
    masked: str

    def __repr__(self) -> str:
        """Show the mask, because representations end up in tracebacks."""
        return f"ReportedNumber({self.masked})"

    def key(self, secret: str) -> str:
        """Return the keyed hash under which the store knows this number."""
        return digest(secret, self.e164)


def reported_number(given: object) -> ReportedNumber | None:
    """Read the number of a report; None for one that is none, or is masked already.

    The mainland's come national, others with their country code and without a plus, as SendSms
    takes them (help.aliyun.com, SendSms, PhoneNumbers).
    """
    if not isinstance(given, str | int) or isinstance(given, bool):
        return None
    text = str(given)
    if len(text) > LONGEST_SPELLING:
        return None
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    match = _MAINLAND.fullmatch(digits)
    if match is not None:
        national = match[1]
        masked = f"+{CALLING_CODE}{national[:3]}****{national[-4:]}"
        return ReportedNumber(f"+{CALLING_CODE}{national}", masked)
    match = _ABROAD.fullmatch(digits)
    return ReportedNumber(f"+{match[1]}", f"+{_hidden(match[1])}") if match is not None else None


def masked_text(text: str, *, longest_shown: int = NUMBER_DIGITS - 1) -> str:
    """Hide every run of more digits than that, and mobile numbers with spaces or dashes in them.

    Full-width and other digits become ASCII first, so that none is left in another script.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    plain = _SPELT.sub(lambda found: _hidden(_bare(found[0])), plain)
    runs = _DIGITS if longest_shown >= NUMBER_DIGITS - 1 else _APART  # codes: 123 456
    return runs.sub(
        lambda run: run[0] if len(_bare(run[0])) <= longest_shown else _hidden(_bare(run[0])),
        plain,
    )


def shown_biz_id(text: str) -> str:
    """Return a biz id as it is (`<18 digits>^0`), and anything else masked."""
    return text if _BIZ_ID.fullmatch(text) else masked_text(text)


def _bare(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def _hidden(digits: str) -> str:
    """Hide the middle: at least four digits, of a mobile number all but seven."""
    shown = max(0, min(7, len(digits) - 4))
    head = min(3, shown // 2)
    tail = shown - head
    return digits[:head] + "*" * (len(digits) - shown) + (digits[-tail:] if tail else "")
