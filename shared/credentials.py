"""Whose keys are used: the function role's own, those of a role that it assumes, or a laptop's.

The entrance to keys. The own ones serve the store and the captcha: OIDC where
ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ..._OIDC_TOKEN_FILE are set beside ALIBABA_CLOUD_ROLE_ARN; else
those of the environment, else of the invocation's context; outside Function Compute, else those
that Alibaba Cloud's tools find on the machine.

The own keys assume the role ALIBABA_CLOUD_ROLE_ARN, where it is set without OIDC. That is for the
SMS products alone, as what lives in another account commonly is SMS: its signs, templates and
balance, with Tablestore and captcha beside the functions. ALIBABA_CLOUD_ROLE_FOR=all has the role
serve those, too.

Here nothing is imported that the receipts door must spare; a role to assume brings it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.errors import Misconfigured
from shared.key_sources import (
    ID,
    OIDC_PROVIDER,
    OIDC_TOKEN_FILE,
    ROLE_ARN,
    SECRET,
    TOKEN,
    GivenKeys,
    Keys,
    KeySource,
    current_keys,
    deployed,
    forget_warnings,
    lend,
    renew_lent,
)

if TYPE_CHECKING:
    from shared.assumed_role import Role

__all__ = [
    "ID",
    "SECRET",
    "TOKEN",
    "KeySource",
    "Keys",
    "current_keys",
    "forget_keys",
    "lend",
    "openapi_config",
    "own_keys",
    "renew_lent",
    "sms_keys",
]

ROLE_FOR = "ALIBABA_CLOUD_ROLE_FOR"
SMS, ALL = "sms", "all"

_given = GivenKeys()


def own_keys(environment: Mapping[str, str], context: object) -> KeySource:
    """Return the prepared source of the keys for the store and captchas; raise Refused.

    A source lasts as long as the process, and so do the clients that hold it.
    """
    return _prepared(environment, context, (ALL,), "storage_unavailable")


def sms_keys(environment: Mapping[str, str], context: object) -> KeySource:
    """Return the prepared source of the keys for Aliyun's SMS products; raise Refused."""
    return _prepared(environment, context, (SMS, ALL), "provider_unavailable")


def _prepared(
    environment: Mapping[str, str], context: object, served: tuple[str, ...], unavailable: str
) -> KeySource:
    source: KeySource
    role = _role(environment)
    token_file = environment.get(OIDC_TOKEN_FILE, "").strip()
    provider = environment.get(OIDC_PROVIDER, "").strip()
    if role is not None and token_file and provider:
        source = _by_oidc(role, provider, token_file)
    else:
        source = _given
        if not _given.look(environment, context) and not deployed(environment):
            source = _chain()
        if role is not None and _role_for(environment) in served:
            both = _role_for(environment) == ALL
            source = _assumed(role, source, "storage_unavailable" if both else unavailable)
    source.prepare()
    return source


def _role(environment: Mapping[str, str]) -> Role | None:
    if not environment.get(ROLE_ARN, "").strip():
        return None
    from shared.assumed_role import Role

    return Role.named(environment)


def _role_for(environment: Mapping[str, str]) -> str:
    """Return what the role serves; raise Misconfigured where that is not understood."""
    found = environment.get(ROLE_FOR, "").strip() or SMS
    if found not in (SMS, ALL):
        raise Misconfigured(
            [(f"{ROLE_FOR} 只能是 {SMS} 或 {ALL}", f"{ROLE_FOR} has to be {SMS} or {ALL}")]
        )
    return found


@lru_cache(maxsize=4)
def _assumed(role: Role, own: KeySource, unavailable: str) -> KeySource:
    from shared.assumed_role import AssumedRole
    from shared.sts import assume

    return AssumedRole(assume(role, own, unavailable=unavailable), unavailable=unavailable)


@lru_cache(maxsize=2)
def _by_oidc(role: Role, provider: str, token_file: str) -> KeySource:
    from shared.assumed_role import AssumedRole
    from shared.sts import assume_by_oidc

    unavailable = "storage_unavailable"
    ask = assume_by_oidc(role, provider, token_file, unavailable=unavailable)
    return AssumedRole(ask, unavailable=unavailable)


@lru_cache(maxsize=1)
def _chain() -> KeySource:
    from shared.sts import DefaultChain

    return DefaultChain()


def forget_keys() -> None:
    """Start afresh, as in a new instance; for tests."""
    for kept in (_assumed, _by_oidc, _chain):
        kept.cache_clear()
    forget_warnings()


def openapi_config(source: KeySource, endpoint: str) -> Any:
    """Return the configuration of an OpenAPI client (SMS, captcha) with keys from a source.

    The client asks for keys each time that it signs a request.
    """
    from alibabacloud_credentials.models import CredentialModel
    from alibabacloud_tea_openapi.utils_models import Config

    class Lent:
        """Stands where the SDK keeps a client of alibabacloud-credentials."""

        def get_credential(self) -> CredentialModel:
            keys = lend(source)
            return CredentialModel(
                access_key_id=keys.access_key_id,
                access_key_secret=keys.access_key_secret,
                security_token=keys.security_token,
                type="sts" if keys.security_token else "access_key",
            )

    url = urlsplit(endpoint)
    return Config(credential=Lent(), endpoint=url.netloc, protocol=url.scheme.upper())
