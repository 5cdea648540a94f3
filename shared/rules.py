"""The rules in force: settings that are read once, and what they mean for numbers and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.domain.codes import CodePolicy
from shared.domain.policy import FixedCode, Policy
from shared.errors import Misconfigured, Refused
from shared.phone_numbers import PhoneNumbers
from shared.settings import NAMES, Settings, read_settings


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings, and what was made of them."""

    settings: Settings
    numbers: PhoneNumbers
    policy: Policy


def rules_of(environment: Mapping[str, str]) -> Rules:
    """Return the rules of an environment, read once; raise Misconfigured for a bad one."""
    return _read(tuple((name, environment[name]) for name in NAMES if name in environment))


@lru_cache(maxsize=2)
def _read(environment: tuple[tuple[str, str], ...]) -> Rules:
    settings = read_settings(dict(environment))
    try:
        numbers = PhoneNumbers(settings.regions)
    except ValueError as error:
        raise Misconfigured(
            [(f"REGIONS 的值有误（{error}）", f"REGIONS is wrong ({error})")]
        ) from None
    return Rules(settings, numbers, _policy(settings, numbers))


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
        routes=settings.routes,
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
