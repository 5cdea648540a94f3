"""The whole document of the public API, in OpenAPI 3.0.

3.0 and not 3.1: both of Alibaba Cloud's gateways import 2.0 and 3.0 only. [V help.aliyun.com
464120, the traditional API Gateway: "OAS 2.0 / OAS 3.0"; help.aliyun.com 2927038, ImportHttpApi of
the cloud-native one: "OpenAPI 2.0 / 3.0.x"]
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from scripts.api_document.operations import PATHS, operations
from scripts.api_document.refusals import method_not_allowed
from scripts.api_document.schemas import problem_schema, request_schema, response_schema
from scripts.api_document.texts import both
from shared import models
from shared.problems import PROBLEMS

ROOT = Path(__file__).resolve().parents[2]
OPENAPI = "3.0.3"

_ABOUT = (
    "发送与校验手机验证码。请求与答复均为 UTF-8 的 JSON；未定义的字段会被拒绝。拒绝以 "
    "application/problem+json（RFC 9457）回答，按 Accept-Language 使用中文或英文。前置的网关或函数"
    "计算自身也可能拒绝请求，其格式由它们决定。",
    "Sends and verifies phone verification codes. JSON in and out, UTF-8; unknown fields are "
    "refused. Refusals are application/problem+json (RFC 9457), in Chinese or English by "
    "Accept-Language. A gateway in front, or Function Compute itself, may refuse too, each in its "
    "own form.",
)


def public_document() -> dict[str, Any]:
    """Return the document that clients and schemathesis read."""
    found = operations()
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "fc-sms-verify",
            "version": _version(),
            "description": f"{both(_ABOUT)}\n\n{_code_table()}",
            "license": {"name": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "https://{host}",
                "description": both(("部署后的地址。", "Where it is deployed.")),
                "variables": {"host": {"default": "sms.example.com"}},
            },
            {"url": "http://127.0.0.1:9000", "description": "scripts/serve"},
        ],
        "tags": [
            {"name": "verification", "description": both(("验证码。", "Verification codes."))},
            {"name": "aliyun", "description": both(("由阿里云调用。", "Called by Aliyun."))},
        ],
        "paths": {path: {method: found[name]} for name, (method, path) in PATHS.items()},
        "components": {
            "schemas": schemas(),
            "responses": {"MethodNotAllowed": method_not_allowed()},
            "securitySchemes": _SECURITY,
        },
    }


def schemas() -> dict[str, Any]:
    """Return the schema of every body, by name."""
    requests = (models.SendCodeRequest, models.VerifyCodeRequest)
    responses = (models.SendCodeResponse, models.VerifyCodeResponse, models.MessageResponse)
    return {
        **{model.__name__: request_schema(model) for model in requests},
        **{model.__name__: response_schema(model) for model in responses},
        "Problem": problem_schema(),
    }


_KEY = both(
    (
        "API 密钥；仅在 ACCESS=api_key 时需要，两种写法任选其一。",
        "An API key, where ACCESS=api_key; either way of writing it will do.",
    )
)
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": _KEY},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": _KEY},
}


def _code_table() -> str:
    lines = ["| code | status | 中文 | English |", "|---|---|---|---|"]
    for code, problem in PROBLEMS.items():
        lines.append(f"| `{code}` | {problem.status} | {problem.title[0]} | {problem.title[1]} |")
    return "\n".join(lines)


def _version() -> str:
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    if found is None:
        raise LookupError("pyproject.toml names no version")
    return found[1]
