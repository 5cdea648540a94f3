"""Check the signatures of MNS requests: HMAC-SHA1 over the method, some headers and the resource.

Source: MNS documentation, "request signatures"; codes: its list of error codes. That requests
older than 15 minutes are refused is documented, the code of that refusal as it is here.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from scripts.local_cloud.mns.errors import MnsError
from scripts.local_cloud.mns.tokens import Token, Tokens

CLOCK_DIFFERENCE = 15 * 60
_SIGNED = ("content-md5", "content-type", "date")


class Signatures:
    """Checks against the keys that Dybase handed out."""

    def __init__(self, tokens: Tokens, *, clock: Callable[[], float]) -> None:
        self._tokens = tokens
        self._clock = clock

    def check(self, method: str, resource: str, headers: Mapping[str, str]) -> Token:
        """Return the keys of a request (header names in lower case), or raise MnsError."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        access_key_id, _, mac = given.partition(":")
        if not headers.get("authorization"):
            raise MnsError("MissingAuthorizationHeader")
        if scheme != "MNS" or not mac:
            raise MnsError("InvalidAuthorizationHeader")
        token = self._tokens.find(access_key_id)
        if token is None:
            raise MnsError("InvalidAccessKeyId")
        lines = "".join(
            f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-mns-")
        )
        signed = "\n".join([method, *(headers.get(name, "") for name in _SIGNED)])
        text = f"{signed}\n{lines}{resource}"
        digest = hmac.digest(token.access_key_secret.encode(), text.encode(), "sha1")
        if not hmac.compare_digest(base64.b64encode(digest), mac.encode()):
            raise MnsError("SignatureDoesNotMatch")
        self._check_freshness(headers.get("date", ""))
        if not hmac.compare_digest(headers.get("security-token", ""), token.security_token):
            raise MnsError("InvalidAccessKeyId")
        return token

    def _check_freshness(self, date: str) -> None:
        if not date:
            raise MnsError("MissingDateHeader")
        try:
            moment = parsedate_to_datetime(date).timestamp()
        except (TypeError, ValueError):
            raise MnsError("InvalidDateHeader") from None
        if abs(moment - self._clock()) > CLOCK_DIFFERENCE:
            raise MnsError("TimeExpired")
