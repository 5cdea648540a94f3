"""The local cloud's ports: whatever bytes arrive, they answer below 500 or hang up, and go on."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.effort import effort
from tests.service import Cloud

pytestmark = pytest.mark.once


SECONDS, MOMENT = 30.0, 0.05
"""After which a port that owes an answer hangs; and how long one is listened to that may not."""

OPERATIONS = [
    "/GetRow",
    "/BatchWriteRow",
    "/?Action=SendSms&PhoneNumbers=1&SignName=%00",
    "/?Action=QuerySendDetails&PageSize=9e9",
    "/?Action=CheckSmsVerifyCode",
    "/?Action=QueryTokenForMnsQueue",
    "/?Action=AssumeRole&DurationSeconds=-1",
    "/?Action=VerifyIntelligentCaptcha",
    "/turnstile/v0/siteverify",
    "/queues/Alicom-Queue-1-SmsReport/messages?numOfMessages=x&waitseconds=99999999",
    "/_local/faults",
    "/%2e%2e/%ff",
    "//",
    "*",
]
LINES = st.binary(max_size=30).map(lambda raw: raw.translate(None, b"\r\n"))
REQUEST_LINES = st.one_of(
    LINES,
    st.builds(
        lambda method, path, version: f"{method} {path} {version}".encode(),
        st.sampled_from(["POST", "GET", "PUT", "DELETE", "OPTIONS", "post", "", "CONNECT"]),
        st.sampled_from(OPERATIONS),
        st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9", ""]),
    ),
)
HEADER_LINES = st.lists(
    LINES
    | st.sampled_from(
        [
            b"Host: local",
            b"Content-Length: 5",
            b"Content-Length: -1",
            b"Content-Length: 99999999999999999999",
            b"Transfer-Encoding: chunked",
            b"Content-Encoding: gzip",
            b"Content-Encoding: br",
            b"Content-Type: application/json; charset=odd",
            b"Content-Type: application/x-www-form-urlencoded",
            b"Content-Type: text/xml",
            b"Content-Type: multipart/form-data",
            b"Authorization: MNS local:x",
            b"x-acs-action: SendSms",
            b"x-acs-date: never",
            b"x-mns-version: 2015-06-06",
            b"Date: \xff",
            b"Upgrade: h2c",
            b"Expect: 100-continue",
            b"X-Long: " + b"x" * 20_000,
        ]
    ),
    max_size=6,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"5\r\nhello\r\n0\r\n\r\n",
            b"FFFFFFFFFFFFFFFFFF\r\n",
            b"{" * 2_000,
            b"<" * 2_000,
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            b"\x1f\x8b\x08\0garbage",
            b"secret=%ff&response=" + b"%" * 50,
        ]
    ),
)


def answer(address: str, request: bytes, *, seconds: float) -> bytes:
    """Send bytes, and return what comes back in that time, or until the port hangs up."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=SECONDS) as wire:
        wire.settimeout(seconds)
        found = b""
        with suppress(ConnectionError, TimeoutError):
            wire.sendall(request)
            while part := wire.recv(65_536):
                found += part
    return found


@pytest.mark.parametrize("port", ["tablestore", "openapi", "mns", "dypns"])
@given(line=REQUEST_LINES, headers=HEADER_LINES, body=BODIES)
@effort(0.6)
def test_any_bytes_are_answered_or_hung_up_on(
    running_cloud: Cloud, port: str, line: bytes, headers: list[bytes], body: bytes
) -> None:
    address = getattr(running_cloud, port)
    found = answer(
        address, b"\r\n".join([line, *headers, b"Connection: close", b"", body]), seconds=MOMENT
    )
    for status in re.findall(rb"^HTTP/1\.[01] (\d{3})", found[:12]):
        assert 100 <= int(status) < 500, found
    sound = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert answer(address, sound, seconds=SECONDS).startswith(b"HTTP/1.1 4")
