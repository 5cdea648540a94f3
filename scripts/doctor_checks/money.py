"""Whether Aliyun SMS would take a message: account, balance, caps of the console."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from scripts.doctor_checks.messages import uses_dysms
from scripts.doctor_checks.openapi import DENIED, unanswered
from scripts.doctor_checks.product_calls import send_sms
from scripts.doctor_checks.whose import refused_to, sms_elsewhere
from shared.ports import Verdict
from shared.providers.codes import Product, without_prefix
from shared.providers.dysms_codes import DYSMS

PROVOKED = frozenset(
    {
        "MOBILE_NUMBER_ILLEGAL",
        "TEMPLATE_MISSING_PARAMETERS",
        "TEMPLATE_PARAMS_ILLEGAL",
        "INVALID_PARAMETERS",
        "INVALID_JSON_PARAM",
    }
)
"""What the request of product_calls.py is meant to be refused for."""

ACTION = "dysms:SendSms"


def money(case: Case) -> Iterator[Finding]:
    """Ask to send to nobody, and see what Aliyun minds beside that.

    How much money or how many messages are left no API of this product tells: the account's
    balance is another product's (BssOpenApi), and packages are the console's. Nor is it written
    down that the balance is looked at before the number is [U].
    """
    if not uses_dysms(case.settings):
        yield ok("没有使用短信服务（Dysms）", "Dysms is not used")
        return
    if not case.wishes.as_role and (elsewhere := sms_elsewhere(case)) is not None:
        yield elsewhere
        return
    code = send_sms(case)
    if code.startswith(DENIED):
        yield refused_to(case, "SendSms", ACTION)
    elif without_prefix(code) in PROVOKED:
        yield ok(
            "没有欠费、停机或封顶的答复；余额须看控制台，请设余额预警",
            "no word of debts, a stop or a cap; what is left only the console tells: set its "
            "balance warning",
        )
    else:
        yield unanswered("SendSms", code, permission=ACTION) or minded(DYSMS, "SendSms", code)


def minded(product: Product, call: str, code: str) -> Finding:
    """Say what a product minds, in the words of its table of codes."""
    meaning = product.exactly(code)
    if meaning is None:
        return warning(
            (f"{call} 的答复不认识：{code}", f"{call} was answered with {code}, which is new"),
            ("查 API 文档中的错误码", "look the code up in the API's documentation"),
        )
    say = warning if meaning.verdict in (Verdict.UNCONFIRMED, Verdict.WAIT) else failure
    chinese, english = meaning.reason
    return say((f"{chinese}（{code}）", f"{english} ({code})"), meaning.advice)
