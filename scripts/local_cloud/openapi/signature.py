"""Check the signatures of OpenAPI requests: ACS3-HMAC-SHA256, and the older one in the query.

Only the credentials package still signs in the older way (RPC style, HMAC-SHA1, version 1.0).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from scripts.local_cloud.keys import AccessKeys, Ended, NotKnown, OtherToken
from scripts.local_cloud.openapi.errors import ApiError

ALGORITHM = "ACS3-HMAC-SHA256"
CLOCK_DIFFERENCE = 15 * 60
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<id>[^,]+),SignedHeaders=(?P<names>[^,]+),"
    r"Signature=(?P<mac>[0-9a-f]+)"
)


class Signatures:
    """Checks by the keys that are known, and by the nonces that were seen."""

    def __init__(self, keys: AccessKeys) -> None:
        self._keys = keys
        self._nonces: dict[str, float] = {}

    def check(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> str:
        """Return whose key signed the request (header names in lower case); raise ApiError."""
        match = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")
        secret = self._secret(match["id"], headers.get("x-acs-security-token"))
        payload = hashlib.sha256(body).hexdigest()
        if headers.get("x-acs-content-sha256") != payload:
            raise _mismatch()
        names = match["names"].split(";")
        if not {"host", "x-acs-date", "x-acs-action", "x-acs-version"} <= set(names):
            raise _mismatch()
        ordered = "&".join(
            f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query)
        )
        lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
        canonical = f"{method}\n{path}\n{ordered}\n{lines}\n{match['names']}\n{payload}"
        text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, match["mac"]):
            raise _mismatch()
        self._check_freshness(headers["x-acs-date"], headers.get("x-acs-signature-nonce", ""))
        return match["id"]

    def check_query(self, method: str, query: Mapping[str, str]) -> str:
        """Return whose key signed a request in the older way; raise ApiError."""
        key_id = query.get("AccessKeyId")
        if not key_id:
            raise ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")
        secret = self._secret(key_id, query.get("SecurityToken"))
        if (query.get("SignatureMethod"), query.get("SignatureVersion")) != ("HMAC-SHA1", "1.0"):
            raise _mismatch()
        ordered = "&".join(
            f"{quote(name, safe='~')}={quote(query[name], safe='~')}"
            for name in sorted(query)
            if name != "Signature"
        )
        text = f"{method}&%2F&{quote(ordered, safe='~')}"
        expected = b64encode(hmac.new(f"{secret}&".encode(), text.encode(), "sha1").digest())
        if not hmac.compare_digest(expected, query.get("Signature", "").encode()):
            raise _mismatch()
        self._check_freshness(query.get("Timestamp", ""), query.get("SignatureNonce", ""))
        return key_id

    def _secret(self, key_id: str, token: str | None) -> str:
        try:
            return self._keys.secret(key_id, token)
        except NotKnown:
            code, text = "InvalidAccessKeyId.NotFound", "Specified access key is not found."
            raise ApiError(404, code, text) from None
        except OtherToken:
            code = "InvalidSecurityToken.MismatchWithAccessKey"
            text = "Specified SecurityToken mismatch with the AccessKey."
            raise ApiError(400, code, text) from None
        except Ended:
            code, text = "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."
            raise ApiError(400, code, text) from None

    def _check_freshness(self, date: str, nonce: str) -> None:
        now = time.time()
        try:
            moment = datetime.strptime(date, "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            raise ApiError(
                400, "InvalidTimeStamp.Format", "Specified time stamp or date value is invalid."
            ) from None
        if abs(moment.timestamp() - now) > CLOCK_DIFFERENCE:
            raise ApiError(
                400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."
            )
        self._nonces = {
            seen: at for seen, at in self._nonces.items() if at > now - CLOCK_DIFFERENCE
        }
        if nonce in self._nonces:
            raise ApiError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._nonces[nonce] = now


def _mismatch() -> ApiError:
    return ApiError(
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation.",
    )
