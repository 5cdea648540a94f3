"""The function role's keys: from the environment, else from the invocation's context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from shared.errors import Misconfigured

ID, SECRET, TOKEN = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
"""Where Function Compute puts the role's STS keys (documentation: environment variables)."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One set of keys; STS keys change about every 36 hours, so they are looked up each time."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(repr=False)


def current_keys(environment: Mapping[str, str], context: object) -> Keys:
    """Return the keys in force; raise Misconfigured where the function has no role.

    python3.12 has no `context.credentials`; python3.10 has both sources.
    """
    if environment.get(ID) and environment.get(SECRET):
        return Keys(environment[ID], environment[SECRET], environment.get(TOKEN) or None)
    given = getattr(context, "credentials", None)
    key_id = getattr(given, "access_key_id", None)
    secret = getattr(given, "access_key_secret", None)
    if key_id and secret:
        return Keys(key_id, secret, getattr(given, "security_token", None) or None)
    raise Misconfigured(
        [
            (
                "函数没有角色密钥，请为函数配置 role",
                "the function has no keys; give it a role",
            )
        ]
    )


def openapi_config(keys: Keys, endpoint: str) -> Any:
    """Return the configuration of an OpenAPI client (SMS, captcha) with these keys."""
    from alibabacloud_credentials.client import Client
    from alibabacloud_credentials.models import Config as CredentialsConfig
    from alibabacloud_tea_openapi.utils_models import Config

    credentials = CredentialsConfig(
        type="sts" if keys.security_token else "access_key",
        access_key_id=keys.access_key_id,
        access_key_secret=keys.access_key_secret,
        security_token=keys.security_token,
    )
    url = urlsplit(endpoint)
    return Config(credential=Client(credentials), endpoint=url.netloc, protocol=url.scheme.upper())
