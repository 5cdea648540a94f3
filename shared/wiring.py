"""The composition root: settings and keys in, use cases with their collaborators out.

The only module that knows every concrete class. SDKs are imported inside the builders, so a door
loads what its own path needs and nothing else.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shared import logs
from shared.credentials import Keys, current_keys
from shared.domain.claim import Randomness
from shared.domain.codes import CodePolicy
from shared.domain.policy import FixedCode, Policy
from shared.errors import Misconfigured, Refused
from shared.fc import Call
from shared.models import (
    SendCodeRequest,
    SendCodeResponse,
    VerifyCodeRequest,
    VerifyCodeResponse,
)
from shared.phone_numbers import PhoneNumbers
from shared.ports import Captcha, Messenger
from shared.settings import NAMES, Settings, read_settings
from shared.use_cases.send_code import send_code
from shared.use_cases.verify_code import verify_code

if TYPE_CHECKING:
    from shared.providers.dysms import Dysms
    from shared.timer import Run

clock: Callable[[], float] = time.time
"""The time in UTC seconds that limits and expiries go by; a simulation puts its own here."""


def send(call: Call) -> SendCodeResponse:
    """Answer POST /send-code."""
    settings, numbers, policy = _rules(_environment())
    logs.set_level(settings.log_level)
    request: SendCodeRequest = SendCodeRequest.read(call.json_object())
    address = settings.client_ip.address(call.headers, call.peer)
    if address is None and policy.access != "api_key":
        _warn_of_unknown_addresses()
    keys = current_keys(os.environ, call.context)
    from shared.storage.sends import TablestoreSends

    return send_code(
        request,
        api_key=call.api_key,
        address=address,
        idempotency_key=call.idempotency_key,
        policy=policy,
        numbers=numbers,
        store=TablestoreSends(_tablestore(settings, keys), settings.table_prefix),
        captcha=_captcha(settings, keys),
        provider=_dysms(settings, keys),
        randomness=Randomness(secrets.randbelow, lambda: secrets.token_urlsafe(16)),
        log=call.facts,
        clock=clock,
        deadline=call.deadline,
    )


def verify(call: Call) -> VerifyCodeResponse:
    """Answer POST /verify-code."""
    settings, numbers, policy = _rules(_environment())
    logs.set_level(settings.log_level)
    request: VerifyCodeRequest = VerifyCodeRequest.read(call.json_object())
    address = settings.client_ip.address(call.headers, call.peer)
    keys = current_keys(os.environ, call.context)
    from shared.storage.guesses import TablestoreGuesses

    return verify_code(
        request,
        api_key=call.api_key,
        address=address,
        policy=policy,
        numbers=numbers,
        store=TablestoreGuesses(_tablestore(settings, keys), settings.table_prefix),
        log=call.facts,
        diagnose=settings.log_level == "DEBUG",
        now=clock(),
        deadline=call.deadline,
    )


def maintain(run: Run) -> dict[str, int]:
    """Do what the timer is for: raise alerts."""
    settings, _, policy = _rules(_environment())
    logs.set_level(settings.log_level)
    keys = current_keys(os.environ, run.context)
    from shared.domain.alerts import caps
    from shared.storage.alerts import TablestoreAlerts
    from shared.use_cases.raise_alerts import facts_of, raise_alerts

    now = clock()
    return raise_alerts(
        caps=caps(policy, settings.regions, now=now),
        warn_percent=settings.warn_percent,
        store=TablestoreAlerts(_tablestore(settings, keys), settings.table_prefix),
        messenger=_webhook(settings),
        announce=lambda alert, **facts: logs.write(
            "alert", level="WARNING", **facts_of(alert), **facts
        ),
        log=run.facts,
        now=now,
        deadline=run.deadline,
    )


def store_client() -> tuple[Any, str]:
    """Return a Tablestore client and the prefix of our tables, for scripts."""
    settings, _, _ = _rules(_environment())
    return _tablestore(settings, current_keys(os.environ, None)), settings.table_prefix


def web_origins() -> tuple[str, ...]:
    """Return the web origins that CORS lets in."""
    return _rules(_environment())[0].cors_origins


def _environment() -> tuple[tuple[str, str], ...]:
    return tuple((name, os.environ[name]) for name in NAMES if name in os.environ)


@lru_cache(maxsize=2)
def _rules(environment: tuple[tuple[str, str], ...]) -> tuple[Settings, PhoneNumbers, Policy]:
    """Read the settings once for each environment; a bad one is complained about each time."""
    settings = read_settings(dict(environment))
    try:
        numbers = PhoneNumbers(settings.regions)
    except ValueError as error:
        raise Misconfigured(
            [(f"REGIONS 的值有误（{error}）", f"REGIONS is wrong ({error})")]
        ) from None
    return settings, numbers, _policy(settings, numbers)


def _policy(settings: Settings, numbers: PhoneNumbers) -> Policy:
    tests = {
        _e164(numbers, "TEST_NUMBERS", test.phone): FixedCode(
            test.code.get_secret_value(), test.until.timestamp()
        )
        for test in settings.test_numbers
    }
    allowed = (_e164(numbers, "ALLOW_NUMBERS", text) for text in settings.allow_numbers)
    return Policy(
        access=settings.access,
        scenes=frozenset(settings.scenes),
        code=CodePolicy(settings.code_length, settings.code_ttl, settings.max_attempts),
        code_secrets=[secret.get_secret_value() for secret in settings.code_secrets],
        number_secret=settings.number_secret.get_secret_value(),
        phone_rates=settings.limit_phone,
        allowed_rates=settings.limit_allowed,
        ip_rates=settings.limit_ip,
        device_rates=settings.limit_device,
        total_rates=settings.limit_total,
        caller_rates=settings.limit_caller,
        region_rates=settings.limit_region,
        guess_rates=settings.limit_guess,
        phone_share=settings.phone_share,
        api_keys=settings.api_keys,
        captcha=settings.captcha is not None,
        captcha_scenes=frozenset(
            settings.scenes if settings.access == "captcha" else settings.captcha_scenes
        ),
        allow_without_captcha_service=settings.captcha_on_failure == "allow",
        sequence_guard=settings.sequence_guard,
        allowed_numbers=frozenset(allowed),
        test_numbers=tests,
    )


def _e164(numbers: PhoneNumbers, setting: str, text: str) -> str:
    try:
        return numbers.read(text).e164
    except Refused:
        problem = (
            f"{setting} 中有无法识别或未开通地区的号码",
            f"{setting} holds a number that is none, or of a region that is not switched on",
        )
        raise Misconfigured([problem]) from None


@lru_cache(maxsize=1)
def _warn_of_unknown_addresses() -> None:
    """Say once per instance that there is no limit per address (I9)."""
    logs.write(
        "client_ip_unknown",
        level="WARNING",
        advice="LIMIT_IP is off: this event has no peer; set CLIENT_IP=hops:<n> or header:<name>",
    )


@lru_cache(maxsize=2)
def _client(endpoint: str, instance: str, keys: Keys) -> Any:
    """Build the Tablestore client once for each set of keys."""
    from tablestore import NoRetryPolicy, OTSClient

    from shared.storage.transport import Transport

    client = OTSClient(
        endpoint,
        keys.access_key_id,
        keys.access_key_secret,
        instance,
        sts_token=keys.security_token,
        retry_policy=NoRetryPolicy(),
    )
    client.connection = Transport(endpoint)
    return client


def _tablestore(settings: Settings, keys: Keys) -> Any:
    return _client(settings.tablestore_endpoint, settings.tablestore_instance, keys)


@lru_cache(maxsize=2)
def _sender(
    keys: Keys,
    endpoint: str,
    sign_name: str,
    templates: tuple[tuple[str, str], ...],
    params: tuple[tuple[str, str], ...],
) -> Dysms:
    from shared.providers.dysms import Dysms

    return Dysms(
        keys,
        endpoint=endpoint,
        sign_name=sign_name,
        templates=dict(templates),
        params=dict(params),
    )


def _dysms(settings: Settings, keys: Keys) -> Dysms:
    return _sender(
        keys,
        settings.dysms_endpoint,
        settings.dysms_sign_name,
        tuple(settings.dysms_templates.items()),
        tuple(settings.dysms_template_params.items()),
    )


@lru_cache(maxsize=2)
def _turnstile(secret: str, endpoint: str, hostnames: frozenset[str]) -> Captcha:
    from shared.captcha.turnstile import Turnstile

    return Turnstile(secret, endpoint=endpoint, hostnames=hostnames)


@lru_cache(maxsize=2)
def _aliyun_captcha(keys: Keys, endpoint: str, scene_ids: tuple[tuple[str, str], ...]) -> Captcha:
    from shared.captcha.aliyun import AliyunCaptcha

    return AliyunCaptcha(keys, endpoint=endpoint, scene_ids=dict(scene_ids))


def _captcha(settings: Settings, keys: Keys) -> Captcha | None:
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
