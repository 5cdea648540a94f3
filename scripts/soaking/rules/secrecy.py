"""Numbers, codes and secrets where they must not be (I7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from scripts.soaking.account import VERIFY, Account
from scripts.soaking.terms import SECRETS

SHOWN = 60
_DIGITS = re.compile("[0-9]{11,}")
_SEPARATORS = re.compile(r"[\s().·‐‑‒–—―−-]+")
_CODE = re.compile(r"(?<![\w.-])[0-9]{6}(?![\w-])")
"""A code; six digits behind a point are a fraction of a second."""


def at_rest(account: Account) -> Iterator[str]:
    """Expect none in rows, except the number of a message that awaits its report."""
    known = _Known(account)
    for table, rows in account.rows.items():
        for row in rows:
            for column, cell in row.items():
                if (table, column) == ("pending", "number"):
                    continue
                if found := known.within(str(cell)):
                    yield f"table {table}, column {column}: {found}"
    for row in account.rows.get("pending", ()):
        if found := known.code_within(str(row.get("number", ""))):
            yield f"table pending, column number: {found}"


def in_words(account: Account) -> Iterator[str]:
    """Expect none in log lines and answers; an accepted code's answer may name its number."""
    known = _Known(account)
    for line in (*account.log, *account.complaints):
        if found := known.within(line):
            yield f"log line {line[:SHOWN]!r}...: {found}"
    for one in account.asked:
        text = one.text
        if one.door == VERIFY and one.status == 200:
            text = text.replace(one.phone, "")
        if found := known.within(text):
            yield f"answer {one.status} of {one.door}: {found}"


class _Known:
    """What must not be found."""

    def __init__(self, account: Account) -> None:
        phones = {one.phone for one in account.asked} | {one.phone for one in account.handed}
        self._numbers = {phone.removeprefix("+86") for phone in phones if phone}
        self._codes = {one.code for one in account.handed}
        tokens = {one.captcha for one in account.asked if one.captcha}
        keys = {one.key for one in account.asked if one.key}
        self._texts = (*SECRETS, *tokens, *keys)
        self._hints = ("soak-", "solved-", "key-", "local-", SECRETS[2][:6])

    def within(self, text: str) -> str:
        """Name what a text holds, without repeating it."""
        if any(hint in text for hint in self._hints) and any(one in text for one in self._texts):
            return "a secret or a token"
        plain = unicodedata.normalize("NFKC", text)
        for spelled in (plain, _SEPARATORS.sub("", plain)):
            for run in _DIGITS.findall(spelled):
                if any(run[at : at + 11] in self._numbers for at in range(len(run) - 10)):
                    return "a whole number"
        return self.code_within(plain)

    def code_within(self, text: str) -> str:
        """Name a code that a text holds."""
        return "a code" if any(run in self._codes for run in _CODE.findall(text)) else ""
