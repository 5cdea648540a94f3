"""Whether PNVS is activated, and takes our gifted sign names as far as it says."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, ok, warning
from scripts.doctor_checks.money import PROVOKED, minded
from scripts.doctor_checks.openapi import DENIED, unanswered
from scripts.doctor_checks.product_calls import check_code_by_pnvs, send_code_by_pnvs
from scripts.doctor_checks.whose import refused_to, sms_elsewhere
from shared.domain.routes import DYPNS as BY_DYPNS
from shared.providers.codes import without_prefix
from shared.providers.dypns_codes import DYPNS, Check, checked, sign_refused

CHECK, SEND = "dypns:CheckSmsVerifyCode", "dypns:SendSmsVerifyCode"


def pnvs(case: Case) -> Iterator[Finding]:
    """Have a code of nobody's checked, which costs and sends nothing; then try each sign name.

    Which sign names are gifted at present its console lists, and no API does. Whether PNVS looks
    at the name before the number is not written down [U].
    """
    if BY_DYPNS not in case.settings.routes.providers:
        yield ok("没有使用号码认证（PNVS）", "PNVS is not used")
        return
    if not case.wishes.as_role and (elsewhere := sms_elsewhere(case)) is not None:
        yield elsewhere
        return
    code = check_code_by_pnvs(case)
    stopped = _stopped(case, "CheckSmsVerifyCode", code, CHECK)
    if stopped is not None:
        yield stopped
        return
    found = [*_signs(case)]
    yield from found or [
        ok(
            "已开通；赠送签名是否仍有效，以其控制台的列表为准",
            "activated; whether the gifted sign names still are, its console's list tells",
        )
    ]


def _stopped(case: Case, call: str, code: str, action: str) -> Finding | None:
    """Say why PNVS would not do what it is asked for; None where it minds nobody's number only."""
    if code.startswith(DENIED):
        return refused_to(case, call, action)
    if code == "OK" or without_prefix(code) in PROVOKED or checked(code) is Check.WRONG:
        return None
    return unanswered(call, code, permission=action) or minded(DYPNS, call, code)


def _signs(case: Case) -> Iterator[Finding]:
    refused = []
    for name in case.settings.pnvs_sign_name:
        case.progress(name)
        code = send_code_by_pnvs(case, name)
        if sign_refused(code) and without_prefix(code) not in PROVOKED:
            refused.append(name)
        elif stopped := _stopped(case, "SendSmsVerifyCode", code, SEND):
            yield stopped
            return
    if refused:
        names = "、".join(refused), ", ".join(refused)
        yield warning(
            (f"PNVS 不接受签名 {names[0]}", f"PNVS does not take {names[1]}"),
            (
                "对照控制台的“赠送签名”修改 PNVS_SIGN_NAME；其余签名仍会被尝试",
                "mend PNVS_SIGN_NAME by the gifted ones that its console lists; the others are "
                "still tried",
            ),
        )
