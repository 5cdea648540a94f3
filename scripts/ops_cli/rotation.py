"""What rotating each secret means: the new value, how it takes effect, when the old one can go."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.ops_cli.complaints import usage
from shared.domain.access import key_digest
from shared.errors import Bilingual
from shared.setting_rules import split_list

CODE_SECRETS, NUMBER_SECRET = "CODE_SECRETS", "NUMBER_SECRET"
RECEIPT_SECRETS, API_KEYS = "RECEIPT_SECRETS", "API_KEYS"
NAMES = (CODE_SECRETS, NUMBER_SECRET, RECEIPT_SECRETS, API_KEYS)
BYTES = 32
PUSH_RETRIES_MINUTES = 20
"""Aliyun repeats a push after 1, 5 and 10 minutes (SMS documentation: HTTP batch push)."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new secret; `shown` is what a person needs of it, `value` the whole setting with it.

    `beside` is how the setting is written by hand, with a word in the place of old secrets.
    """

    name: str
    shown: str = field(repr=False)
    value: str = field(repr=False)
    beside: str = field(repr=False)
    steps: tuple[Bilingual, ...]


def in_front(name: str, before: str, *, code_ttl: str) -> Rotation:
    """Put a new secret before those of a list."""
    made = secrets.token_urlsafe(BYTES)
    old = split_list(before)
    beside = f"{made},<原有的值 what stands there now>" if old else made
    steps = _OF_CODES if name == CODE_SECRETS else _OF_RECEIPTS
    if not old:
        steps = (_FIRST, *steps[1:-1])
    fields = {"made": made, "ttl": code_ttl}
    told = tuple((chinese.format(**fields), english.format(**fields)) for chinese, english in steps)
    return Rotation(name, made, ",".join((made, *old)), beside, told)


def instead(name: str) -> Rotation:
    """Replace a secret that stands alone."""
    made = secrets.token_urlsafe(BYTES)
    return Rotation(name, made, made, made, _OF_NUMBERS)


def of_caller(before: str, caller: str) -> Rotation:
    """Make one more key for a caller that has one; raise Complaint for one that has none."""
    known = _keys(before)
    if caller not in known:
        names = ", ".join(sorted(known)) or "-"
        raise usage(
            f"API_KEYS 中没有此调用方（现有：{names}）。新调用方请用 scripts/ops keys new。",
            f"API_KEYS has no such caller (there are: {names}). For a new one: scripts/ops keys "
            "new.",
        )
    key = secrets.token_urlsafe(BYTES)
    found = known[caller]
    rest = found if isinstance(found, dict) else {"sha256": found}
    old = [rest["sha256"]] if isinstance(rest.get("sha256"), str) else list(rest.get("sha256", ()))
    after = {**known, caller: {**rest, "sha256": [key_digest(key), *old]}}
    beside = json.dumps({caller: {"sha256": [key_digest(key), "<old digest>"]}})
    return Rotation(API_KEYS, key, json.dumps(after, ensure_ascii=False), beside, _OF_KEYS)


def _keys(before: str) -> Mapping[str, Any]:
    try:
        known = json.loads(before or "{}")
    except ValueError:
        known = None
    if not isinstance(known, dict):
        raise usage(
            "API_KEYS 不是 JSON 对象，请先运行 scripts/doctor。",
            "API_KEYS is no JSON object; run scripts/doctor first.",
        )
    return known


_FIRST: Bilingual = ("部署（s deploy）后生效。", "Deploy (s deploy); then it holds.")
_DEPLOY: Bilingual = (
    "部署（s deploy）。两个值同时有效，不影响用户。",
    "Deploy (s deploy). Both hold then, and no user notices.",
)
_OF_CODES: tuple[Bilingual, ...] = (
    _DEPLOY,
    (
        "部署完成 {ttl} 秒（CODE_TTL）后，旧密钥签发的验证码均已过期：删去列表中旧的值，再部署。",
        "{ttl} seconds (CODE_TTL) after the deployment is complete, no code of the old secret "
        "lives: take the old one out of the list, and deploy again.",
    ),
)
_OF_RECEIPTS: tuple[Bilingual, ...] = (
    _DEPLOY,
    (
        "在短信控制台（系统设置 > 回执）把每个回调地址改为 <地址>/receipts/<kind>/{made}；"
        "PNVS 的回执地址同样修改。",
        "In the SMS console (general settings, receipts) change each address to "
        "<address>/receipts/<kind>/{made}; that of PNVS likewise.",
    ),
    (
        f"改完 {PUSH_RETRIES_MINUTES} 分钟后（阿里云的重试结束），确认 scripts/ops health 仍有"
        "回执：删去旧的值，再部署。",
        f"{PUSH_RETRIES_MINUTES} minutes after that Aliyun repeats no push to the old address. See "
        "in scripts/ops health that reports come, take the old one out, and deploy again.",
    ),
)
_OF_KEYS: tuple[Bilingual, ...] = (
    _DEPLOY,
    ("把新密钥交给调用方换用。", "Give the key to the caller, to change over."),
    (
        "调用方换用后，删去 sha256 中旧的摘要，再部署。",
        "When the caller has changed over, take the old digest out of sha256, and deploy again.",
    ),
)
_OF_NUMBERS: tuple[Bilingual, ...] = (
    (
        "部署（s deploy）。从那时起：所有号码的限额从零开始；名单中的号码（含退订）不再匹配；"
        "已发出的验证码无法验证；之前的消息按号码查不到。号段和 IP 名单不受影响。",
        "Deploy (s deploy). From then on every number's limits begin at zero, the numbers on the "
        "lists (opt-outs too) match nobody, codes that are out cannot be verified, and earlier "
        "messages are not found by number. Prefixes and addresses on the lists stay.",
    ),
    (
        "名单中的号码须逐个重新加入（scripts/ops lists add）；旧数据 40 天后过期，"
        "旧的名单条目请自行移除。",
        "Put numbers on the lists again one by one (scripts/ops lists add). Old rows age out in 40 "
        "days; the lists' entries stay until they are removed.",
    ),
)
