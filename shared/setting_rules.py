"""The rules of settings that doors without pydantic read too; one place, so that both agree."""

from __future__ import annotations

import json
import re
from typing import Any

SECRET_LENGTH = 16
ENDPOINT = r"^https?://[^/\s]+$"
TABLE_PREFIX, TABLE_PREFIX_FORM = "sms_verify_", r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
OPT_OUT_WORDS = ("TD", "T", "退订")
QUEUE_KINDS = ("sms-report", "sms-up", "sign-report", "template-report", "pnvs-report")
DYBASE_ENDPOINT = "https://dybaseapi.aliyuncs.com"
MNS_ENDPOINT = "https://1943695596114318.mns.cn-hangzhou.aliyuncs.com"
"""Where the SMS service keeps its queues, for every account (its own demos)."""

GIFTED_SIGNS = (
    "云渚科技验证平台",
    "云渚科技验证服务",
    "速通互联验证码",
    "速通互联验证平台",
    "速通互联验证服务",
)
"""The sign names that PNVS gives to everybody. It takes some away at times and adds others, which
its console lists; hence a setting."""

GIFTED_TEMPLATES = {
    "*": "100001",
    "change_phone": "100002",
    "reset_password": "100003",
    "bind_phone": "100004",
}
"""PNVS' own templates: sign-in, register and all else; the others by their names. [U]: 100003."""

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_PATH_SECRET = re.compile(r"[A-Za-z0-9_-]+")


def split_list(value: str) -> Any:
    """Read values that are separated by commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def read_mapping(value: str) -> Any:
    """Read `a=1,b=2`, `a:1,b:2`, a JSON object, or one bare value that serves every key (`*`)."""
    if value.lstrip().startswith("{"):
        return {str(key): str(item) for key, item in json.loads(value).items()}
    pairs = [re.split(r"[=:]", part, maxsplit=1) for part in split_list(value)]
    return {(pair[0].strip() if len(pair) == 2 else "*"): pair[-1].strip() for pair in pairs}


def secret_list(value: str) -> Any:
    """Read secrets, newest first; raise ValueError for a short one."""
    secrets = split_list(value)
    if any(len(secret) < SECRET_LENGTH for secret in secrets):
        raise ValueError(f"each secret needs {SECRET_LENGTH} characters or more")
    return secrets


def path_secrets(value: str) -> Any:
    """Read secrets that stand in a URL's path, which every client and gateway leaves alone."""
    secrets = secret_list(value)
    if not all(_PATH_SECRET.fullmatch(secret) for secret in secrets):
        raise ValueError("a secret in a URL is made of letters, digits, - and _")
    return secrets
