"""Whether Aliyun approved the sign name and the templates, and they take what we send.

States, types and rules as the service's API describes them. They are known here and not in
shared/providers, because nothing that is deployed asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from scripts.doctor_checks.messages import served_regions, uses_dysms
from scripts.doctor_checks.registration import registration
from scripts.doctor_checks.whose import sms_elsewhere
from shared.credentials import current_keys, openapi_config
from shared.domain.places import MAINLAND
from shared.errors import Bilingual

REVIEWING, APPROVED, REJECTED, CANCELLED = "0", "1", "2", "10"
VERIFICATION, ABROAD = "0", "3"
SENT = ("code", "min")
"""What shared/providers/dysms.py has to say; DYSMS_TEMPLATE_PARAMS names it for the template."""

SHORT_RULES = ("numberCaptcha", "characterWithNumber2")
LONGEST_SHORT = 6
"""Under these rules a verification code has 4 to 6 characters (documentation: TemplateRule)."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_CONSOLE: Bilingual = (
    "在短信控制台申请或核对，名称须完全一致（不含【】）",
    "apply for it or look it up in the SMS console; names must be the same, without 【】",
)


UNUSED = ("没有使用短信服务（Dysms）", "Dysms is not used")


def sign(case: Case) -> Iterator[Finding]:
    """Ask for the sign name's review, and which carriers have registered it."""
    if (unseen := _unseen(case)) is not None:
        yield unseen
        return
    name = case.settings.dysms_sign_name
    answer = yield from _ask(case, "GetSmsSign", sign_name=name)
    if answer is None:
        return
    stopped = _review(f"签名 {name}", f"sign {name}", str(answer.sign_status), answer.audit_info)
    if stopped is not None:
        yield stopped
        return
    yield ok(f"{name} 已通过审核", f"{name} is approved")
    yield from registration(answer)


def templates(case: Case) -> Iterator[Finding]:
    """Ask for each template's review, and hold its variables to what we send."""
    if (unseen := _unseen(case)) is not None:
        yield unseen
        return
    for code in sorted(set(case.settings.dysms_templates.values())):
        answer = yield from _ask(case, "GetSmsTemplate", template_code=code)
        if answer is None:
            continue
        status = str(answer.template_status)
        stopped = _review(f"模板 {code}", f"template {code}", status, answer.audit_info)
        found = (
            [stopped] if stopped else [*_kind(case, code, answer), *_variables(case, code, answer)]
        )
        yield from found or [ok(f"{code} 已通过审核，变量相符", f"{code} is approved and fits")]


def _unseen(case: Case) -> Finding | None:
    """Say why there is nothing to ask for, or nobody who could."""
    return sms_elsewhere(case) if uses_dysms(case.settings) else ok(*UNUSED)


def _ask(case: Case, action: str, **fields: str) -> Any:
    """Return the answer's body; yield why there is none, and return None."""
    from alibabacloud_dysmsapi20170525 import models
    from alibabacloud_dysmsapi20170525.client import Client

    from scripts.doctor_checks.openapi import Refusal, asked, refusal, runtime

    keys = current_keys(case.environment, None)
    client = Client(openapi_config(keys, case.settings.dysms_endpoint))
    calls = {
        "GetSmsSign": client.get_sms_sign_with_options,
        "GetSmsTemplate": client.get_sms_template_with_options,
    }
    request = getattr(models, f"{action}Request")(**fields)
    permission = f"dysms:{action}"
    try:
        body = asked(action, lambda: calls[action](request, runtime()).body, permission=permission)
    except Refusal as refused:
        yield refused.finding
        return None
    if body.code != "OK":
        about = f"{action} {next(iter(fields.values()))}"
        yield refusal(about, str(body.code), permission=permission, otherwise=_CONSOLE)
        return None
    return body


