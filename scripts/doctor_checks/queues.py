"""Whether the queues that reports are pulled from are there, and obey the keys that we are lent.

Nothing is received: a received message hides from the functions for a while, and one that is only
peeked at shows a plain number here. Instead a message is deleted that there never was: MNS looks
at keys, queue and permission before it minds the handle.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, skipped, warning
from scripts.doctor_checks.openapi import DENIED, NO_ANSWER, body_or_code, unanswered
from scripts.doctor_checks.product_calls import queue_name, queue_token
from scripts.doctor_checks.whose import account, refused_to, sms_elsewhere
from shared.errors import Bilingual

CALL, ACTION = "QueryTokenForMnsQueue", "dybase:QueryTokenForMnsQueue"
NO_HANDLE = "1-0-0"
MINDED = ("ReceiptHandleError", "InvalidArgument", "MessageNotExist")
"""What MNS answers to a handle that is none."""

SECONDS = 5.0
_CONSOLE: Bilingual = (
    "在短信控制台的回执设置中开启 MNS 消费模式，并核对 ALIBABA_CLOUD_ACCOUNT_ID",
    "switch consuming by MNS on in the SMS console's settings of reports, and see that "
    "ALIBABA_CLOUD_ACCOUNT_ID is the account's",
)
_NETWORK: Bilingual = (
    "检查网络、MNS_ENDPOINT 与 DYBASE_ENDPOINT",
    "check the network, MNS_ENDPOINT and DYBASE_ENDPOINT",
)


def queues(case: Case) -> Iterator[Finding]:
    """Borrow keys to each queue of RECEIPT_QUEUES, and try them on it."""
    kinds = case.settings.receipt_queues
    if not kinds:
        yield ok(
            "没有设置 RECEIPT_QUEUES：回执由 HTTP 推送",
            "RECEIPT_QUEUES is not set: reports are pushed by HTTP, if at all",
        )
        return
    if not account(case):
        yield skipped(
            "不知道账号：设 ALIBABA_CLOUD_ACCOUNT_ID，或把 FUNCTION_ROLE 写成 ARN",
            "the account is not known: set ALIBABA_CLOUD_ACCOUNT_ID, or FUNCTION_ROLE as an ARN",
        )
        return
    if not case.wishes.as_role and (elsewhere := sms_elsewhere(case)) is not None:
        yield elsewhere
        return
    found: list[Finding] = []
    for kind in kinds:
        case.progress(kind)
        found += _queue(case, kind)
    names = ", ".join(kinds)
    yield from found or [
        ok(f"{names}：可达，未取走消息", f"{names}: reached, and nothing was taken")
    ]


def _queue(case: Case, kind: str) -> Iterator[Finding]:
    from shared.providers.receipt_queues import TYPES

    token = _token(case, TYPES[kind])
    if isinstance(token, str):
        yield _not_lent(case, kind, token)
        return
    code = _deleted(case, queue_name(case, TYPES[kind]), token)
    if code in MINDED:
        return
    if code == "QueueNotExist":
        yield failure((f"{kind}：没有这个队列", f"{kind}: there is no such queue"), _CONSOLE)
    elif code == NO_ANSWER:
        yield failure((f"{kind}：MNS 没有应答", f"{kind}: MNS does not answer"), _NETWORK)
    elif code.startswith(("AccessDenied", "InvalidAccessKeyId", "Signature", "SecurityToken")):
        yield failure(
            (f"{kind}：MNS 不接受借到的密钥（{code}）", f"{kind}: MNS refused lent keys ({code})"),
            _CONSOLE,
        )
    else:
        yield warning(
            (f"{kind}：MNS 的答复 {code}", f"{kind}: MNS answered {code}"),
            ("稍后再运行；仍出现时提交工单", "run this again later; if it stays, open a ticket"),
        )


def _not_lent(case: Case, kind: str, code: str) -> Finding:
    if code.startswith(DENIED):
        return refused_to(case, CALL, ACTION)
    return unanswered(CALL, code, permission=ACTION) or failure(
        (f"{kind}：借不到队列的密钥（{code}）", f"{kind}: no keys to the queue ({code})"), _CONSOLE
    )


def _token(case: Case, message_type: str) -> Any:
    """Return the keys that Dybase lends, or the code of its refusal."""
    body = body_or_code(lambda: queue_token(case, message_type))
    if isinstance(body, str):
        return body
    lent = body.message_token_dto if body.code == "OK" else None
    return lent if lent is not None else str(body.code or NO_ANSWER)


def _deleted(case: Case, name: str, token: Any) -> str:
    """Ask MNS to delete a message that there never was; return the code of its answer."""
    from mns.mns_client import MNSClient
    from mns.mns_exception import MNSClientNetworkException, MNSExceptionBase
    from mns.mns_request import DeleteMessageRequest, DeleteMessageResponse

    from shared.domain.deadline import Deadline
    from shared.providers.mns_connection import connect

    endpoint = case.settings.mns_endpoint
    client = MNSClient(
        endpoint,
        token.access_key_id,
        token.access_key_secret,
        security_token=token.security_token,
    )
    client.http.conn = connect(endpoint, clock=time.time)
    client.http.conn.limit(Deadline.after(SECONDS, clock=time.monotonic))
    try:
        client.delete_message(DeleteMessageRequest(name, NO_HANDLE), DeleteMessageResponse())
    except (MNSClientNetworkException, OSError):
        return NO_ANSWER
    except MNSExceptionBase as error:
        return str(error.type)
    finally:
        client.close_connection()
    return MINDED[0]
