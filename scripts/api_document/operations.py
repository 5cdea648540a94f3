"""The four operations: what each takes and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.api_document.parts import (
    IDEMPOTENCY_KEY,
    LANGUAGE,
    VERIFICATION_ID,
    answer,
    body,
    words,
)
from scripts.api_document.receipts import receipts
from scripts.api_document.refusals import refusal_responses
from shared.models import (
    MessageResponse,
    SendCodeRequest,
    SendCodeResponse,
    VerifyCodeRequest,
    VerifyCodeResponse,
)

Operation = dict[str, Any]

PATHS: Mapping[str, tuple[str, str]] = {
    "send_code": ("post", "/send-code"),
    "verify_code": ("post", "/verify-code"),
    "messages": ("get", "/messages/{verification_id}"),
    "receipts": ("post", "/receipts/{kind}/{secret}"),
}
"""Method and path by operation id, which is the function's name in s.yaml."""

_KEYS: list[dict[str, list[str]]] = [{}, {"bearer": []}, {"api_key": []}]
_IDS = {"verification_id": "$response.body#/verification_id"}
_SAME = {"phone": "$request.body#/phone", "scene": "$request.body#/scene"}
_LINKS = {
    "verify": {"operationId": "verify_code", "requestBody": {**_SAME, **_IDS, "code": "123456"}},
    "look": {"operationId": "messages", "parameters": _IDS},
    "send_again": {
        "operationId": "send_code",
        "requestBody": {**_SAME, "replaces": _IDS["verification_id"]},
    },
}


def operations() -> dict[str, Operation]:
    """Return every operation by its id."""
    return {
        "send_code": {
            **words(
                "send_code",
                ("发送验证码", "Send a code"),
                (
                    "向手机号发送一条验证码短信。",
                    "Text a code to a phone number.",
                ),
            ),
            "security": _KEYS,
            "parameters": [LANGUAGE, IDEMPOTENCY_KEY],
            "requestBody": body(SendCodeRequest),
            "responses": {
                "200": {**answer(SendCodeResponse), "links": _LINKS},
                **refusal_responses("send_code"),
            },
        },
        "verify_code": {
            **words(
                "verify_code",
                ("校验验证码", "Verify a code"),
                (
                    "校验用户输入的验证码；每个验证码最多通过一次，猜错次数有限。",
                    "Accept or refuse the code that a user typed. A code is accepted once at most, "
                    "and few wrong guesses are compared.",
                ),
            ),
            "security": _KEYS,
            "parameters": [LANGUAGE],
            "requestBody": body(VerifyCodeRequest),
            "responses": {"200": answer(VerifyCodeResponse), **refusal_responses("verify_code")},
        },
        "messages": {
            **words(
                "messages",
                ("查询短信状态", "Look at a message"),
                (
                    "查询一条短信是否送达、原因，以及下一步该做什么。",
                    "Tell what became of a message, why, and what to do next.",
                ),
            ),
            "security": _KEYS,
            "parameters": [VERIFICATION_ID, LANGUAGE],
            "responses": {"200": answer(MessageResponse), **refusal_responses("messages")},
        },
        "receipts": receipts(),
    }
