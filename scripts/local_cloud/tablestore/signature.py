"""Check the signatures of requests and sign the answers, as Tablestore does (V2 and V4)."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import parse_qsl, urlencode

from scripts.local_cloud.keys import AccessKeys, Ended, NotKnown, OtherToken
from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid

PREFIX = "x-ots-"
V2, V4 = "x-ots-signature", "x-ots-signaturev4"
_REQUIRED = (
    "x-ots-date",
    "x-ots-apiversion",
    "x-ots-accesskeyid",
    "x-ots-instancename",
    "x-ots-contentmd5",
)


def content_md5(body: bytes) -> str:
    """Return the Base64 of a body's MD5, as x-ots-contentmd5 carries it."""
    return b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def _mac(key: str | bytes, text: str, digest: str) -> bytes:
    raw = _bytes(key) if isinstance(key, str) else key
    return hmac.new(raw, _bytes(text), digest).digest()


def _bytes(text: str) -> bytes:
    """Return header text as the bytes that came over the wire, whatever they are."""
    return text.encode(errors="surrogateescape")


def _header_lines(headers: Mapping[str, str]) -> str:
    signed = {name.lower(): value.strip() for name, value in headers.items()}
    return "\n".join(
        sorted(
            f"{name}:{value}"
            for name, value in signed.items()
            if name.startswith(PREFIX) and name not in (V2, V4)
        )
    )


def _v4_key(secret: str, headers: Mapping[str, str]) -> str:
    key: str | bytes = "aliyun_v4" + secret
    for part in (
        headers["x-ots-signdate"],
        headers["x-ots-signregion"],
        "ots",
        "aliyun_v4_request",
    ):
        key = _mac(key, part, "sha256")
    return b64encode(key).decode()  # type: ignore[arg-type]  # bytes after the first turn


class Keys:
    """Checks by the access keys and the instance that the stand-in knows."""

    def __init__(self, known: AccessKeys, instance: str) -> None:
        self._known = known
        self._instance = instance

    def check(self, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str:
        """Check a request's headers (names in lower case); return the key for its answer."""
        for name in _REQUIRED:
            if name not in headers:
                raise invalid(f"Missing header: '{name}'.")
        if V2 not in headers and V4 not in headers:
            raise invalid(f"Missing header: '{V2}'.")
        for name in ("x-ots-signdate", "x-ots-signregion") if V4 in headers else ():
            if name not in headers:
                raise invalid(f"Missing header: '{name}'.")
        _check_date(headers["x-ots-date"])
        if headers["x-ots-contentmd5"] != content_md5(body):
            raise OTSError(
                "OTSAuthFailed",
                "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.",
            )
        secret = self._secret(headers["x-ots-accesskeyid"], headers.get("x-ots-ststoken"))
        if headers["x-ots-instancename"] != self._instance:
            raise OTSError("OTSAuthFailed", "The instance is not found.")
        ordered = urlencode(sorted(parse_qsl(query)))
        text = f"{path}\nPOST\n{ordered}\n{_header_lines(headers)}\n"
        key = _v4_key(secret, headers) if V4 in headers else secret
        expected = _mac(key, text + "ots", "sha256") if V4 in headers else _mac(key, text, "sha1")
        given = headers[V4] if V4 in headers else headers[V2]
        if not hmac.compare_digest(b64encode(expected), _bytes(given)):
            raise OTSError("OTSAuthFailed", "Signature mismatch.")
        self._known.note(headers["x-ots-accesskeyid"], "tablestore")
        return key

    def _secret(self, key_id: str, token: str | None) -> str:
        """Return a key's secret; [U]: what keys are answered that ended, or another's token."""
        try:
            return self._known.secret(key_id, token)
        except NotKnown:
            raise OTSError("OTSAuthFailed", "The AccessKeyID does not exist.") from None
        except OtherToken:
            raise OTSError("OTSAuthFailed", "The STS token is not the AccessKeyID's.") from None
        except Ended:
            raise OTSError("OTSAuthFailed", "The STS token has expired.") from None


def _check_date(given: str) -> None:
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            moment = datetime.strptime(given, form).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        if abs(moment.timestamp() - time.time()) > limits.CLOCK_DIFFERENCE:
            raise OTSError(
                "OTSAuthFailed", f"Mismatch between system time and x-ots-date: {given}."
            )
        return
    raise invalid(f"Invalid date format: {given}.")


def authorization(path: str, headers: Mapping[str, str], access_key_id: str, key: str) -> str:
    """Return the Authorization header of an answer with these headers."""
    text = f"{_header_lines(headers)}\n{path}"
    return f"OTS {access_key_id}:{b64encode(_mac(key, text, 'sha1')).decode()}"
