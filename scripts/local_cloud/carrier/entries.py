"""What Aliyun's reports say, field by field: as pushed over HTTP and as put into MNS queues.

Source: the SMS service's pages SmsReport, SmsUp, SignSmsReport and TemplateSmsReport. Times are
Beijing's and carry no zone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from scripts.local_cloud.outbox import Message

BEIJING = timezone(timedelta(hours=8))

QUEUES: Mapping[str, str] = {
    "sms-report": "SmsReport",
    "sms-up": "SmsUp",
    "sign-report": "SignSmsReport",
    "template-report": "TemplateSmsReport",
    "pnvs-report": "DypnsSmsVerifyReport",
}
"""The kinds of report as the product's URLs name them, and as MNS's queues do."""

REPORTS: Mapping[str, str] = {"dysms": "sms-report", "dypns": "pnvs-report"}
"""The kind of report on a provider's messages."""

SHORT, LONG = 70, 67
"""Characters of a single message, and of each part of a longer one."""

ALONE = ("sign-report", "template-report")
"""Kinds of which a push carries one."""


def beijing(moment: float) -> str:
    """Return a moment as Aliyun writes it."""
    return datetime.fromtimestamp(moment, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def as_dialled(e164: str) -> str:
    """Return a number as Aliyun writes it: mainland national, others with country code."""
    return e164.removeprefix("+86") if e164.startswith("+86") else e164.removeprefix("+")


def delivery(message: Message) -> dict[str, Any]:
    """Return the report on one message."""
    return {
        "phone_number": as_dialled(message.phone),
        "send_time": beijing(message.at),
        "report_time": beijing(message.reported_at),
        "success": message.state == "delivered",
        "err_code": message.err_code,
        "err_msg": "用户接收成功" if message.state == "delivered" else "发送失败",
        "sms_size": str(segments(message.text)),
        "biz_id": message.biz_id,
        "out_id": message.out_id,
    }


def segments(text: str) -> int:
    """Return how many messages a text is billed as."""
    return 1 if len(text) <= SHORT else math.ceil(len(text) / LONG)


def reply(e164: str, content: str, *, at: float, number: int) -> dict[str, Any]:
    """Return what somebody wrote back."""
    return {
        "phone_number": as_dialled(e164),
        "content": content,
        "send_time": beijing(at),
        "dest_code": "1069000000000",
        "sequence_id": str(number),
    }


def sign_review(name: str, status: str, reason: str, *, at: float, number: int) -> dict[str, Any]:
    """Return the result of a sign name's review."""
    return {
        "sign_name": name,
        "sign_status": status,
        "reason": reason,
        "sign_scene": "验证码",
        "sign_source": "企事业单位的全称或简称",
        "remark": "",
        "create_date": beijing(at),
        "orderId": number,
    }


def template_review(
    code: str, text: str, status: str, reason: str, *, at: float, number: int
) -> dict[str, Any]:
    """Return the result of a template's review."""
    return {
        "template_code": code,
        "template_name": code,
        "template_type": "验证码",
        "template_content": text,
        "template_status": status,
        "reason": reason,
        "remark": "",
        "create_date": beijing(at),
        "orderId": number,
    }


def for_queue(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry as MNS has it: one object, and order_id where HTTP says orderId."""
    return {"order_id" if name == "orderId" else name: value for name, value in entry.items()}
