"""The composition root: settings and keys in, use cases with their collaborators out.

The only module that knows every concrete class. SDKs are imported inside the builders, so a door
loads what its own path needs and nothing else.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from shared import logs
from shared.credentials import KeySource, own_keys, sms_keys
from shared.domain.routes import DYPNS, DYSMS
from shared.rules import rules_of

if TYPE_CHECKING:
    from shared.alert_ports import Messenger
    from shared.domain.claim import Randomness
    from shared.fc import Call
    from shared.models import MessageResponse, SendCodeResponse, VerifyCodeResponse
    from shared.ports import Captcha, SmsProvider, SmsProviders
    from shared.providers.dypns import Dypns
    from shared.providers.dysms import Dysms
    from shared.settings import Settings
    from shared.timer import Run

_Value = TypeVar("_Value")
_Pairs: TypeAlias = tuple[tuple[str, _Value], ...]
"""A mapping that can be hashed."""

logs.silence_sdks()

clock: Callable[[], float] = time.time
"""The time in UTC seconds that limits and expiries go by; a simulation puts its own here."""


def send(call: Call) -> SendCodeResponse:
    """Answer POST /send-code."""
    import shared.storage.sdk  # noqa: F401 - before what uses it
    from shared.models import SendCodeRequest
    from shared.storage.sends import TablestoreSends
    from shared.use_cases.send_code import send_code

    rules = rules_of(os.environ)
    settings, policy = rules.settings, rules.policy
    logs.set_level(settings.log_level)
    request: SendCodeRequest = SendCodeRequest.read(call.json_object())
    address = settings.client_ip.address(call.headers, call.peer)
    if address is None and policy.access != "api_key":
        _warn_of_unknown_addresses()
    keys = own_keys(os.environ, call.context)
    return send_code(
        request,
        api_key=call.api_key,
        address=address,
        idempotency_key=call.idempotency_key,
        policy=policy,
        numbers=rules.numbers,
        store=TablestoreSends(tablestore(settings, keys), settings.table_prefix),
        captcha=_captcha(settings, keys),
        providers=_providers(settings, sms_keys(os.environ, call.context)),
        randomness=randomness(),
        log=call.facts,
        clock=clock,
        deadline=call.deadline,
    )


def verify(call: Call) -> VerifyCodeResponse:
    """Answer POST /verify-code."""
    import shared.storage.sdk  # noqa: F401 - before what uses it
    from shared.models import VerifyCodeRequest
    from shared.storage.guesses import TablestoreGuesses
    from shared.use_cases.verify_code import verify_code

    rules = rules_of(os.environ)
    settings, policy = rules.settings, rules.policy
    logs.set_level(settings.log_level)
    request: VerifyCodeRequest = VerifyCodeRequest.read(call.json_object())
    address = settings.client_ip.address(call.headers, call.peer)
    keys = own_keys(os.environ, call.context)
    return verify_code(
        request,
        api_key=call.api_key,
        address=address,
        policy=policy,
        numbers=rules.numbers,
        store=TablestoreGuesses(tablestore(settings, keys), settings.table_prefix),
        checker=lambda: _dypns(settings, sms_keys(os.environ, call.context)),
        log=call.facts,
        diagnose=settings.log_level == "DEBUG",
        now=clock(),
        deadline=call.deadline,
    )


def message(call: Call) -> MessageResponse:
    """Answer GET /messages/{verification_id}."""
    import shared.storage.sdk  # noqa: F401 - before what uses it
    from shared.problems import language
    from shared.storage.messages import TablestoreMessages
    from shared.use_cases.message_state import message_state

    rules = rules_of(os.environ)
    settings, policy = rules.settings, rules.policy
    logs.set_level(settings.log_level)
    keys = own_keys(os.environ, call.context)
    return message_state(
        call.last_of("messages"),
        api_key=call.api_key,
        address=settings.client_ip.address(call.headers, call.peer),
        policy=policy,
        store=TablestoreMessages(
            tablestore(settings, keys), settings.table_prefix, secret=policy.number_secret
        ),
        language=language(call.headers.get("accept-language", "")),
        log=call.facts,
        now=clock(),
        deadline=call.deadline,
    )


def maintain(run: Run) -> dict[str, int]:
    """Do what the timer is for: judge providers, raise alerts, ask about unreported messages."""
    import shared.storage.sdk  # noqa: F401 - before what uses it
    from shared.domain.alerts import caps
    from shared.errors import StoreError
    from shared.reconcile_wiring import reconcile_messages
    from shared.storage.alerts import TablestoreAlerts
    from shared.storage.health import TablestoreHealth
    from shared.storage.standings import TablestoreStandings
    from shared.use_cases.judge_providers import judge_providers
    from shared.use_cases.raise_alerts import facts_of, raise_alerts

    rules = rules_of(os.environ)
    settings, policy = rules.settings, rules.policy
    logs.set_level(settings.log_level)
    keys = own_keys(os.environ, run.context)
    now = clock()
    client = tablestore(settings, keys)
    judged: dict[str, int] = {}
    try:
        judged = judge_providers(
            policy.routes.providers,
            health=TablestoreHealth(client, settings.table_prefix),
            store=TablestoreStandings(client, settings.table_prefix),
            alerts=TablestoreAlerts(client, settings.table_prefix),
            log=run.facts,
            now=now,
            deadline=run.deadline,
        )
    except StoreError as error:  # such as a table that is not there yet: the rest goes on
        run.facts(judge_failed=str(error))
    figures = judged | raise_alerts(
        caps=caps(policy, settings.regions, now=now),
        warn_percent=settings.warn_percent,
        store=TablestoreAlerts(client, settings.table_prefix),
        messenger=_webhook(settings),
        announce=lambda alert, **facts: logs.write(
            "alert", level="WARNING", **facts_of(alert), **facts
        ),
        log=run.facts,
        now=now,
        deadline=run.deadline,
    )
    return {**figures, **reconcile_messages(run, settings, client, now=now)}


def randomness() -> Randomness:
    """Return where codes and verification ids come from: the system's generator, and no seed."""
    from shared.domain.claim import Randomness

    return Randomness(secrets.randbelow, lambda: secrets.token_urlsafe(16))


