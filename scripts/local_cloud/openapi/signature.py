"""Check the ACS3-HMAC-SHA256 signatures of Alibaba Cloud's OpenAPI requests."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from scripts.local_cloud.openapi.errors import ApiError

ALGORITHM = "ACS3-HMAC-SHA256"
CLOCK_DIFFERENCE = 15 * 60
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<id>[^,]+),SignedHeaders=(?P<names>[^,]+),"
    r"Signature=(?P<mac>[0-9a-f]+)"
)


class Signatures:
    """The access keys that the stand-in knows, and the nonces that it has seen."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._nonces: dict[str, float] = {}

    def check(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """Raise ApiError unless the request (header names in lower case) is signed rightly."""
        match = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.")
        secret = self._secrets.get(match["id"])
        if secret is None:
            raise ApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
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
        self._check_freshness(headers)

    def _check_freshness(self, headers: Mapping[str, str]) -> None:
        now = time.time()
        try:
            moment = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            raise ApiError(
                400, "InvalidTimeStamp.Format", "Specified time stamp or date value is invalid."
            ) from None
        if abs(moment.timestamp() - now) > CLOCK_DIFFERENCE:
            raise ApiError(
                400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."
            )
        nonce = headers.get("x-acs-signature-nonce", "")
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
