"""Function Compute's edge: event bytes in, HTTP dictionary out, every error an answer.

Event forms: HTTP trigger v1 (FC documentation, "HTTP trigger invocation") and API Gateway (FC
documentation, "trigger functions by API Gateway").
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from shared import logs
from shared.domain.deadline import Deadline
from shared.errors import InvalidRequest, Refused, StoreError
from shared.long_integers import short_int
from shared.problems import describe, language

if TYPE_CHECKING:
    from pydantic import BaseModel

BODY_LIMIT = 16_384
"""Bytes; the largest honest body is a captcha result of a few thousand."""

NO_JSON = "?"

FORWARDED = "x-forwarded-for"
"""Read by order. Where an event has it in two spellings, nobody knows which a proxy wrote, and it
counts as left out."""

IDEMPOTENCY_KEY_LENGTHS = range(16, 129)

_VISIBLE = re.compile(r"[!-~]{1,300}")
"""What may be repeated in an answer: a request's id, an origin."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request, whichever event form brought it. Header names are in lower case.

    `path` may hold a secret (receipts), so it is never logged; headers hold keys, the body numbers
    and codes. None of them is shown, because representations end up in traces.
    """

    method: str
    path: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    raw_body: str = field(repr=False)
    is_base64: bool
    peer: str | None
    request_id: str
    context: object
    deadline: Deadline
    facts: logs.Facts

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raise Refused for anything else."""
        found = self._json(BODY_LIMIT)
        if not isinstance(found, dict):
            raise InvalidRequest("not_an_object")
        return found

    def json_entries(self, *, most_bytes: int, most: int) -> list[Any]:
        """Return the entries of a body that is a JSON array; an object is an array of one.

        Raises Refused for anything else, and for more bytes or entries than that.
        """
        found = self._json(most_bytes)
        entries = [found] if isinstance(found, dict) else found
        if not isinstance(entries, list):
            raise InvalidRequest("not_an_array")
        if len(entries) > most:
            raise _too_large(most_bytes)
        return entries

    def _json(self, limit: int) -> Any:
        if len(self.raw_body) > limit * 2:
            raise _too_large(limit)
        body = self.raw_body.encode("utf-8", "surrogatepass")
        if self.is_base64:
            try:
                body = base64.b64decode(body, validate=True)
            except (binascii.Error, ValueError):
                raise InvalidRequest("bad_base64") from None
        if len(body) > limit:
            raise _too_large(limit)
        if not body.strip():
            raise InvalidRequest("empty_body")
        try:
            return json.loads(body.decode("utf-8"), parse_int=short_int)
        except UnicodeDecodeError:
            raise InvalidRequest("bad_utf8") from None
        except (ValueError, RecursionError):
            raise InvalidRequest("bad_json") from None

    def last_of(self, collection: str) -> str:
        """Return what the path names in a collection (`/collection/name`), else ""."""
        before, _, name = self.path.rstrip("/").rpartition("/")
        return name if before.rpartition("/")[2] == collection else ""

    @property
    def idempotency_key(self) -> str | None:
        """Return the Idempotency-Key header; raise InvalidRequest where it is no good one."""
        key = self.headers.get("idempotency-key")
        if key is None:
            return None
        visible = all("!" <= char <= "~" for char in key)
        if len(key) not in IDEMPOTENCY_KEY_LENGTHS or not visible:
            raise InvalidRequest("bad_idempotency_key")
        return key

    @property
    def api_key(self) -> str | None:
        """Return the API key of the request: a bearer token, or the header X-Api-Key."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return token.strip()
        return self.headers.get("x-api-key", "").strip() or None


Action: TypeAlias = "Callable[[Call], BaseModel | dict[str, Any]]"
Answer: TypeAlias = dict[str, Any]


def serve(
    event: bytes | str | dict[str, Any],
    context: object,
    *,
    name: str,
    action: Action,
    origins: Callable[[], tuple[str, ...]],
    seconds: float,
    method: str = "POST",
) -> Answer:
    """Answer one request of a method within `seconds`; nothing is ever raised.

    `origins` returns the web origins that may read the answer (CORS).
    """
    started = time.monotonic()
    facts = logs.Facts()
    call = _read(event, context, facts, Deadline(started + seconds, time.monotonic))
    cors = _cors(call, origins, method)
    try:
        if call.method == "OPTIONS":
            return _respond(204, cors, "")
        if call.method != method:
            raise Refused("method_not_allowed", facts={"allow": method})
        body = _body(action(call))
        status, headers = 200, {"Content-Type": "application/json; charset=utf-8"}
    except Refused as refusal:
        status, headers, body = _refuse(refusal, call)
    except StoreError as error:
        facts(store=str(error))
        status, headers, body = _refuse(
            Refused("storage_unavailable", reason=type(error).__name__, retry_after=1), call
        )
    except Exception as error:  # noqa: BLE001 - the edge: every error is an answer
        facts(failure=type(error).__name__, where=logs.where(error))
        status, headers, body = _refuse(Refused("internal", reason="bug"), call)
    logs.write(
        name,
        level="INFO" if status < 500 else "ERROR",
        request_id=call.request_id,
        status=status,
        **{"outcome": "ok", **facts.known},
        milliseconds=round((time.monotonic() - started) * 1000),
    )
    return _respond(status, {**cors, **headers}, body)


def _read(
    event: bytes | str | dict[str, Any], context: object, facts: logs.Facts, deadline: Deadline
) -> Call:
    """Read either event form; what is no HTTP event at all becomes a request without method."""
    try:
        given = event if isinstance(event, dict) else json.loads(event, parse_int=short_int)
    except (TypeError, ValueError, RecursionError):
        given = {}
    given = given if isinstance(given, dict) else {}
    about = _dict(given.get("requestContext"))
    http = _dict(about.get("http"))
    headers: dict[str, str] = {}
    for spelling, value in _dict(given.get("headers")).items():
        if isinstance(value, str | list):
            text = value if isinstance(value, str) else ",".join(filter(_is_text, value))
            name = spelling.lower()
            if name not in headers:
                headers[name] = text
            else:
                headers[name] = "" if name == FORWARDED else f"{headers[name]},{text}"
    ids = (getattr(context, "request_id", None), about.get("requestId"))
    return Call(
        method=_first_text(http.get("method"), given.get("httpMethod")).upper(),
        path=_first_text(http.get("path"), given.get("rawPath"), given.get("path")),
        headers=headers,
        raw_body=_as_text(given.get("body")),
        is_base64=given.get("isBase64Encoded") in (True, "true"),
        peer=_first_text(http.get("sourceIp")) or None,
        request_id=_first_text(*filter(_is_visible, ids)) or str(uuid.uuid4()),
        context=context,
        deadline=deadline,
        facts=facts,
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_visible(value: object) -> bool:
    return isinstance(value, str) and _VISIBLE.fullmatch(value) is not None


def _first_text(*values: object) -> str:
    return next((value for value in values if value and isinstance(value, str)), "")


def _as_text(body: object) -> str:
    """Return a body as text; some that can be read are nested too deep to be written again."""
    try:
        return body if isinstance(body, str) else json.dumps(body) if body else ""
    except RecursionError:
        return NO_JSON


def _cors(call: Call, origins: Callable[[], tuple[str, ...]], method: str) -> dict[str, str]:
    """Return the headers that let a configured web origin read the answer."""
    origin = call.headers.get("origin")
    if origin is None or not _is_visible(origin):
        return {}
    try:
        allowed = origins()
    except Exception:  # noqa: BLE001 - the answer itself tells what is wrong
        return {}
    if origin not in allowed and "*" not in allowed:
        return {}
    headers = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "Vary": "Origin",
    }
    if call.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = f"{method}, OPTIONS"
        headers["Access-Control-Allow-Headers"] = (
            "Content-Type, Authorization, X-Api-Key, Idempotency-Key, Accept-Language"
        )
        headers["Access-Control-Max-Age"] = "600"
    return headers


def _refuse(refusal: Refused, call: Call) -> tuple[int, dict[str, str], str]:
    call.facts(outcome=refusal.code, reason=refusal.reason)
    lang = language(call.headers.get("accept-language", ""))
    status, document = describe(refusal, lang=lang, request_id=call.request_id)
    headers = {"Content-Type": "application/problem+json; charset=utf-8"}
    if "retry_after" in document:
        headers["Retry-After"] = str(document["retry_after"])
    if refusal.code == "method_not_allowed":
        headers["Allow"] = f"{refusal.facts['allow']}, OPTIONS"
    return status, headers, json.dumps(document, ensure_ascii=False)


def _body(answer: BaseModel | dict[str, Any]) -> str:
    """Write an answer; one door does without models."""
    if isinstance(answer, dict):
        return json.dumps(answer, ensure_ascii=False)
    return answer.model_dump_json()


def _respond(status: int, headers: Mapping[str, str], body: str) -> Answer:
    return {
        "statusCode": status,
        "headers": {"Cache-Control": "no-store", **headers},
        "isBase64Encoded": False,
        "body": body,
    }


def _too_large(limit: int) -> Refused:
    return Refused("payload_too_large", facts={"limit": str(limit)})
