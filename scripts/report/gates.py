"""Which gate refused a send, by the outcome and the reason that its log line names."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Bilingual

CAPTCHA, NUMBER, ADDRESS, SEQUENCE, CAP = "captcha", "number", "address", "sequence", "cap"
LISTS, ACCESS, REQUEST, PROVIDER, OURS = "lists", "access", "request", "provider", "ours"

GATES: Mapping[str, Bilingual] = {
    CAPTCHA: ("人机验证", "captcha"),
    SEQUENCE: ("连号防护", "numbers in a row"),
    NUMBER: ("号码频率", "limit per number"),
    ADDRESS: ("来源频率", "limit per address, device"),
    CAP: ("总量上限", "caps"),
    LISTS: ("拒绝名单", "deny list"),
    ACCESS: ("访问凭证", "credentials"),
    REQUEST: ("请求有误", "bad requests"),
    PROVIDER: ("服务商拒绝", "provider"),
    OURS: ("服务故障", "failures of ours"),
}
"""Names in Chinese and English, in the order in which they are drawn."""

AGAINST_ATTACKS = frozenset({CAPTCHA, SEQUENCE, NUMBER, ADDRESS, CAP, LISTS})
"""Gates that an attack runs into. The others tell of mistakes and failures."""

_BY_REASON = {
    "sequence": SEQUENCE,
    "limit_phone": NUMBER,
    "limit_phone_share": NUMBER,
    "race": NUMBER,
    "limit_ip": ADDRESS,
    "limit_device": ADDRESS,
    "limit_total": CAP,
    "limit_region": CAP,
    "limit_caller": CAP,
    "deny_address": LISTS,
}
_BY_OUTCOME = {
    "captcha_required": CAPTCHA,
    "captcha_failed": CAPTCHA,
    "phone_blocked": LISTS,
    "unauthorized": ACCESS,
    "rate_limited": NUMBER,
    "daily_cap_reached": CAP,
    "provider_rejected": PROVIDER,
    "provider_unavailable": PROVIDER,
    "storage_unavailable": OURS,
    "internal": OURS,
}


def gate_of(outcome: str, reason: str) -> str:
    """Return the gate. A reason reads `limit_ip 10/1d`, `provider:isv.X` or `captcha F001`."""
    if reason.startswith("provider:"):
        return PROVIDER
    found = _BY_REASON.get(reason.partition(" ")[0])
    return found or _BY_OUTCOME.get(outcome, REQUEST)
