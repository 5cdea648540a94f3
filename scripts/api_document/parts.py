"""What operations are put together from: words, bodies and parameters."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from scripts.api_document.refusals import NO_STORE
from scripts.api_document.texts import both
from shared.errors import Bilingual
from shared.fc import IDEMPOTENCY_KEY_LENGTHS

JSON = "application/json"
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": both(
        ("文字所用语言，默认中文。", "The language of texts: Chinese unless English is preferred.")
    ),
    "schema": {"type": "string"},
    "example": "zh-CN",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": both(
        (
            "同一键与同一请求体在验证码有效期内重复提交时，返回首次的答复，不再发送；请求体不同则拒绝。",
            "The same key with the same body, within the code's life, repeats the first answer and "
            "sends nothing; with another body it is refused.",
        )
    ),
    "schema": {
        "type": "string",
        "minLength": IDEMPOTENCY_KEY_LENGTHS.start,
        "maxLength": IDEMPOTENCY_KEY_LENGTHS.stop - 1,
        "pattern": "^[!-~]+$",
    },
    "example": "order-20261121-000042",
}
VERIFICATION_ID = {
    "name": "verification_id",
    "in": "path",
    "required": True,
    "description": both(
        ("send-code 返回的验证编号。", "The verification id that send-code answered.")
    ),
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
}


def words(operation: str, title: Bilingual, description: Bilingual) -> dict[str, Any]:
    """Return what an operation is called and what it is for."""
    return {
        "operationId": operation,
        "summary": " / ".join(title),
        "description": both(description),
        "tags": ["verification"],
    }


def body(model: type[BaseModel]) -> dict[str, Any]:
    """Return a request body of a model."""
    return {"required": True, "content": {JSON: {"schema": _schema(model)}}}


def answer(model: type[BaseModel]) -> dict[str, Any]:
    """Return the acceptance that holds a model."""
    return {
        "description": "OK",
        "headers": dict(NO_STORE),
        "content": {JSON: {"schema": _schema(model)}},
    }


def _schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