def store_client(environment: Mapping[str, str] = os.environ) -> tuple[Any, str]:
    """Return a Tablestore client and the prefix of our tables, for scripts."""
    settings = rules_of(environment).settings
    return tablestore(settings, own_keys(environment, None)), settings.table_prefix


def web_origins() -> tuple[str, ...]:
    """Return the web origins that CORS lets in."""
    return rules_of(os.environ).settings.cors_origins


@lru_cache(maxsize=1)
def _warn_of_unknown_addresses() -> None:
    """Say once per instance that there is no limit per address (I9)."""
    logs.write(
        "client_ip_unknown",
        level="WARNING",
        advice="LIMIT_IP is off: this event has no peer; set CLIENT_IP=hops:<n> or header:<name>",
    )


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


def _dypns(settings: Settings, keys: KeySource) -> Dypns:
    return _dypns_sender(
        keys,
        settings.pnvs_endpoint,
        settings.pnvs_sign_name,
        tuple(settings.pnvs_templates.items()),
        _pairs(settings.pnvs_template_params),
        settings.pnvs_mode,
    )


def _providers(settings: Settings, keys: KeySource) -> SmsProviders:
    """Return what makes a provider when it is asked for."""
    makers: Mapping[str, Callable[[Settings, KeySource], SmsProvider]] = {
        DYSMS: _dysms,
        DYPNS: _dypns,
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


def _captcha(settings: Settings, keys: KeySource) -> Captcha | None:
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


def _webhook(settings: Settings) -> Messenger | None:
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
