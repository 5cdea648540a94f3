"""What the doors run with on this machine: working values for all that has no default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from scripts.local_cloud.openapi.sts import ROLE

LOCAL_SETTINGS: Mapping[str, str] = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "local",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "local-secret",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "local-token",
    "ACCESS": "gateway",
    "SCENES": "sign_in,sign_up,reset_password,bind_phone",
    "CODE_SECRETS": "local-code-secret-for-nothing-real",
    "NUMBER_SECRET": "local-number-secret-for-nothing-real",
    "RECEIPT_SECRETS": "local-receipt-secret-for-nothing-real",
    "SMS_PROVIDERS": "dysms",
    "DYSMS_SIGN_NAME": "本地测试",
    "DYSMS_TEMPLATES": "SMS_100001,reset_password=SMS_100002",
    "TABLESTORE_INSTANCE": "local",
    "ALIYUN_CAPTCHA_SCENE_IDS": "local",
    "TURNSTILE_SECRET": "local-turnstile-secret",
    "TABLE_PREFIX": "sms_verify_",
    "REGION": "cn-hangzhou",
    "FUNCTION_ROLE": ROLE,
}
"""Working values for everything that has no default; the caller's environment overrides each."""

LOCAL_WEBHOOK: Mapping[str, str] = {
    "ALERT_FORMAT": "dingtalk",
    "ALERT_WEBHOOK_SECRET": "local-webhook-secret",
}
"""How the webhook's stand-in wants its alerts; a webhook of the caller's own has its own ways."""

TEST_NUMBER, TEST_CODE, TEST_DAYS = "13900000000", "246810", 30
"""A number that nothing is sent to, for scripts/smoke; nobody's code but the local service's."""

QUEUES = "sms-report,sms-up,sign-report,template-report,pnvs-report"
"""The queues that the local doors pull from, where the carriers use them."""

ROLE_PREFIX = "ALIBABA_CLOUD_ROLE_"
"""Names that say which role to assume with the keys; there are none of our own."""


def environment(
    addresses: Mapping[str, str], *, front: str, reports_to: str, captcha: str | None
) -> dict[str, str]:
    """Return what the doors run with: local values, overridden by the caller's environment.

    And what only scripts/doctor asks for, so that it finds here what it wants to find.
    """
    from shared.settings import NAMES

    found = {
        **LOCAL_SETTINGS,
        "TABLESTORE_ENDPOINT": addresses["tablestore"],
        "DYSMS_ENDPOINT": addresses["openapi"],
        "PNVS_ENDPOINT": addresses["dypns"],
        "ALIYUN_CAPTCHA_ENDPOINT": addresses["openapi"],
        "TURNSTILE_ENDPOINT": addresses["openapi"],
        "STS_ENDPOINT": addresses["openapi"],
        "DYBASE_ENDPOINT": addresses["openapi"],
        "MNS_ENDPOINT": addresses["mns"],
        "FRONT": front,
        **({"RECEIPT_QUEUES": QUEUES} if reports_to != "push" else {}),
        **({"ACCESS": "captcha", "CAPTCHA": captcha} if captcha else {}),
        **_test_numbers(os.environ.get("REGIONS") or "CN"),
    }
    if "ALERT_WEBHOOK" not in os.environ:
        webhook = f"{addresses['openapi']}/_local/webhook?access_token=local"
        found |= {"ALERT_WEBHOOK": webhook, **LOCAL_WEBHOOK}
    roles = (name for name in os.environ if name.startswith(ROLE_PREFIX))
    names = (*LOCAL_SETTINGS, *NAMES, "PNVS_ENDPOINT", "STS_ENDPOINT", *sorted(roles))
    found |= {name: os.environ[name] for name in names if name in os.environ}
    return {**found, "TRIGGER_AUTH": "function" if found["ACCESS"] == "gateway" else "anonymous"}


def _test_numbers(regions: str) -> dict[str, str]:
    """Return a test number until some weeks from now, where its region is switched on."""
    if "CN" not in regions.upper().replace(" ", "").split(","):
        return {}
    until = datetime.now(timezone.utc).date() + timedelta(days=TEST_DAYS)
    return {"TEST_NUMBERS": f"{TEST_NUMBER}={TEST_CODE}@{until.isoformat()}"}


def receipt_secret() -> str:
    """Return the newest secret of the receipts door."""
    secrets = os.environ.get("RECEIPT_SECRETS") or LOCAL_SETTINGS["RECEIPT_SECRETS"]
    return secrets.split(",")[0].strip()


def console_limits(rates: str) -> str:
    """Set the SMS console's flow limits as high as LIMIT_PHONE, where that is overridden."""
    from shared.domain.rates import parse_rates

    try:
        return ",".join(f"{rate.window}:{rate.count}" for rate in parse_rates(rates))
    except ValueError:
        return ""
