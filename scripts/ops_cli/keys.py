"""scripts/ops keys: make API keys. They are shown once; settings keep their digests only."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

import click

from scripts.ops_cli.complaints import Complaint, usage
from shared.domain.access import key_digest
from shared.errors import Misconfigured
from shared.settings import read_settings

KEY_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")


@click.group()
def keys() -> None:
    """Make API keys for the callers of ACCESS=api_key."""


@keys.command()
@click.argument("name")
@click.option("--limit", metavar="RATES", help="The caller's own limit, such as 1000/1d.")
@click.option("--scenes", metavar="A,B", help="The only scenes that it may send for.")
def new(name: str, limit: str | None, scenes: str | None) -> None:
    """Make a key for the caller NAME, and print it once.

    Nothing is stored: give the key to the caller, and put the digest that is printed with it into
    the setting API_KEYS. Needs no store and no settings.

    \b
      scripts/ops keys new shop
      scripts/ops keys new app --limit 1000/1d --scenes sign_in,reset_password

    To rotate a key: make a new one, list both digests ("sha256": ["<new>", "<old>"]), deploy,
    let the caller change over, and take the old digest out.
    """
    if not _NAME.fullmatch(name):
        raise usage(
            "名称只能含字母、数字和 . _ -，最多 32 个字符。",
            "A name has letters, digits and . _ - only, 32 characters at most.",
        )
    key = secrets.token_urlsafe(KEY_BYTES)
    digest = key_digest(key)
    caller = _caller(digest, limit, scenes)
    setting = json.dumps({name: caller if len(caller) > 1 else digest})
    _check(setting)
    rotating = json.dumps({name: {**caller, "sha256": [digest, "<old digest>"]}})
    click.echo(
        f"密钥只显示这一次，请交给调用方。This key is shown once; give it to the caller.\n\n"
        f"  {key}\n\n"
        "加入 API_KEYS（多个调用方合并为一个 JSON 对象），部署后生效。\n"
        "Put this into API_KEYS (several callers are one JSON object) and deploy:\n\n"
        f"  API_KEYS='{setting}'\n\n"
        "轮换：先并列两个摘要，调用方换用新密钥后删去旧摘要。\n"
        "To rotate, list both digests, and take the old one out when the caller has changed over:"
        f"\n\n  API_KEYS='{rotating}'"
    )


def _caller(digest: str, limit: str | None, scenes: str | None) -> dict[str, Any]:
    caller: dict[str, Any] = {"sha256": digest}
    if limit is not None:
        caller["limit"] = limit
    if scenes is not None:
        caller["scenes"] = [scene.strip() for scene in scenes.split(",") if scene.strip()]
        if not caller["scenes"]:
            raise usage("--scenes 未列出任何场景。", "--scenes names no scene.")
    return caller


def _check(setting: str) -> None:
    """Let the settings themselves read what will be put into them."""
    enough = {
        "CODE_SECRETS": "-" * 16,
        "NUMBER_SECRET": "-" * 16,
        "DYSMS_SIGN_NAME": "-",
        "DYSMS_TEMPLATES": "-",
        "TABLESTORE_ENDPOINT": "http://127.0.0.1",
        "TABLESTORE_INSTANCE": "-",
    }
    try:
        read_settings({**enough, "API_KEYS": setting})
    except Misconfigured as error:
        raise _of_limit() from error


def _of_limit() -> Complaint:
    return usage(
        "--limit 的写法是 1000/1d 或 100/1h,1000/1d，窗口最长 31 天（或 1mo）。",
        "--limit is written 1000/1d or 100/1h,1000/1d, with windows up to 31 days (or 1mo).",
    )
