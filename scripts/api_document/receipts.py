"""The operation that Aliyun calls: its reports, pushed."""

from __future__ import annotations

from typing import Any

from scripts.api_document.parts import JSON, words
from scripts.api_document.refusals import NO_STORE, refusal_responses
from scripts.api_document.texts import both
from shared.receipt_wiring import KINDS, MOST_BYTES, MOST_ENTRIES, RECEIVED

_REPORT = {
    "phone_number": "13800138000",
    "send_time": "2026-11-21 16:59:58",
    "report_time": "2026-11-21 17:00:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "932702304080415357^0",
    "out_id": "vB3kQ9fXw0sUa1LrT7yZpA",
}


def receipts() -> dict[str, Any]:
    """Return the operation that Aliyun calls."""
    return {
        **words(
            "receipts",
            ("接收阿里云回执（供阿里云调用）", "Take reports from Aliyun (Aliyun calls this)"),
            (
                "在阿里云短信控制台填写此地址，由阿里云推送送达回执、上行短信与审核结果；应用不调用它。"
                "路径中的密钥取自 RECEIPT_SECRETS。",
                "Give this address in Aliyun's SMS console. Aliyun pushes delivery reports, "
                "replies and review results to it; applications never call it. The secret in the "
                "path is one of RECEIPT_SECRETS.",
            ),
        ),
        "tags": ["aliyun"],
        "security": [],
        "parameters": [
            {
                "name": "kind",
                "in": "path",
                "required": True,
                "description": both(("回执类型。", "What is reported.")),
                "schema": {"type": "string", "enum": list(KINDS)},
            },
            {
                "name": "secret",
                "in": "path",
                "required": True,
                "description": both(("配置的密钥。", "The secret that is set.")),
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.~-]{16,128}$"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _pushed(), "example": [_REPORT]}},
        },
        "responses": {
            "200": _received(),
            **refusal_responses("receipts", limit=MOST_BYTES),
        },
    }


def _pushed() -> dict[str, Any]:
    return {
        "description": both(
            (
                "阿里云的 JSON 数组，字段见其文档；无法识别的条目会另存，不会丢失。",
                "Aliyun's JSON array, fields as in its documents; an entry that cannot be read is "
                "set aside and not lost.",
            )
        ),
        "anyOf": [
            {"type": "array", "maxItems": MOST_ENTRIES, "items": {}},
            {"type": "object"},
        ],
    }


def _received() -> dict[str, Any]:
    properties = {
        "code": {"type": "integer", "enum": [RECEIVED["code"]]},
        "msg": {"type": "string", "enum": [RECEIVED["msg"]]},
    }
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "description": both(("全部已保存。", "Everything in it is stored.")),
        "headers": dict(NO_STORE),
        "content": {JSON: {"schema": schema, "example": dict(RECEIVED)}},
    }
