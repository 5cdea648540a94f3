"""Events that look like Function Compute's, with parts that are missing, wrong or huge."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.odd_json import ANYTHING, TEXTS, VALUES, written
from tests.service import RECEIPT_SECRET

PHONE, CODE, TOKEN, KEY = "13912345678", "90417253", "canary-captcha-token", "canary-api-key"
SECRETS = (PHONE, CODE, TOKEN, KEY, RECEIPT_SECRET)
"""What no answer to a refused request, and no line of a log, may hold."""

ID = "a" * 22
FIELDS: dict[str, dict[str, Any]] = {
    "send_code": {"phone": PHONE, "scene": "sign_in", "captcha": TOKEN, "device_id": "d"},
    "verify_code": {"phone": PHONE, "scene": "sign_in", "verification_id": ID, "code": CODE},
    "messages": {},
    "receipts": {
        "phone_number": PHONE,
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": f"code {CODE} for {PHONE}",
        "report_time": "2026-11-21 17:00:00",
        "sms_size": "1",
        "biz_id": "932702304080415357^0",
        "out_id": ID,
    },
}
PATHS = {
    "send_code": "/send-code",
    "verify_code": "/verify-code",
    "messages": f"/messages/{ID}",
    "receipts": f"/receipts/sms-report/{RECEIPT_SECRET}",
}
METHODS = {"messages": "GET"}
HEADERS = {
    "Authorization": f"Bearer {KEY}",
    "Accept-Language": "en, zh;q=0.5",
    "Content-Type": "application/json",
    "Idempotency-Key": "0123456789abcdef",
    "Origin": "https://example.com",
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Real-Ip": "2001:db8::1",
}
HEADER_NAMES = st.sampled_from([*HEADERS, "X-Api-Key", "x-api-key", "ORIGIN", "Cookie", ""]) | TEXTS
HEADER_VALUES = st.one_of(
    TEXTS,
    st.lists(TEXTS, max_size=3),
    VALUES,
    st.sampled_from(
        [
            "fe80::1%\ud800",
            "::ffff:1.2.3.4",
            "[::1]:80",
            "1.2.3.4.5",
            "zh;q=nan, en;q=inf",
            "0x7f.1",
        ]
    ),
)
HEADER_SETS = st.one_of(
    st.just(HEADERS),
    TEXTS.map(lambda odd: {**HEADERS, "Origin": odd}),
    st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=5).map(lambda odd: {**HEADERS, **odd}),
    st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=5),
    ANYTHING,
)
METHOD_NAMES = st.sampled_from(["POST", "GET", "OPTIONS", "post", "HEAD", "PUT", ""]) | ANYTHING


@st.composite
def bodies(draw: st.DrawFn, door: str) -> str:
    """Draw a body: a sound one with some fields changed, anything as JSON, or any text."""
    kind = draw(st.sampled_from(["changed", "changed", "entries", "json", "text"]))
    if kind == "text":
        return str(draw(TEXTS))
    if kind == "json":
        return written(draw(ANYTHING))
    fields = dict(FIELDS[door])
    for name in draw(st.lists(st.sampled_from([*fields, "client_ip", "replaces", ""]), max_size=3)):
        if draw(st.booleans()):
            fields.pop(name, None)
        else:
            fields[name] = draw(ANYTHING)
    if kind == "entries":
        return written([fields, draw(ANYTHING), fields])
    return written(fields)


def in_base64(body: str) -> str:
    """Encode a body as a gateway does."""
    return base64.b64encode(body.encode("utf-8", "surrogatepass")).decode()


@st.composite
def events(draw: st.DrawFn, door: str) -> bytes:
    """Draw an HTTP event of either form, with at most three of its parts wrong."""
    body, encoded = draw(bodies(door)), draw(st.booleans())
    method = METHODS.get(door, "POST")
    common = {
        "body": in_base64(body) if encoded else body,
        "isBase64Encoded": encoded,
        "headers": draw(HEADER_SETS),
        "queryParameters": draw(st.just({}) | VALUES),
    }
    http = {
        "method": method,
        "path": PATHS[door],
        "protocol": "HTTP/1.1",
        "sourceIp": "203.0.113.7",
    }
    about = {"requestId": "from-event", "accountId": "1", "http": http}
    form = draw(st.sampled_from(["v1", "apigw"]))
    if form == "v1":
        event = {"version": "v1", "rawPath": PATHS[door], "requestContext": about, **common}
    else:
        event = {"path": PATHS[door], "httpMethod": method, "pathParameters": {}, **common}
    for _ in range(draw(st.integers(0, 3))):
        part: dict[str, Any] = draw(
            st.sampled_from([event, http, about] if form == "v1" else [event])
        )
        name = draw(st.sampled_from(sorted(part)))
        if draw(st.booleans()):
            part.pop(name, None)
        else:
            part[name] = draw(METHOD_NAMES if "ethod" in name else ANYTHING)
        if not part:
            break
    raw = written(event).encode("utf-8", "surrogatepass")
    return draw(st.just(raw) | _damaged(raw))


@st.composite
def _damaged(draw: st.DrawFn, raw: bytes) -> bytes:
    start = draw(st.integers(0, len(raw)))
    return raw[:start] + draw(st.binary(max_size=3)) + raw[start + draw(st.integers(0, 3)) :]


RAW_EVENTS = st.one_of(
    st.binary(max_size=200),
    ANYTHING.map(written).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
"""What is no event at all."""

RELAYED = st.one_of(
    VALUES.map(lambda inner: {"specversion": "1.0", "data": inner}),
    ANYTHING.map(lambda inner: {"messageId": "m", "messageBody": written(inner)}),
    ANYTHING.map(lambda inner: {"TopicOwner": "1", "Message": in_base64(written(inner))}),
    ANYTHING.map(lambda inner: {"body": written(inner), "attrs": {}}),
    ANYTHING,
    st.just({"triggerName": "t", "triggerTime": "2026-11-21T00:00:00Z", "payload": ""}),
)
RELAYED_EVENTS = (RELAYED | st.lists(RELAYED, max_size=3)).map(
    lambda event: written(event).encode("utf-8", "surrogatepass")
)
"""What MNS topics, EventBridge and timers bring, or nearly."""

TIMER_EVENTS = st.builds(
    lambda name, payload, time: written(
        {"triggerName": name, "payload": payload, "triggerTime": time}
    ).encode("utf-8", "surrogatepass"),
    ANYTHING,
    VALUES,
    VALUES,
)

CREDENTIALS = SimpleNamespace(
    access_key_id="local", access_key_secret="local-secret", security_token=None
)
CONTEXTS = st.one_of(
    st.none(),
    st.just(SimpleNamespace()),
    st.just(SimpleNamespace(request_id="from-context", credentials=CREDENTIALS)),
    st.builds(lambda odd: SimpleNamespace(request_id=odd, credentials=None), VALUES),
    st.just(SimpleNamespace(request_id="\ud800", credentials=SimpleNamespace())),
)
"""What Function Compute passes beside the event, and what it might."""