def _review(chinese: str, english: str, status: str, audit: Any) -> Finding | None:
    """Return why something must not be used yet, or None where it passed its review."""
    if status == APPROVED:
        return None
    if status == REVIEWING:
        return failure(
            (f"{chinese} 审核中", f"{english} is under review"),
            (
                "等待审核结果（通常两小时内，9:00-23:00）",
                "wait for the result (about two hours, 9:00-23:00 Beijing time)",
            ),
        )
    if status == REJECTED:
        why = str(getattr(audit, "reject_info", None) or "")
        return failure(
            (f"{chinese} 未通过审核：{why}", f"{english} was rejected: {why}"),
            ("按原因修改后重新提交", "mend that, and hand it in again"),
        )
    if status == CANCELLED:
        return failure((f"{chinese} 已取消审核", f"{english}: its review was cancelled"), _CONSOLE)
    return warning(
        (f"{chinese} 状态未知（{status}）", f"{english} is in an unknown state ({status})"),
        _CONSOLE,
    )


def _kind(case: Case, code: str, answer: Any) -> Iterator[Finding]:
    kind = str(answer.template_type)
    regions = served_regions(case.settings, code)
    if kind == ABROAD and MAINLAND in regions:
        yield failure(
            (
                f"{code} 是国际模板，不能发往中国内地",
                f"{code} is an international template, which cannot be sent to the mainland",
            ),
            (
                "为内地改用国内验证码模板；国际模板放在 intl/* 下",
                "use a verification template of the mainland there, and name this one for intl/*",
            ),
        )
    elif kind != ABROAD and (abroad := sorted(regions - {MAINLAND})):
        yield warning(
            (
                f"{code} 不是国际模板，却用于 {', '.join(abroad)}",
                f"{code} is no international template, and {', '.join(abroad)} would get it",
            ),
            (
                "在 DYSMS_TEMPLATES 用 intl/* 指定国际/港澳台模板",
                "name an international template for intl/* in DYSMS_TEMPLATES",
            ),
        )
    elif kind not in (VERIFICATION, ABROAD):
        yield warning(
            (f"{code} 不是验证码模板", f"{code} is no verification template"),
            (
                "验证码类通道更快、限制更少，请申请验证码模板",
                "that kind has the best channel; apply for a verification template",
            ),
        )


def _variables(case: Case, code: str, answer: Any) -> Iterator[Finding]:
    by_template = case.settings.dysms_template_params
    named = by_template.get(code, by_template.get("*", {}))
    sent = {named[fact] for fact in SENT if fact in named}
    wanted = set(_VARIABLE.findall(str(answer.template_content)))
    if missing := ", ".join(sorted(wanted - sent)):
        yield failure(
            (
                f"{code} 的变量 {missing} 没有发送（isv.TEMPLATE_MISSING_PARAMETERS）",
                f"{code} has {missing}, which we do not send (isv.TEMPLATE_MISSING_PARAMETERS)",
            ),
            (
                "在 DYSMS_TEMPLATE_PARAMS 写明 code 与 min 各对应哪个变量；其他变量须改模板",
                "name code and min for it in DYSMS_TEMPLATE_PARAMS; other variables need another "
                "template",
            ),
        )
    if named.get("code") not in wanted:
        yield failure(
            (f"{code} 中没有验证码的变量", f"{code} has no variable for the code"),
            ("核对 DYSMS_TEMPLATE_PARAMS 的 code=", "check code= in DYSMS_TEMPLATE_PARAMS"),
        )
    elif spare := ", ".join(sorted(sent - wanted)):
        yield warning(
            (
                f"{code} 没有变量 {spare}，而我们会发送",
                f"we send {spare}, which {code} does not have",
            ),
            (
                "没有分钟数的模板用 DYSMS_TEMPLATE_PARAMS=code=code",
                "for a template without minutes: DYSMS_TEMPLATE_PARAMS=code=code",
            ),
        )
    rule = _rules(answer.variable_attribute).get(named.get("code", ""))
    if rule in SHORT_RULES and case.settings.code_length > LONGEST_SHORT:
        yield warning(
            (
                f"{code} 的验证码变量限 4 至 6 位，CODE_LENGTH 更长",
                f"{code} takes codes of 4 to 6 characters, and CODE_LENGTH is longer",
            ),
            ("CODE_LENGTH 改为 6 或更短", "set CODE_LENGTH to 6 or less"),
        )


def _rules(text: Any) -> dict[str, Any]:
    """Read the rules of variables, a JSON object in a text; other forms have none for us."""
    try:
        found = json.loads(text or "{}")
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
