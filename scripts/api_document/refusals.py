"""The refusals of each operation, with status, schema, headers and examples in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scripts.api_document.texts import both
from shared.errors import InvalidRequest, Refused
from shared.fc import BODY_LIMIT
from shared.problems import CHINESE, ENGLISH, PROBLEMS, describe

PROBLEM_JSON = "application/problem+json"
REQUEST_ID = "1-674eae6c-15b2172f-7db950e70148"
LANGUAGES = {"zh": CHINESE, "en": ENGLISH}

_STORE = ("storage_unavailable", "internal")
_BODY = ("invalid_request", "payload_too_large")
_NUMBER = ("invalid_phone", "unsupported_region", "unknown_scene")

OF_OPERATION: Mapping[str, Sequence[str]] = {
    "send_code": (
        *_BODY,
        *_NUMBER,
        "captcha_required",
        "unauthorized",
        "captcha_failed",
        "phone_blocked",
        "rate_limited",
        "daily_cap_reached",
        "provider_rejected",
        "provider_unavailable",
        *_STORE,
    ),
    "verify_code": (
        *_BODY,
        *_NUMBER,
        "code_rejected",
        "rate_limited",
        "provider_unavailable",
        *_STORE,
    ),
    "messages": ("unauthorized", "not_found", *_STORE),
    "receipts": (*_BODY, "not_found", *_STORE),
}
"""What each door may answer beside 200. `method_not_allowed` belongs to none: it is what a door
answers to a method that the document does not have."""

WAITING = {"rate_limited": 42.0, "daily_cap_reached": 3600.0, "storage_unavailable": 1.0}
"""Seconds, in examples."""

NO_STORE: Mapping[str, Any] = {
    "Cache-Control": {
        "description": both(("任何答复都不得缓存。", "No answer may be cached.")),
        "required": True,
        "schema": {"type": "string", "enum": ["no-store"]},
    }
}
_RETRY_AFTER = {
    "description": both(
        (
            "多少秒后可以重试；仅在等待有用时出现。",
            "Seconds to wait; there where waiting helps.",
        )
    ),
    "schema": {"type": "integer", "minimum": 1},
}
_ALLOW = {
    "description": both(("该地址接受的方法。", "The methods that this address takes.")),
    "required": True,
    "schema": {"type": "string"},
}


def refusal_responses(operation: str, *, limit: int = BODY_LIMIT) -> dict[str, Any]:
    """Return the refusals of an operation by status; `limit` is the most bytes of its body."""
    codes = OF_OPERATION[operation]
    statuses = sorted({PROBLEMS[code].status for code in codes})
    return {
        str(status): _response(
            status, [code for code in codes if PROBLEMS[code].status == status], limit
        )
        for status in statuses
    }


def method_not_allowed() -> dict[str, Any]:
    """Return what every door answers to a method that is not its own."""
    return _response(405, ["method_not_allowed"], BODY_LIMIT)


def example(code: str, language: int, *, limit: int = BODY_LIMIT) -> dict[str, Any]:
    """Return a refusal as a door writes it."""
    facts = {"limit": str(limit), "allow": "POST"}
    refusal = Refused(code, retry_after=WAITING.get(code), facts=facts)
    if code == "invalid_request":
        refusal = InvalidRequest("missing", field="phone")
    return describe(refusal, lang=language, request_id=REQUEST_ID)[1]


def _response(status: int, codes: Sequence[str], limit: int) -> dict[str, Any]:
    lines = [f"- `{code}` {' / '.join(PROBLEMS[code].title)}" for code in codes]
    waits = {"Retry-After": _RETRY_AFTER} if any(code in WAITING for code in codes) else {}
    allow = {"Allow": _ALLOW} if status == 405 else {}
    narrowed = {
        "type": "object",
        "properties": {"status": {"enum": [status]}, "code": {"enum": list(codes)}},
    }
    return {
        "description": "\n".join(lines),
        "headers": {**NO_STORE, **waits, **allow},
        "content": {
            PROBLEM_JSON: {
                "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]},
                "examples": {
                    f"{code}.{name}": {
                        "summary": PROBLEMS[code].title[language],
                        "value": example(code, language, limit=limit),
                    }
                    for code in codes
                    for name, language in LANGUAGES.items()
                },
            }
        },
    }
