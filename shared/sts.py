"""Ask Alibaba Cloud's STS for a role's keys, by alibabacloud-credentials; its errors in our words.

Its texts quote requests and answers, and with them keys (I7), so none of them gets out of here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_credentials.exceptions import CredentialException
    from alibabacloud_credentials.http import HttpOptions
    from alibabacloud_credentials.provider import (
        DefaultCredentialsProvider,
        OIDCRoleArnCredentialsProvider,
        RamRoleArnCredentialsProvider,
    )
    from Tea.core import TeaCore
    from Tea.exceptions import RetryError

from shared.assumed_role import Role
from shared.errors import Bilingual, Misconfigured, Refused
from shared.key_sources import Keys, KeySource, lend, renew_lent
from shared.sdk_sessions import trust

trust(TeaCore)

LIFE_SECONDS = 3600
"""The longest that every role allows; a chain of roles allows no longer."""

CONNECT_SECONDS, READ_SECONDS = 1.0, 2.0

_CODE = re.compile(r'"Code"\s*:\s*"([A-Za-z][A-Za-z0-9.]{1,63})"')
_STATUS = re.compile(r"http_code: (\d{3})")

TOKEN_FILE = "token_file"  # noqa: S105 - a failure's name

_ADVICE: Mapping[str, Bilingual] = {
    "NoPermission": (
        "授予函数角色 sts:AssumeRole，并让目标角色信任函数角色（external id 须一致）："
        "scripts/policy assume 与 scripts/policy trust",
        "allow the functions' role sts:AssumeRole, and let the other role trust it, with the same "
        "external id: scripts/policy assume, scripts/policy trust",
    ),
    "EntityNotExist": (
        "没有这个角色或身份提供商：检查 ALIBABA_CLOUD_ROLE_ARN（与 ..._OIDC_PROVIDER_ARN）",
        "there is no such role or identity provider: look at ALIBABA_CLOUD_ROLE_ARN (and "
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN)",
    ),
    "InvalidParameter": (
        "检查 ALIBABA_CLOUD_ROLE_ARN、..._ROLE_SESSION_NAME、..._EXTERNAL_ID 的格式",
        "look at the form of ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_ROLE_SESSION_NAME and "
        "ALIBABA_CLOUD_EXTERNAL_ID",
    ),
    "AuthenticationFail": (
        "OIDC 令牌未通过验证：检查 ALIBABA_CLOUD_OIDC_TOKEN_FILE 与身份提供商",
        "the OIDC token was not accepted: look at ALIBABA_CLOUD_OIDC_TOKEN_FILE and the identity "
        "provider",
    ),
    TOKEN_FILE: (
        "无法读取 ALIBABA_CLOUD_OIDC_TOKEN_FILE",
        "the file ALIBABA_CLOUD_OIDC_TOKEN_FILE cannot be read",
    ),
    "": (
        "STS 不接受函数自己的密钥或请求：检查函数角色",
        "STS does not accept the function's own keys, or the request: look at the function's role",
    ),
}
"""STS' codes (page of AssumeRole) by how they begin, and what to do."""

REFUSED_KEYS = ("InvalidAccessKeyId", "InvalidSecurityToken", "SignatureDoesNotMatch")
"""How the codes begin that refuse the keys of a request (OpenAPI, common errors)."""

_NO_KEYS: Bilingual = (
    "本机没有访问密钥：设置 ALIBABA_CLOUD_ACCESS_KEY_ID 与 ..._SECRET，或用 aliyun configure 配置",
    "this machine has no keys: set ALIBABA_CLOUD_ACCESS_KEY_ID and ..._SECRET, or run aliyun "
    "configure",
)

Answer = tuple[Keys, float]
Ask = Callable[[float], Answer]
"""Asks within so many seconds; returns keys, and their end in UTC seconds."""


def assume(role: Role, own: KeySource, *, unavailable: str) -> Ask:
    """Return what asks for a role's keys with our own, fresh ones if those had ended.

    It raises Misconfigured where STS refuses, Refused(`unavailable`) where it does not answer.
    """

    def make(options: Mapping[str, Any]) -> Any:
        keys = lend(own)
        return RamRoleArnCredentialsProvider(
            access_key_id=keys.access_key_id,
            access_key_secret=keys.access_key_secret,
            security_token=keys.security_token,
            external_id=role.external_id,
            **options,
        )

    def ask(seconds: float) -> tuple[Keys, float]:
        try:
            return _asked(role, make, seconds)
        except _Failure as failure:
            if not (failure.refused_keys and renew_lent(seconds=seconds)):
                raise failure.told(unavailable) from None
        try:
            return _asked(role, make, seconds)
        except _Failure as failure:
            raise failure.told(unavailable) from None

    return ask


