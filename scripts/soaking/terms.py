"""What the soak runs under: limits low enough to bite, the secrets in use, two deployments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.local_cloud.openapi.sts import EXTERNAL_ID, SMS_ROLE

CODE_SECRET = "soak-code-secret-of-nobody-in-particular"  # noqa: S105 - of this run alone
NUMBER_SECRET = "soak-number-secret-of-nobody-at-all"  # noqa: S105
RECEIPT_SECRET = "sK3-mQ8_xT1zNc6YpL4wHs9RbJ7dGf2E"  # noqa: S105
CALLERS: Mapping[str, str] = {
    "shop": "soak-api-key-of-the-shop-0123456789abcdef",
    "desk": "soak-api-key-of-the-desk-0123456789abcdef",
}
"""Callers with API keys; the second one's limit is low."""

SECRETS = (CODE_SECRET, NUMBER_SECRET, RECEIPT_SECRET, *CALLERS.values(), "local-secret")
SCENES = ("sign_in", "reset_password", "sign_up", "bind_phone")
CAPTCHA_SCENE = "sign_up"
BOTH_SCENE = "bind_phone"
"""Dysms sends for it, and PNVS where Dysms fails; for the scene before, PNVS comes first."""

SEND_SECONDS, VERIFY_SECONDS, MESSAGE_SECONDS = 10.0, 5.0, 5.0

Rate = tuple[int, int]
"""So many in so many seconds."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers that product and account go by; times are seconds."""

    phone: tuple[Rate, ...] = ((1, 4), (4, 40))
    address: Rate = (20, 60)
    device: Rate = (9, 60)
    total: Rate = (220, 15)
    caller: Mapping[str, Rate] = field(
        default_factory=lambda: {"shop": (100_000, 60), "desk": (40, 60)}
    )
    guesses: Rate = (300, 60)
    code_life: int = 30
    attempts: int = 3
    margin: float = 3.0
    """Beyond a deadline, for a machine that does other work at the same time."""


def settings(terms: Terms, *, gateway: bool) -> dict[str, str]:
    """Return the settings of a deployment: behind a gateway, or for callers with API keys.

    The two share tables, and differ in who makes the codes that PNVS sends.
    """
    shared = {
        "SCENES": ",".join(SCENES),
        "CODE_SECRETS": CODE_SECRET,
        "NUMBER_SECRET": NUMBER_SECRET,
        "RECEIPT_SECRETS": RECEIPT_SECRET,
        "CODE_TTL": str(terms.code_life),
        "MAX_ATTEMPTS": str(terms.attempts),
        "LIMIT_PHONE": ",".join(f"{count}/{seconds}s" for count, seconds in terms.phone),
        "LIMIT_IP": _rate(terms.address),
        "LIMIT_DEVICE": _rate(terms.device),
        "LIMIT_TOTAL": _rate(terms.total),
        "LIMIT_GUESS": _rate(terms.guesses),
        "SMS_PROVIDERS": f"{BOTH_SCENE}=dysms,dypns;{SCENES[1]}=dypns,dysms;*=dysms",
        "DYSMS_SIGN_NAME": "本地测试",
        "DYSMS_TEMPLATES": "SMS_100001",
        "CAPTCHA": "aliyun",
        "CAPTCHA_SCENES": CAPTCHA_SCENE,
        "ALIYUN_CAPTCHA_SCENE_IDS": "local",
        "RECEIPT_QUEUES": "sms-report,pnvs-report",
        "RECONCILE_AFTER": "60s",
        "RECONCILE_QPS": "100",
        "SEQUENCE_GUARD": "observe",
        "LOG_LEVEL": "DEBUG",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "local",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "local-secret",
        "ALIBABA_CLOUD_SECURITY_TOKEN": "local-token",
        "ALIBABA_CLOUD_ROLE_ARN": SMS_ROLE,
        "ALIBABA_CLOUD_EXTERNAL_ID": EXTERNAL_ID,
        "ALIBABA_CLOUD_ROLE_FOR": "all",
    }
    if gateway:
        return {**shared, "ACCESS": "gateway", "PNVS_MODE": "own"}
    return {**shared, "ACCESS": "api_key", "PNVS_MODE": "managed", "API_KEYS": _keys(terms)}


def _rate(rate: Rate) -> str:
    return f"{rate[0]}/{rate[1]}s"


def _keys(terms: Terms) -> str:
    return json.dumps(
        {
            name: {
                "sha256": hashlib.sha256(key.encode()).hexdigest(),
                "limit": _rate(terms.caller[name]),
            }
            for name, key in CALLERS.items()
        }
    )
