"""The clients of other services, made from settings and kept: store, SMS products, captcha, alerts.

Part of the composition root. SDKs are imported inside the builders, so a door loads what its own
path needs and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from shared.credentials import KeySource
from shared.domain.routes import DYPNS, DYSMS

if TYPE_CHECKING:
    from shared.alert_ports import Messenger
    from shared.ports import Captcha, SmsProvider, SmsProviders
    from shared.providers.dypns import Dypns
    from shared.providers.dysms import Dysms
    from shared.settings import Settings

_Value = TypeVar("_Value")
_Pairs: TypeAlias = tuple[tuple[str, _Value], ...]
"""A mapping that can be hashed."""


def tablestore(settings: Settings, keys: KeySource) -> Any:
    """Return the Tablestore client for these settings and keys."""
    from shared.storage.client import client

    return client(settings.tablestore_endpoint, settings.tablestore_instance, keys)


@lru_cache(maxsize=2)
def _dysms_sender(
    keys: KeySource,
    endpoint: str,
    sign_name: str,
    templates: _Pairs[str],
    params: _Pairs[_Pairs[str]],
) -> Dysms:
    from shared.providers.dysms import Dysms

    return Dysms(
        keys,
        endpoint=endpoint,
        sign_name=sign_name,
        templates=dict(templates),
        params={template: dict(named) for template, named in params},
    )


@lru_cache(maxsize=2)
def _dypns_sender(
    keys: KeySource,
    endpoint: str,
    sign_names: tuple[str, ...],
    templates: _Pairs[str],
    params: _Pairs[_Pairs[str]],
    mode: str,
) -> Dypns:
    from shared.providers.dypns import Dypns

    return Dypns(
        keys,
        endpoint=endpoint,
        sign_names=sign_names,
        templates=dict(templates),
        params={template: dict(named) for template, named in params},
        managed=mode == "managed",
    )


def _dysms(settings: Settings, keys: KeySource) -> Dysms:
    return _dysms_sender(
        keys,
        settings.dysms_endpoint,
        settings.dysms_sign_name,
        tuple(settings.dysms_templates.items()),
        _pairs(settings.dysms_template_params),
    )


def dypns(settings: Settings, keys: KeySource) -> Dypns:
    """Return the client of PNVS, for who sends by it and who lets it compare codes."""
    return _dypns_sender(
        keys,
        settings.pnvs_endpoint,
        settings.pnvs_sign_name,
        tuple(settings.pnvs_templates.items()),
        _pairs(settings.pnvs_template_params),
        settings.pnvs_mode,
    )


def providers(settings: Settings, keys: KeySource) -> SmsProviders:
    """Return what makes a provider when it is asked for."""
    makers: Mapping[str, Callable[[Settings, KeySource], SmsProvider]] = {
        DYSMS: _dysms,
        DYPNS: dypns,
    }
    return lambda name: makers[name](settings, keys)


def _pairs(params: Mapping[str, Mapping[str, str]]) -> _Pairs[_Pairs[str]]:
    return tuple((template, tuple(named.items())) for template, named in params.items())


@lru_cache(maxsize=2)
def _turnstile(secret: str, endpoint: str, hostnames: frozenset[str]) -> Captcha:
    from shared.captcha.turnstile import Turnstile

    return Turnstile(secret, endpoint=endpoint, hostnames=hostnames)


@lru_cache(maxsize=2)
def _aliyun_captcha(
    keys: KeySource, endpoint: str, scene_ids: tuple[tuple[str, str], ...]
) -> Captcha:
    from shared.captcha.aliyun import AliyunCaptcha

    return AliyunCaptcha(keys, endpoint=endpoint, scene_ids=dict(scene_ids))


def captcha(settings: Settings, keys: KeySource) -> Captcha | None:
    """Return who is asked about captchas, if anybody."""
    if settings.captcha == "turnstile" and settings.turnstile_secret is not None:
        return _turnstile(
            settings.turnstile_secret.get_secret_value(),
            settings.turnstile_endpoint,
            frozenset(settings.turnstile_hostnames),
        )
    if settings.captcha == "aliyun":
        return _aliyun_captcha(
            keys,
            settings.aliyun_captcha_endpoint,
            tuple(settings.aliyun_captcha_scene_ids.items()),
        )
    return None


def webhook(settings: Settings) -> Messenger | None:
    """Return who takes alerts, if anybody."""
    if settings.alert_webhook is None:
        return None
    from shared.webhooks import Webhook

    secret = settings.alert_webhook_secret
    return Webhook(
        settings.alert_webhook.get_secret_value(),
        form=settings.alert_format,
        secret=secret.get_secret_value() if secret is not None else None,
        function=os.environ.get("FC_FUNCTION_NAME", ""),
    )
