"""The composition root: settings and keys in, use cases with their collaborators out.

With client_wiring.py the only module that knows every concrete class. What a door needs is imported
inside its own function, so that it loads that and nothing else.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shared import logs
from shared.client_wiring import captcha, dypns, providers, tablestore, webhook
from shared.credentials import own_keys, sms_keys
from shared.rules import rules_of

if TYPE_CHECKING:
    from shared.domain.claim import Randomness
    from shared.fc import Call
    from shared.models import MessageResponse, SendCodeResponse, VerifyCodeResponse
    from shared.timer import Run

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
        captcha=captcha(settings, keys),
        providers=providers(settings, sms_keys(os.environ, call.context)),
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
        checker=lambda: dypns(settings, sms_keys(os.environ, call.context)),
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
        messenger=webhook(settings),
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
