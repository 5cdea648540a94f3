"""Whose keys the functions' calls are tried with: the operator's own, or those of their role.

The operator's keys commonly may do less than the functions do, and should: so a call that RAM
refuses to them says nothing of the functions. With --as-role they assume the functions' role.
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.deployment import ACCOUNT_ID
from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, skipped
from scripts.doctor_checks.places import ACCOUNT_OF_ROLE
from shared.credentials import ALL, KeySource, current_keys
from shared.errors import Bilingual, Misconfigured, Refused

SESSION = "fc-sms-verify-doctor"
"""How the doctor appears in ActionTrail."""

_BEFOREHAND: Bilingual = (
    "允许当前身份扮演它（scripts/policy assume --role <FUNCTION_ROLE>），并在角色的信任策略中加上"
    "当前身份；查完可撤销",
    "allow these keys to assume it (scripts/policy assume --role <FUNCTION_ROLE>), and name them "
    "in the role's trust policy; both can be taken back afterwards",
)


def account(case: Case) -> str:
    """Return the account that the functions are in, as far as it is written down."""
    named = ACCOUNT_OF_ROLE.match(case.value("FUNCTION_ROLE"))
    return case.value(ACCOUNT_ID) or (named["account"] if named else "")


def functions_keys(case: Case) -> KeySource:
    """Return the keys that the functions' calls to store and captcha are tried with."""
    own = current_keys(case.environment, None)
    if not case.wishes.as_role:
        return own
    role = _functions_role(case)
    return _sms_role(case, role) if case.value("SMS_ROLE_FOR") == ALL else role


def sms_keys(case: Case) -> KeySource:
    """Return the keys that the functions' calls to Aliyun's SMS products are tried with."""
    own = current_keys(case.environment, None)
    return _sms_role(case, _functions_role(case)) if case.wishes.as_role else own


def sms_elsewhere(case: Case) -> Finding | None:
    """Say that these keys cannot see the SMS products, where they live in another account."""
    other = ACCOUNT_OF_ROLE.match(case.value("SMS_ROLE_ARN"))
    if other is None:
        return None
    name = other["account"]
    return skipped(
        f"短信在另一个账号 {name}：请在其控制台查看",
        f"SMS is in another account, {name}: look in its console",
    )


def acting(case: Case) -> Iterator[Finding]:
    """Say whose keys the following checks try the functions' calls with; assume their role."""
    if not case.wishes.as_role:
        yield ok(
            "当前密钥；加 --as-role 则以函数角色尝试",
            "these keys; --as-role tries them as the functions' role",
        )
        return
    try:
        functions_keys(case).prepare()
        sms_keys(case).prepare()
    except Misconfigured as error:
        yield failure(error.problems[0], _BEFOREHAND)
        return
    except Refused as refused:
        yield failure(
            (f"STS 没有应答（{refused.reason}）", f"STS did not answer ({refused.reason})"),
            ("检查网络与 STS_ENDPOINT", "check the network and STS_ENDPOINT"),
        )
        return
    name = _arn(case).rpartition("/")[2]
    yield ok(f"函数角色 {name}", f"the functions' role, {name}")


def refused_to(case: Case, call: str, action: str) -> Finding:
    """Say that RAM refuses a call of the functions to whoever tried it."""
    if not case.wishes.as_role:
        return skipped(
            f"当前密钥无权调用 {call}（{action}），这不说明函数；用 --as-role 检查",
            f"these keys may not call {call} ({action}), which says nothing of the functions; "
            "--as-role does",
        )
    return failure(
        (f"函数角色无权调用 {call}", f"the functions' role may not call {call}"),
        (
            f"授予 {action}：scripts/policy runtime 写出完整策略",
            f"grant {action}: scripts/policy runtime writes the whole policy",
        ),
    )


def _arn(case: Case) -> str:
    given = case.value("FUNCTION_ROLE")
    if given.startswith("acs:") or not given:
        return given
    return f"acs:ram::{account(case)}:role/{given}"


def _functions_role(case: Case) -> KeySource:
    return _assumed(case, _arn(case), "", current_keys(case.environment, None))


def _sms_role(case: Case, functions_role: KeySource) -> KeySource:
    """Return the keys of the role in another account that the functions' role assumes, if any."""
    arn = case.value("SMS_ROLE_ARN")
    if not arn:
        return functions_role
    return _assumed(case, arn, case.value("SMS_ROLE_EXTERNAL_ID"), functions_role)


def _assumed(case: Case, arn: str, external_id: str, own: KeySource) -> KeySource:
    """Return the source of a role's keys, which asks for them once in a run."""
    from shared.assumed_role import AssumedRole, Role
    from shared.sts import assume

    if arn not in case.assumed:
        role = Role(arn, SESSION, external_id, case.value("STS_ENDPOINT"), case.value("REGION"))
        ask = assume(role, own, unavailable="provider_unavailable")
        case.assumed[arn] = AssumedRole(ask)
    return case.assumed[arn]
