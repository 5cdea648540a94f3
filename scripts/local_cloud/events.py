"""Turn HTTP requests into Function Compute's events, as its gateways do."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

from scripts.local_cloud.openapi.sts import ACCOUNT_ID

_TEXT_TYPES = (
    "application/json",
    "application/ld+json",
    "application/xhtml+xml",
    "application/xml",
    "application/atom+xml",
    "application/javascript",
)
"""Content types whose bodies the HTTP trigger passes on as text; all others are Base64."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One HTTP request as it came in; header names as the client wrote them."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Sequence[tuple[str, str]]
    body: bytes
    peer: str
    host: str

    @property
    def content_type(self) -> str:
        """Return the media type without its parameters."""
        for name, value in self.headers:
            if name.lower() == "content-type":
                return value.split(";")[0].strip().lower()
        return ""


def http_trigger_event(request: Incoming, request_id: str) -> bytes:
    """Return the HTTP trigger's event, version v1 (FC documentation: HTTP trigger)."""
    as_text = request.content_type.startswith("text/") or request.content_type in _TEXT_TYPES
    now = time.time()
    event = {
        "version": "v1",
        "rawPath": request.path,
        "body": _text(request.body) if as_text else _base64(request.body),
        "isBase64Encoded": not as_text,
        "headers": _joined(request.headers, canonical=True),
        "queryParameters": dict(request.query),
        "requestContext": {
            "accountId": "local",
            "domainName": request.host,
            "domainPrefix": request.host.split(".")[0],
            "requestId": request_id,
            "time": datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "timeEpoch": str(int(now * 1000)),
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.peer,
                "userAgent": _joined(request.headers, canonical=True).get("User-Agent", ""),
            },
        },
    }
    return json.dumps(event, ensure_ascii=False).encode()


def api_gateway_event(request: Incoming, _request_id: str) -> bytes:
    """Return API Gateway's event (FC documentation: API Gateway as a trigger); it has no peer."""
    as_text = request.content_type == "application/x-www-form-urlencoded"
    event = {
        "path": request.path,
        "httpMethod": request.method,
        "headers": _joined(request.headers, canonical=False),
        "queryParameters": dict(request.query),
        "pathParameters": {},
        "body": _text(request.body) if as_text else _base64(request.body),
        "isBase64Encoded": not as_text,
    }
    return json.dumps(event, ensure_ascii=False).encode()


def timer_event(trigger: str, payload: str = "") -> bytes:
    """Return a timer's event (FC documentation: timer trigger)."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {"triggerTime": now, "triggerName": trigger, "payload": payload}
    return json.dumps(event, ensure_ascii=False).encode()


EVENTS = {"http": http_trigger_event, "apigw": api_gateway_event}


def context(function: str, environment: Mapping[str, str]) -> SimpleNamespace:
    """Return what Function Compute passes beside an event (FC documentation: context)."""
    return SimpleNamespace(
        request_id=str(uuid.uuid4()),
        region="cn-hangzhou",
        account_id=ACCOUNT_ID,
        credentials=SimpleNamespace(
            access_key_id=environment.get("ALIBABA_CLOUD_ACCESS_KEY_ID"),
            access_key_secret=environment.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
            security_token=environment.get("ALIBABA_CLOUD_SECURITY_TOKEN"),
        ),
        function=SimpleNamespace(
            name=function, handler=f"{function}.handler", memory=512, timeout=10
        ),
    )


def response_parts(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of what a handler returned."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    return int(answer["statusCode"]), dict(answer.get("headers") or {}), raw


def _joined(headers: Sequence[tuple[str, str]], *, canonical: bool) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        key = "-".join(part.capitalize() for part in name.split("-")) if canonical else name
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _base64(body: bytes) -> str:
    return base64.b64encode(body).decode()
