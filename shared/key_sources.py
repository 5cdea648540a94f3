"""What keys are, and sources of them: each says which are in force, and gets others when asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from shared import logs
from shared.errors import Misconfigured

ID, SECRET, TOKEN = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
)
"""Where Function Compute puts the role's STS keys (documentation: environment variables)."""

ROLE_ARN, OIDC_PROVIDER, OIDC_TOKEN_FILE = (
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
)
"""What names a role to assume, as Alibaba Cloud's own tools call it."""

DEPLOYED = ("FC_FUNCTION_NAME", "FC_INSTANCE_ID", "FC_FUNC_CODE_PATH")
"""Variables that Function Compute sets, and that users cannot (same page)."""


class KeySource(Protocol):
    """Where a client finds its keys, each time that it signs a request.

    So clients, and their connections, outlive the keys.
    """

    def __hash__(self) -> int:
        """Return what clients are kept by."""
        ...

    def prepare(self) -> None:
        """See that there are keys which outlive a request, before it begins; or raise Refused."""
        ...

    def current(self) -> Keys:
        """Return the keys in force. Quick once prepared."""
        ...

    def renew(self, stale: Keys, *, seconds: float) -> bool:
        """Get others than those, which a service refused, within some seconds; say whether."""
        ...


@dataclass(frozen=True, slots=True)
class Keys:
    """One set of keys; also the source of nothing but these."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(repr=False)

    def prepare(self) -> None:
        """Do nothing: they are there."""

    def current(self) -> Keys:
        """Return them."""
        return self

    def renew(self, stale: Keys, *, seconds: float) -> bool:  # noqa: ARG002 - there are no others
        """Say that there are no others."""
        return False


def found_keys(environment: Mapping[str, str], context: object) -> Keys | None:
    """Return the keys of the environment, else those of the invocation's context, else None.

    python3.12 has no `context.credentials`; python3.10 has both sources.
    """
    if environment.get(ID) and environment.get(SECRET):
        return Keys(environment[ID], environment[SECRET], environment.get(TOKEN) or None)
    given = getattr(context, "credentials", None)
    key_id = getattr(given, "access_key_id", None)
    secret = getattr(given, "access_key_secret", None)
    if key_id and secret:
        return Keys(key_id, secret, getattr(given, "security_token", None) or None)
    return None


def current_keys(environment: Mapping[str, str], context: object) -> Keys:
    """Return the keys that were given; raise Misconfigured where there are none."""
    found = found_keys(environment, context)
    if found is None:
        raise Misconfigured(
            [
                (
                    "函数没有角色密钥，请为函数配置 role",
                    "the function has no keys; give it a role",
                )
            ]
        )
    return found


def deployed(environment: Mapping[str, str]) -> bool:
    """Say whether this runs on Function Compute."""
    return any(environment.get(name) for name in DEPLOYED)


class GivenKeys:
    """The function role's own keys, as the latest invocation came with them.

    Whether those of the environment change during an instance's life is not documented [U], so
    they are read anew at each invocation, and again when a service calls them expired.
    """

    def __init__(self) -> None:
        self._environment: Mapping[str, str] = {}
        self._context: object = None
        self._keys: Keys | None = None

    def look(self, environment: Mapping[str, str], context: object) -> bool:
        """Take the keys of an invocation; say whether it has any."""
        self._environment, self._context = environment, context
        self._keys = found_keys(environment, context)
        if self._keys is not None and self._keys.security_token is None and deployed(environment):
            _warn_of_long_lived_keys()
        return self._keys is not None

    def prepare(self) -> None:
        """Raise Misconfigured where there are none."""
        self.current()

    def current(self) -> Keys:
        """Return those of the latest invocation."""
        return self._keys or current_keys(self._environment, self._context)

    def renew(self, stale: Keys, *, seconds: float) -> bool:  # noqa: ARG002 - takes no time
        """Look where they come from, once more."""
        self._keys = found_keys(self._environment, self._context) or self._keys
        return self._keys not in (None, stale)


@lru_cache(maxsize=1)
def _warn_of_long_lived_keys() -> None:
    """Say once per instance that somebody stored keys that do not end."""
    logs.write(
        "long_lived_keys",
        level="WARNING",
        advice="an AccessKey without a token is in the environment, and works for long once leaked:"
        " remove it there, give the function a role instead, and then delete the AccessKey",
    )


_lent: ContextVar[tuple[KeySource, Keys] | None] = ContextVar("lent_keys", default=None)


def lend(source: KeySource) -> Keys:
    """Return a source's keys for one request of an SDK, and remember them for `renew_lent`."""
    keys = source.current()
    _lent.set((source, keys))
    return keys


def renew_lent(*, seconds: float) -> bool:
    """Renew the keys of this thread's latest request, which were refused; say whether it did."""
    lent = _lent.get()
    return lent is not None and lent[0].renew(lent[1], seconds=seconds)


def forget_warnings() -> None:
    """Let the next warning be written, as in a new instance."""
    _warn_of_long_lived_keys.cache_clear()
