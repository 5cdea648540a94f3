"""Whether secrets are strong, kept apart, and none that the world knows; none is ever repeated."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from scripts.doctor_checks.case import Case, is_loopback
from scripts.doctor_checks.check import Finding, failure, ok, skipped, warning
from scripts.local_cloud.local_settings import LOCAL_SETTINGS
from shared.errors import Bilingual

FEWEST_DIFFERENT = 8
FEWEST_BITS = 80
LONGEST_TEST_DAYS = 90
_WORDS = re.compile(
    r"change[-_]?me|secret|passw|example|placeholder|qwerty|123456|abcdef|sms[-_]?verify|your[-_]",
    re.IGNORECASE,
)
"""Six letters or more: a random secret holds one of these once in ten million."""

_DUMMY_TURNSTILE = re.compile(r"[123]x0{20,}[0-9A-Za-z]{2}")
"""Cloudflare's documented secrets for tests: always passes, always fails, token spent."""

_OBVIOUS = ("", "key", "api_key", "apikey", "test", "secret", "password", "changeme", "123456")

_NEW: Bilingual = (
    "用 scripts/bootstrap --env-file /dev/null --secrets 生成",
    "make one with scripts/bootstrap --env-file /dev/null --secrets",
)


def strong(case: Case) -> Iterator[Finding]:
    """Look at every secret; what is missing the check `settings` tells."""
    yield from _keys(case)
    yield from _turnstile(case)
    yield from _api_keys(case)
    yield from _tests(case)
    yield from _webhook(case)


def weakness(secret: str) -> Bilingual | None:
    """Say why a secret could be guessed, or None."""
    if secret in LOCAL_SETTINGS.values():
        return "是公开的示例", "is a public example"
    if len(set(secret)) < FEWEST_DIFFERENT or _repeats(secret):
        return "只是重复的字符", "is characters repeated"
    if _WORDS.search(secret):
        return "含有常见词", "holds a common word"
    return None


def _repeats(secret: str) -> bool:
    """Say whether a text is one shorter one again and again: then it is within its own double."""
    return secret in (secret + secret)[1:-1]


def _bits(secret: str) -> float:
    """Estimate how many bits a text's own letters carry: an upper bound, and a crude one."""
    counts = Counter(secret).values()
    return -sum(n * math.log2(n / len(secret)) for n in counts)


def _keys(case: Case) -> Iterator[Finding]:
    settings = case.settings
    codes = [secret.get_secret_value() for secret in settings.code_secrets]
    given: dict[str, Sequence[str]] = {
        "CODE_SECRETS": codes,
        "NUMBER_SECRET": [settings.number_secret.get_secret_value()],
    }
    receipts = [secret.get_secret_value() for secret in settings.receipt_secrets]
    if receipts:
        given["RECEIPT_SECRETS"] = receipts
    given = {name: values for name, values in given.items() if name not in case.unreadable}
    found = [
        weak
        for name, values in given.items()
        for secret in values
        for weak in _weak(name, secret, case)
    ]
    yield from found
    if given and not found:
        names = ", ".join(given)
        yield ok(f"{names} 足够随机", f"{names}: random enough")
    if missing := ", ".join(
        name for name in ("CODE_SECRETS", "NUMBER_SECRET") if name not in given
    ):
        yield skipped(f"{missing} 未设置或有误", f"{missing} is not set, or is wrong")
    for one, other in combinations(given, 2):
        if set(given[one]) & set(given[other]):
            yield failure((f"{one} 与 {other} 相同", f"{one} and {other} are the same"), _NEW)
    if not receipts and "RECEIPT_SECRETS" not in case.unreadable:
        yield ok(
            "RECEIPT_SECRETS 未设置：不接收 HTTP 推送的回执",
            "RECEIPT_SECRETS is not set: no receipts are taken by HTTP",
        )
    if len(set(codes)) < len(codes):
        yield warning(
            ("CODE_SECRETS 中有重复", "CODE_SECRETS names one twice"),
            ("删去重复的", "take one of them out"),
        )


def _weak(name: str, secret: str, case: Case) -> Iterator[Finding]:
    why = weakness(secret)
    if why is not None and case.local and secret in LOCAL_SETTINGS.values():
        yield warning(
            (f"{name} 是 scripts/serve 公开的示例", f"{name} is the public one of scripts/serve"),
            ("仅用于本地服务", "good for the local service only"),
        )
    elif why is not None:
        yield failure((f"{name} {why[0]}", f"{name} {why[1]}"), _NEW)
    elif _bits(secret) < FEWEST_BITS:
        yield warning((f"{name} 偏短", f"{name} is rather short"), _NEW)


def _turnstile(case: Case) -> Iterator[Finding]:
    secret = case.settings.turnstile_secret
    if case.settings.captcha != "turnstile" or secret is None:
        return
    value = secret.get_secret_value()
    if _DUMMY_TURNSTILE.fullmatch(value) or (not case.local and value in LOCAL_SETTINGS.values()):
        yield failure(
            (
                "TURNSTILE_SECRET 是测试用的公开密钥：谁都能通过，或谁都不能",
                "TURNSTILE_SECRET is a public one for tests: everybody passes, or nobody",
            ),
            (
                "填入 Cloudflare 控制台中自己站点的密钥",
                "set your own site's, from Cloudflare's dashboard",
            ),
        )


def _api_keys(case: Case) -> Iterator[Finding]:
    for key in case.settings.api_keys:
        obvious = {hashlib.sha256(text.encode()).hexdigest() for text in (*_OBVIOUS, key.name)}
        if obvious & set(key.digests):
            yield failure(
                (
                    f"API_KEYS 中 {key.name} 的密钥一猜就中",
                    f"the key of {key.name} in API_KEYS is one that anybody would try",
                ),
                (f"scripts/ops keys new {key.name}", f"scripts/ops keys new {key.name}"),
            )
        elif any(len(set(digest)) < FEWEST_DIFFERENT for digest in key.digests):
            yield failure(
                (
                    f"API_KEYS 中 {key.name} 的摘要是占位符",
                    f"API_KEYS has no real digest of {key.name}",
                ),
                (f"scripts/ops keys new {key.name}", f"scripts/ops keys new {key.name}"),
            )


def _tests(case: Case) -> Iterator[Finding]:
    ends = [test.until.timestamp() - case.clock() for test in case.settings.test_numbers]
    late = sum(end > LONGEST_TEST_DAYS * 86_400 for end in ends)
    over = sum(end <= 0 for end in ends)
    if late:
        yield warning(
            (
                f"TEST_NUMBERS 中 {late} 个在 {LONGEST_TEST_DAYS} 天后仍有效，其验证码固定不变",
                f"TEST_NUMBERS: {late} outlast {LONGEST_TEST_DAYS} days, with a code that never "
                "changes",
            ),
            ("提前截止日期", "give it an earlier end"),
        )
    if over:
        yield warning(
            (f"TEST_NUMBERS 中 {over} 个已过期", f"TEST_NUMBERS: {over} ended"),
            ("删去", "take it out"),
        )


def _webhook(case: Case) -> Iterator[Finding]:
    webhook = case.settings.alert_webhook
    if webhook is None:
        return
    address = webhook.get_secret_value()
    if address.startswith("http:") and not is_loopback(address):
        yield warning(
            (
                "ALERT_WEBHOOK 使用 http：地址中的令牌明文传输",
                "ALERT_WEBHOOK is http: the token in it is sent in the clear",
            ),
            ("改为 https://", "use https://"),
        )
