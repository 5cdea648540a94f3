"""What people reply to a message, and whether that means to get no more of them.

Fields of SmsUp: phone_number, content, send_time, dest_code, sequence_id, in older documents
sign_name (help.aliyun.com 101847). A reply may hold a code or a number, so its digits are hidden.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.codes import digest
from shared.domain.masking import masked_text, reported_number
from shared.domain.report_entries import moment, text_of

LONGEST_CONTENT, LONGEST_FIELD = 500, 64
SHOWN_DIGITS = 3
"""The longest run of digits that a kept reply shows: codes have four digits or more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; `phone` is the number's keyed hash, `at` UTC seconds. No digit of a code."""

    phone: str
    masked: str
    content: str
    at: int | None
    dest_code: str
    sequence_id: str
    key: str
    opts_out: str | None
    """The word that opts out, if the reply is one."""


def read_reply(
    given: object, *, secret: str, words: Iterable[str], sign_name: str = ""
) -> Reply | None:
    """Read one entry; None for a malformed one.

    Where the entry names another sign than ours, it answers some other message of the account
    (marketing, say), and opts out of nothing here.
    """
    if not isinstance(given, Mapping):
        return None
    number, content = reported_number(given.get("phone_number")), text_of(given.get("content"))
    if number is None or content is None:
        return None
    fields = [text_of(given.get(name)) or "" for name in ("send_time", "dest_code", "sequence_id")]
    phone = number.key(secret)
    theirs = (text_of(given.get("sign_name")) or sign_name).strip("【】[] ")
    return Reply(
        phone,
        number.masked,
        masked_text(content, longest_shown=SHOWN_DIGITS)[:LONGEST_CONTENT],
        moment(given.get("send_time")),
        masked_text(fields[1], longest_shown=20)[:LONGEST_FIELD],
        masked_text(fields[2])[:LONGEST_FIELD],
        digest(secret, "reply", phone, content, *fields),
        opt_out(content, words) if theirs == sign_name else None,
    )


def opt_out(content: str, words: Iterable[str]) -> str | None:
    """Return the word that a reply consists of, if it is one that opts out.

    The whole reply has to be the word, in any case, width and punctuation: somebody who writes
    that a code did not arrive uses letters like T, too.
    """
    said = _bare(content)
    return next((word for word in words if said and said == _bare(word)), None)


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())
