"""Whether RAM allows each call of scripts/policies' table, found out by making it.

As the functions' role: what the functions call. With the operator's keys: what scripts/ops calls;
what the doctor itself needs, its other checks find out. What deploying takes, `s deploy` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from scripts.doctor_checks.openapi import DENIED, unanswered
from scripts.doctor_checks.product_calls import CALLS
from scripts.doctor_checks.store_calls import DENIED as STORE_DENIED
from scripts.doctor_checks.store_calls import PERMITTED, code_answered
from scripts.doctor_checks.whose import functions_keys, refused_to
from scripts.policies.needs import CAPTCHA, DYSMS, MNS, PNVS, Need
from scripts.policies.people_needs import OPERATOR_NEEDS
from scripts.policies.runtime_needs import RUNTIME_NEEDS
from shared.domain.routes import DYPNS
from shared.domain.routes import DYSMS as BY_DYSMS
from shared.errors import Bilingual
from shared.storage.tables import ALL, Table

STORE = "ots:"
BY_DOCTOR = "scripts/doctor"

UNTRIED: Mapping[str, Bilingual] = {
    "log:PostLogStoreLogs": (
        "函数计算自行写日志；是否写得进，看函数日志即可",
        "Function Compute writes the logs; the functions' log shows whether it may",
    ),
}
"""RAM's action -> why its call is not made here, and what tells instead."""

_TABLES: Mapping[str, Table] = {table.suffix: table for table in ALL}


def allowed(case: Case) -> Iterator[Finding]:
    """Make every call that whoever acts needs, with no effect, and tell what RAM refuses."""
    needs = needed(case)
    stored, made = _store_calls(needs), 0
    found = [*_refused_by_store(case, stored)]
    for action in dict.fromkeys(need.action or "" for need in needs):
        if action in CALLS:
            call = next(need.call for need in needs if need.action == action)
            case.progress(call)
            found += _product(case, call, action)
            made += 1
    calls = made + sum(map(len, stored.values()))
    yield from found or [
        ok(
            f"{calls} 个调用全部允许（逐一试过，均无实际效果）",
            f"all {calls} calls are allowed (each was made, in a form without effect)",
        )
    ]


def needed(case: Case) -> list[Need]:
    """Return the needs of whoever acts, for the products in use, that no other check tries."""
    needs = RUNTIME_NEEDS if case.wishes.as_role else OPERATOR_NEEDS
    parts = {None, *_products(case)}
    tried = {(need.action, on) for need in needs if need.by == BY_DOCTOR for on in need.on}
    left = (
        replace(need, on=tuple(on for on in need.on if (need.action, on) not in tried))
        for need in needs
        if need.action is not None and need.part in parts
    )
    return [need for need in left if need.on]


def _products(case: Case) -> Iterator[str]:
    settings = case.settings
    senders = settings.routes.providers
    yield from (
        product
        for product, used in (
            (DYSMS, BY_DYSMS in senders),
            (PNVS, DYPNS in senders),
            (CAPTCHA, settings.captcha == "aliyun"),
            (MNS, bool(settings.receipt_queues)),
        )
        if used
    )


def _store_calls(needs: Sequence[Need]) -> dict[str, list[str]]:
    """Return the tables of each operation, without repetition."""
    tables: dict[str, dict[str, None]] = {}
    for need in needs:
        if (need.action or "").startswith(STORE):
            tables.setdefault(need.call, {}).update(dict.fromkeys(need.on))
    return {operation: list(named) for operation, named in tables.items()}


def _refused_by_store(case: Case, calls: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    from shared.client_wiring import tablestore

    client = tablestore(case.settings, functions_keys(case))
    prefix = case.settings.table_prefix
    for operation, tables in calls.items():
        codes: dict[str, list[str]] = {}
        for table in tables:
            case.progress(f"{operation} {table}")
            code = code_answered(client, operation, _TABLES[table], prefix)
            codes.setdefault(code, []).append(table)
        for code, named in codes.items():
            if code == STORE_DENIED:
                yield _denied(case, operation, ", ".join(named))
            elif code != PERMITTED:
                yield _unclear(operation, code, ", ".join(named))


def _denied(case: Case, operation: str, tables: str) -> Finding:
    """Say what the store refuses: the functions cannot do without, an operator may well."""
    role = case.wishes.as_role
    command, why = ("runtime", "") if role else ("operator", " (scripts/ops)")
    return (failure if role else warning)(
        (f"{operation} 被拒绝：{tables}{why}", f"{operation} is refused on {tables}{why}"),
        (
            f"授予 {STORE}{operation}：scripts/policy {command} 写出完整策略",
            f"grant {STORE}{operation}: scripts/policy {command} writes the whole policy",
        ),
    )


def _unclear(operation: str, code: str, tables: str) -> Finding:
    return warning(
        (f"{operation}：{code}（{tables}）", f"{operation}: {code} ({tables})"),
        (
            "无法判断权限；稍后再运行",
            "whether it is allowed was not to be found out; run this again later",
        ),
    )


def _product(case: Case, call: str, action: str) -> Iterator[Finding]:
    code = CALLS[action](case)
    if not code.startswith(DENIED):
        if finding := unanswered(call, code, permission=action):
            yield finding
    elif case.wishes.as_role:
        yield refused_to(case, call, action)
    else:
        yield warning(
            (f"{call} 被拒绝（scripts/ops）", f"{call} is refused (scripts/ops)"),
            (
                f"授予 {action}：scripts/policy operator 写出完整策略",
                f"grant {action}: scripts/policy operator writes the whole policy",
            ),
        )
