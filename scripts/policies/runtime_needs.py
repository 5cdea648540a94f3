"""What the functions call. tests/functions/test_policy_calls.py holds it to what they do call."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.policies.needs import (
    ASSUMED,
    CAPTCHA,
    DOCUMENTED,
    DYSMS,
    EVERYTHING,
    LOGS,
    MNS,
    PNVS,
    REPORTED,
    RUNTIME,
    Need,
)

RECEIVED = ("messages", "pending", "receipts", "lists", "alerts", "health")
"""The tables that reports, replies and review results are written to."""

STORE_CALLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "send_code",
        "BatchGetRow",
        ("phones", "counters", "lists", "tokens", "segments", "providers"),
    ),
    (
        "send_code",
        "BatchWriteRow",
        ("phones", "messages", "counters", "pending", "tokens", "segments", "providers"),
    ),
    ("verify_code", "BatchWriteRow", ("messages", "counters")),
    ("verify_code", "UpdateRow", ("messages",)),
    ("verify_code", "GetRow", ("messages",)),
    ("messages", "GetRow", ("messages", "receipts")),
    ("receipts", "BatchWriteRow", RECEIVED),
    ("receipts", "BatchGetRow", ("alerts",)),
    ("receipts_mns", "BatchWriteRow", RECEIVED),
    ("receipts_mns", "BatchGetRow", ("alerts",)),
    ("maintain", "BatchGetRow", ("counters", "alerts", "health", "providers")),
    (
        "maintain",
        "BatchWriteRow",
        ("counters", "alerts", "messages", "pending", "receipts", "health", "providers"),
    ),
    ("maintain", "GetRange", ("alerts", "pending")),
    ("maintain", "GetRow", ("counters",)),
)
"""Function, operation, tables. Only an opt-out is written to the lists."""

OTS = "help.aliyun.com 27362: ots:<API>, instance in lower case"


def _store() -> Iterator[Need]:
    for function, operation, on in STORE_CALLS:
        yield Need(RUNTIME, function, operation, f"ots:{operation}", on, DOCUMENTED, OTS)


RUNTIME_NEEDS: tuple[Need, ...] = (
    *_store(),
    Need(
        RUNTIME,
        "send_code",
        "SendSms",
        "dysms:SendSms",
        (EVERYTHING,),
        DOCUMENTED,
        "aliyun/alibabacloud-aiops-skills, SMS ram-policies.md: no resource level",
        DYSMS,
    ),
    Need(
        RUNTIME,
        "maintain",
        "QuerySendDetails",
        "dysms:QuerySendDetails",
        (EVERYTHING,),
        DOCUMENTED,
        "help page of QuerySendDetails: all resources",
        DYSMS,
    ),
    Need(
        RUNTIME,
        "send_code",
        "VerifyIntelligentCaptcha",
        "yundun-afs:VerifyCaptcha",
        (EVERYTHING,),
        REPORTED,
        "several public repositories, one after a real call; the action is named unlike the API",
        CAPTCHA,
    ),
    Need(
        RUNTIME,
        "receipts_mns",
        "QueryTokenForMnsQueue",
        "dybase:QueryTokenForMnsQueue",
        (EVERYTHING,),
        ASSUMED,
        "named as the SMS service's actions are; with the keys that it lends MNS asks for no more",
        MNS,
    ),
    Need(
        RUNTIME,
        "send_code",
        "SendSmsVerifyCode",
        "dypns:SendSmsVerifyCode",
        (EVERYTHING,),
        DOCUMENTED,
        "help page of SendSmsVerifyCode: all resources",
        PNVS,
    ),
    Need(
        RUNTIME,
        "verify_code",
        "CheckSmsVerifyCode",
        "dypns:CheckSmsVerifyCode",
        (EVERYTHING,),
        ASSUMED,
        "by analogy with SendSmsVerifyCode",
        PNVS,
    ),
    Need(
        RUNTIME,
        "maintain",
        "QuerySendDetails",
        "dypns:QuerySendDetails",
        (EVERYTHING,),
        ASSUMED,
        "by analogy with SendSmsVerifyCode",
        PNVS,
    ),
    Need(
        RUNTIME,
        "Function Compute",
        "PostLogStoreLogs",
        "log:PostLogStoreLogs",
        ("log store",),
        ASSUMED,
        "FC logs with its service-linked role; a safeguard in case a role of one's own replaces it",
        LOGS,
    ),
    Need(
        RUNTIME,
        "send_code",
        "Turnstile siteverify",
        None,
        (),
        DOCUMENTED,
        "no Alibaba Cloud API",
    ),
    Need(RUNTIME, "maintain", "ALERT_WEBHOOK", None, (), DOCUMENTED, "no Alibaba Cloud API"),
)