def assume_by_oidc(role: Role, provider: str, token_file: str, *, unavailable: str) -> Ask:
    """Return what asks for a role's keys with the token in a file; as `assume`."""

    def make(options: Mapping[str, Any]) -> Any:
        return OIDCRoleArnCredentialsProvider(
            oidc_provider_arn=provider, oidc_token_file_path=token_file, **options
        )

    def ask(seconds: float) -> tuple[Keys, float]:
        try:
            return _asked(role, make, seconds)
        except _Failure as failure:
            raise failure.told(unavailable) from None

    return ask


class DefaultChain:
    """The keys that Alibaba Cloud's own tools would use on this machine; for laptops."""

    def __init__(self) -> None:
        self._provider: Any = None

    def prepare(self) -> None:
        """Raise Misconfigured where there are none."""
        self.current()

    def current(self) -> Keys:
        """Ask the chain, which keeps what it found until near its end."""
        self._provider = self._provider or DefaultCredentialsProvider()
        try:
            return _keys(self._provider.get_credentials())
        except (CredentialException, OSError, ValueError):
            raise Misconfigured([_NO_KEYS]) from None

    def renew(self, stale: Keys, *, seconds: float) -> bool:  # noqa: ARG002 - the chain has its own
        """Ask a new chain, which keeps nothing yet."""
        self._provider = None
        return self.current() != stale


class _Failure(Exception):
    """STS did not do as asked; `code` is its own or the failure's name, `status` HTTP's or 0."""

    def __init__(self, code: str, status: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.status = status

    @property
    def refused_keys(self) -> bool:
        """Say whether STS refused the keys that it was asked with."""
        return self.code.startswith(REFUSED_KEYS)

    def told(self, unavailable: str) -> Refused:
        """Return what to tell: the operator where STS refused, else who may ask again."""
        passing = self.code.startswith("Throttling") or not 400 <= self.status < 500
        if passing and self.code != TOKEN_FILE:
            return Refused(unavailable, reason=f"sts:{self.code}", retry_after=1)
        begins = (known for known in _ADVICE if self.code.startswith(known))
        chinese, english = _ADVICE[next(begins, "")]
        return Misconfigured(
            [
                (
                    f"无法获得角色的临时密钥（{self.code}）：{chinese}",
                    f"no keys of the role to be assumed ({self.code}): {english}",
                )
            ]
        )


def _asked(role: Role, make: Callable[[Mapping[str, Any]], Any], seconds: float) -> Answer:
    """Ask once. A kept connection would be long dead at the next time, so none is kept."""
    plain = urlsplit(role.endpoint).scheme == "http"  # a stand-in; the package adds https itself
    options = {
        "role_arn": role.arn,
        "role_session_name": role.session_name,
        "duration_seconds": LIFE_SECONDS,
        "sts_endpoint": role.endpoint if plain else urlsplit(role.endpoint).netloc,
        "sts_region_id": role.region,
        "http_options": HttpOptions(
            connect_timeout=int(min(CONNECT_SECONDS, seconds / 3) * 1000),
            read_timeout=int(min(READ_SECONDS, seconds * 2 / 3) * 1000),
        ),
    }
    try:
        got = make(options).get_credentials()
        keys, end = _keys(got), float(got.get_expiration())
    except CredentialException as error:
        code, status = _CODE.search(str(error)), _STATUS.search(str(error))
        raise _Failure(code[1] if code else "bad_answer", int(status[1]) if status else 0) from None
    except RetryError:
        raise _Failure("no_answer") from None
    except OSError:
        raise _Failure(TOKEN_FILE) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _Failure("bad_answer") from None
    finally:
        for session in list(TeaCore._sessions.values()):  # noqa: SLF001 - no public way
            session.close()
    if not keys.access_key_id or not keys.access_key_secret:
        raise _Failure("bad_answer")
    return keys, end


def _keys(got: Any) -> Keys:
    return Keys(
        got.get_access_key_id(), got.get_access_key_secret(), got.get_security_token() or None
    )
