"""Whether API_KEYS names each caller once, with keys of its own and limits that can be reached.

How strong a key is cannot be seen in its digest; `secrets` tries those that anybody would try.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from scripts.doctor_checks.rates import most_within
from shared.domain.access import ApiKey
from shared.domain.rates import Rate

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")
"""What scripts/ops keys new takes; names stand in counters and in logs."""


def api_keys(case: Case) -> Iterator[Finding]:
    """Look at the callers, as far as digests tell."""
    keys = case.settings.api_keys
    if not keys:
        yield ok("没有设置 API_KEYS", "API_KEYS is not set")
        return
    found = [*_twice(case.value("API_KEYS")), *_shared(keys)]
    for key in keys:
        found += [*_named(key), *_scenes(case, key), *_limits(case, key)]
    if case.settings.access not in (None, "api_key"):
        found.append(
            warning(
                (
                    f"ACCESS={case.settings.access}：没有人看 API_KEYS",
                    f"ACCESS={case.settings.access}: nobody looks at API_KEYS",
                ),
                (
                    "设 ACCESS=api_key，或删去 API_KEYS",
                    "set ACCESS=api_key, or take API_KEYS out",
                ),
            )
        )
    names = ", ".join(key.name if _NAME.fullmatch(key.name) else "?" for key in keys)
    yield from found or [ok(f"{len(keys)} 个调用方：{names}", f"{len(keys)} callers: {names}")]


def _twice(text: str) -> Iterator[Finding]:
    """Find a caller that is named twice: of a JSON object's equal names only the last counts."""
    names: list[str] = []

    def see(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names[:] = [name for name, _ in pairs]  # the outermost object is seen last
        return dict(pairs)

    json.loads(text, object_pairs_hook=see)
    again = [name for name, count in Counter(names).items() if count > 1 and _NAME.fullmatch(name)]
    if again:
        shown = ", ".join(again)
        yield failure(
            (
                f"API_KEYS 中 {shown} 出现两次，只有最后一个有效",
                f"API_KEYS names {shown} twice, and only the last one counts",
            ),
            (
                '合并为一个：{"sha256": ["<新>", "<旧>"]}',
                'join them: {"sha256": ["<new>", "<old>"]}',
            ),
        )


def _shared(keys: tuple[ApiKey, ...]) -> Iterator[Finding]:
    """Find one key under two names: whose limit it counts against is then an accident."""
    holders: dict[str, list[str]] = {}
    for key in keys:
        for digest in key.digests:
            holders.setdefault(digest, []).append(key.name)
    for names in sorted({tuple(names) for names in holders.values() if len(names) > 1}):
        shown = ", ".join(names)
        yield failure(
            (f"API_KEYS 中 {shown} 用的是同一个密钥", f"one key in API_KEYS serves {shown}"),
            (
                "为每个调用方各生成一个：scripts/ops keys new <名称>",
                "make one for each caller: scripts/ops keys new <name>",
            ),
        )


def _named(key: ApiKey) -> Iterator[Finding]:
    if not _NAME.fullmatch(key.name):
        yield failure(
            (
                "API_KEYS 中有名称含不允许的字符",
                "a name in API_KEYS holds what a name should not",
            ),
            (
                "只用字母、数字和 . _ -，最多 32 个字符",
                "letters, digits and . _ - only, 32 characters at most",
            ),
        )
    if len(key.digests) > 1:
        count = len(key.digests)
        yield warning(
            (f"{key.name} 有 {count} 个有效密钥", f"{key.name} has {count} keys that are good"),
            (
                "调用方换用新密钥后，删去旧摘要",
                "take the old digest out when the caller has changed over",
            ),
        )


def _scenes(case: Case, key: ApiKey) -> Iterator[Finding]:
    if key.scenes is None or "SCENES" in case.unreadable:
        return
    if not key.scenes:
        yield failure(
            (f"{key.name} 的 scenes 为空：不能发送", f"{key.name} may send for no scene"),
            ("列出场景，或去掉 scenes", "name scenes, or leave scenes out"),
        )
    if unknown := ", ".join(sorted(key.scenes - set(case.settings.scenes))):
        yield failure(
            (
                f"{key.name} 的场景 {unknown} 不在 SCENES 中",
                f"{key.name} names {unknown}, which is not in SCENES",
            ),
            ("改正拼写，或加入 SCENES", "mend the spelling, or add it to SCENES"),
        )


def _limits(case: Case, key: ApiKey) -> Iterator[Finding]:
    """Find a limit of a caller's own that all callers' together is below: it never holds."""
    for rate in key.rates or ():
        total = most_within(case.settings.limit_total, rate.window)
        if "LIMIT_TOTAL" not in case.unreadable and total is not None and rate.count > total:
            yield _never_holds(key.name, rate, total)


def _never_holds(name: str, rate: Rate, total: int) -> Finding:
    return warning(
        (
            f"{name} 的限额 {rate} 高于 LIMIT_TOTAL（{total}）：它一个就能用尽总量",
            f"{name} may send {rate}, which is more than LIMIT_TOTAL ({total}): it can use up all",
        ),
        ("调低该限额，或调高 LIMIT_TOTAL", "lower it, or raise LIMIT_TOTAL"),
    )
