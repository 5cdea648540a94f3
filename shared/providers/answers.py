"""What an answer of an OpenAPI product, or an exception of its SDK, means for the message."""

from __future__ import annotations

import math
import re
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from darabonba.exceptions import ResponseException

from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from shared.domain.masking import masked_text
from shared.ports import Outcome, Verdict
from shared.providers.connections import network_error
from shared.providers.own_codes import UNREACHED

if TYPE_CHECKING:
    from Tea.exceptions import TeaException

    from shared.providers.codes import Meaning, Product

OK = "OK"
LONGEST_TEXT, LONGEST_CODE = 200, 64
SHOWN_DIGITS = 3
"""A run of more digits in a service's text may be a code, or a part of a number."""

_WAITS = {"分钟": 60, "小时": 3600, "天": 86_400}
_LEVEL = re.compile("触发(分钟|小时|天)级流控")
_KEY_LIKE = re.compile(r"(?=[A-Za-z+/=_-]*[0-9])[A-Za-z0-9+/=_-]{20,}")
"""Letters and digits without end: part of a key, a token or a signature. Words have no digits."""

_PARTLY_HIDDEN = re.compile(r"[0-9]*\*+[0-9]*")


def answered(product: Product, code: str, text: str, biz_id: str = "") -> Outcome:
    """Say what a code in an answer means; one that is not known leaves open what became of it."""
    if code == OK:
        return Outcome(Verdict.ACCEPTED, product.name, code, biz_id)
    return _refused(product, code, text)


def failed(product: Product, error: TeaException) -> Outcome:
    """Say what an exception of the SDK means for the message.

    Without an answer, only a connection that was never made is certain not to have taken it.
    """
    if isinstance(error, ResponseException):
        wait = error.retry_after  # the SDK counts milliseconds
        return _refused(
            product,
            str(error.code),
            str((error.data or {}).get("Message") or ""),
            retry_after=math.ceil(wait / 1000) if wait else None,
        )
    cause = network_error(error)
    if _wrong_certificate(cause):
        return unreached(product, "wrong_certificate")
    if _never_connected(cause):
        return unreached(product, "not_connected")
    return Outcome(Verdict.UNCONFIRMED, product.name, type(cause).__name__)


def no_answer(product: Product) -> Outcome:
    """Say what an answer without a code means: nothing is known."""
    return Outcome(Verdict.UNCONFIRMED, product.name, "no_answer")


def unreached(product: Product, code: str) -> Outcome:
    """Say what it means that a product saw no request, for a reason of UNREACHED."""
    meaning = UNREACHED[code]
    return Outcome(
        meaning.verdict,
        product.name,
        code,
        reached=False,
        elsewhere=meaning.elsewhere,
        one_off=meaning.one_off,
    )


def hidden(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return a service's text without digits of a number or a code, and without keys."""
    masked = masked_text(_KEY_LIKE.sub("****", text[: 4 * longest]), longest_shown=SHOWN_DIGITS)
    return _PARTLY_HIDDEN.sub("****", masked)[:longest]


def hidden_code(code: str) -> str:
    """Return a service's code as a text that may be logged."""
    return hidden(code, longest=LONGEST_CODE)


def _refused(product: Product, code: str, text: str, *, retry_after: int | None = None) -> Outcome:
    meaning = product.meaning(code)
    if meaning is None:
        shown = hidden_code(code)
        return Outcome(Verdict.UNCONFIRMED, product.name, shown, text=hidden(text))
    return Outcome(
        meaning.verdict,
        product.name,
        hidden_code(code),
        retry_after=retry_after or _level(meaning, text) or meaning.retry_after,
        elsewhere=meaning.elsewhere,
        one_off=meaning.one_off,
    )


def _level(meaning: Meaning, text: str) -> int | None:
    """Return the seconds of the flow limit that a text names."""
    level = _LEVEL.search(text) if meaning.verdict is Verdict.WAIT else None
    return _WAITS[level[1]] if level else None


def _never_connected(error: BaseException) -> bool:
    return isinstance(error, ConnectTimeout) or isinstance(_reason(error), NewConnectionError)


def _wrong_certificate(error: BaseException) -> bool:
    """Say whether the server's certificate was refused, which is before anything is sent."""
    reason = _reason(error)
    return isinstance(reason, SSLError) and any(
        isinstance(cause, SSLCertVerificationError) for cause in reason.args
    )


def _reason(error: BaseException) -> BaseException | None:
    """Return urllib3's exception below one of `requests`."""
    retries = error.args[0] if error.args else None
    return retries.reason if isinstance(retries, MaxRetryError) else None
