"""Whose keys these are, and whether the functions' role is in the same account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from scripts.doctor_checks.places import ACCOUNT_OF_ROLE
from shared.credentials import ID, TOKEN, current_keys, openapi_config
from shared.errors import Misconfigured

_NAMED = re.compile(r"acs:(?:ram|sts)::\d+:(?P<what>user|assumed-role)/(?P<name>[^/]+)")


def keys(case: Case) -> Iterator[Finding]:
    """Look at the keys' form: there, temporary, complete."""
    try:
        current_keys(case.environment, None)
    except Misconfigured:
        yield failure(
            ("没有访问密钥", "there are no keys"),
            (
                "设置 ALIBABA_CLOUD_ACCESS_KEY_ID、..._SECRET（与 ..._SECURITY_TOKEN）",
                "set ALIBABA_CLOUD_ACCESS_KEY_ID and ..._SECRET (and ..._SECURITY_TOKEN)",
            ),
        )
        return
    if case.value(TOKEN):
        yield ok("临时密钥", "temporary keys")
    elif case.value(ID).startswith("STS."):
        yield failure(
            ("临时密钥缺少 ALIBABA_CLOUD_SECURITY_TOKEN", "temporary keys without their token"),
            (
                "一并设置 ALIBABA_CLOUD_SECURITY_TOKEN",
                "set ALIBABA_CLOUD_SECURITY_TOKEN with them",
            ),
        )
    else:
        yield warning(
            ("长期有效的 AccessKey", "a long-lived AccessKey"),
            (
                "泄露后长期可用：改用 RAM 角色的临时密钥（AssumeRole），或只授予 scripts/policy "
                "列出的权限",
                "once leaked it works for long: assume a RAM role (AssumeRole), or grant it no "
                "more than scripts/policy says",
            ),
        )


def identity(case: Case) -> Iterator[Finding]:
    """Ask STS who the keys are, and hold FUNCTION_ROLE to their account."""
    from scripts.doctor_checks.openapi import Refusal, asked, refusal

    try:
        answer = asked(
            "GetCallerIdentity", lambda: _caller_identity(case), permission="sts:GetCallerIdentity"
        )
    except Refusal as refused:
        yield refused.finding
        return
    account, arn = str(answer.get("AccountId", "")), str(answer.get("Arn", ""))
    if not account:
        yield refusal("GetCallerIdentity", str(answer.get("Code")), permission="")
        return
    named = _NAMED.match(arn)
    if named is None:
        yield warning(
            (f"账号 {account} 的主账号", f"the root of account {account}"),
            ("改用 RAM 用户或角色", "use a RAM user or a role instead"),
        )
    else:
        chinese = {"user": "用户", "assumed-role": "角色"}[named["what"]]
        english = {"user": "user", "assumed-role": "role"}[named["what"]]
        yield ok(
            f"账号 {account}，{chinese} {named['name']}",
            f"account {account}, {english} {named['name']}",
        )
    owner = ACCOUNT_OF_ROLE.match(case.value("FUNCTION_ROLE"))
    if owner is not None and owner["account"] != account:
        yield failure(
            (
                f"FUNCTION_ROLE 属于另一个账号 {owner['account']}",
                f"FUNCTION_ROLE is of another account, {owner['account']}",
            ),
            (
                "更换密钥或 FUNCTION_ROLE，使两者同属一个账号",
                "change the keys or FUNCTION_ROLE: both must be of one account",
            ),
        )


def _caller_identity(case: Case) -> dict[str, Any]:
    """Call STS through the SDK's general client: one call is not worth another package."""
    from alibabacloud_tea_openapi.client import Client
    from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params

    from scripts.doctor_checks.openapi import runtime

    client = Client(
        openapi_config(current_keys(case.environment, None), case.value("STS_ENDPOINT"))
    )
    action = Params(
        action="GetCallerIdentity",
        version="2015-04-01",
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    answer: dict[str, Any] = client.call_api(action, OpenApiRequest(), runtime())["body"]
    return answer
