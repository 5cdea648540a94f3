"""The tables of docs/costs-and-scale*.md, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from scripts.costing import prices
from scripts.costing.bench import Spent
from scripts.costing.bill import (
    PER_VERIFICATION,
    SECONDS,
    Line,
    idle_month,
    size,
    verifications,
)
from scripts.costing.measured import BATCH, Measured
from shared.errors import Bilingual

Language = Literal["zh", "en"]
VOLUME = 1_000_000
INSTANCES = (100, 300, 1_000)
"""Quotas of Function Compute: what accounts have by default, some and others, and a raised one."""

_OPERATIONS: Mapping[str, Bilingual] = {
    "send_accepted": ("发送，成功", "send, accepted"),
    "send_limited": ("发送，超出限额", "send, over a limit"),
    "send_rejected": ("发送，被短信服务拒绝", "send, refused by the SMS service"),
    "verify_accepted": ("校验，成功", "verify, accepted"),
    "verify_wrong": ("校验，猜错", "verify, wrong guess"),
    "verify_spent": ("校验，验证码已用过", "verify, code already used"),
    "message_state": ("查询一条短信的状态", "state of a message"),
    "report": ("回执，每次 1 条", "reports, one in a push"),
    "report_batch": (f"回执，每次 {BATCH} 条", f"reports, {BATCH} in a push"),
    "maintain_idle": ("定时任务，空闲时一次", "the timer, one idle run"),
}
_ITEMS: Mapping[str, Bilingual] = {
    "sms": ("短信（短信服务，首档价）", "messages by SMS, at the first tier"),
    "pnvs": ("或：短信（号码认证，该用量的档位）", "or: messages by PNVS, at this volume's tier"),
    "functions": ("函数计算", "Function Compute"),
    "reads": ("Tablestore 读", "Tablestore, reads"),
    "writes": ("Tablestore 写", "Tablestore, writes"),
    "stored": ("Tablestore 存储 40 天", "Tablestore, kept for 40 days"),
    "outbound": ("Tablestore 公网流量", "Tablestore, public traffic"),
    "logged": ("日志服务", "Log Service"),
}
_INSTEAD = ("pnvs",)
"""Stands for another line, and so is no part of the sum."""


def part(measured: Measured, language: Language) -> str:
    """Return what scripts/cost writes into a page."""
    index = 0 if language == "zh" else 1
    return "\n\n".join(
        [
            _spent(measured.spent, index),
            _heading((f"{VOLUME:,} 次验证", f"{VOLUME:,} verifications"), index),
            _bill(verifications(measured, count=VOLUME), index),
            _heading(("一个月无人使用", "A month in which nobody signs in"), index),
            _bill(idle_month(measured), index),
            _heading(("能承受多少", "How far it scales"), index),
            _scale(index),
            _heading(("所用的单价", "The prices that went in"), index),
            _prices(index),
        ]
    )


def _heading(title: Bilingual, index: int) -> str:
    return f"**{title[index]}**"


def _spent(spent: Mapping[str, Spent], index: int) -> str:
    head = (
        "| 操作 | Tablestore 请求 | 读 CU | 写 CU |",
        "| operation | Tablestore requests | read CU | write CU |",
    )
    lines = [
        f"| {said[index]} | {spent[name].requests} | {spent[name].units.read} "
        f"| {spent[name].units.write} |"
        for name, said in _OPERATIONS.items()
    ]
    each = [spent[name] for name in PER_VERIFICATION]
    total = ("**一次验证：发送、校验、回执各一**", "**a verification: one of each**")[index]
    sums = [
        sum(one.requests for one in each),
        sum(one.units.read for one in each),
        sum(one.units.write for one in each),
    ]
    row = " | ".join(f"**{found}**" for found in sums)
    return "\n".join([head[index], "|---|---|---|---|", *lines, f"| {total} | {row} |"])


def _bill(lines: Iterable[Line], index: int) -> str:
    head = ("| 项目 | 算式 | 元 |", "| item | worked out | yuan |")[index]
    found = list(lines)
    rows = [
        f"| {_ITEMS[line.what][index]} | {line.worked_out} | {line.yuan:,.2f} |" for line in found
    ]
    total = sum(line.yuan for line in found if line.what not in _INSTEAD)
    without = sum(line.yuan for line in found if line.what not in (*_INSTEAD, "sms"))
    text = f"{total:,.2f}"
    if without != total:
        more = (f"，短信以外 {without:,.2f}", f", {without:,.2f} without the messages")[index]
        text += more
    name = ("**合计**", "**in all**")[index]
    return "\n".join([head, "|---|---|---|", *rows, f"| {name} | | **{text}** |"])


def _scale(index: int) -> str:
    head = (
        "| 实例数 | 只有发送，每秒 | 完整验证，每秒 | 每天（峰值持续） |",
        "| instances | sends alone, a second | verifications, a second | a day at that pace |",
    )[index]
    each = sum(SECONDS[name] for name in PER_VERIFICATION)
    rows = [
        f"| {count:,} | {count / SECONDS['send_accepted']:,.0f} | {count / each:,.0f} "
        f"| {count / each * 86_400 / 1e6:,.0f} {('百万', 'million')[index]} |"
        for count in INSTANCES
    ]
    return "\n".join([head, "|---|---|---|---|", *rows])


def _prices(index: int) -> str:
    head = ("| 单价 | 每 | 来源 |", "| price | per | source |")[index]
    tiers = [prices.PNVS.price(limit) for limit, _ in prices.PNVS.steps]
    priced = [
        (("短信服务，元", "SMS, yuan"), prices.SMS),
        *[(("号码认证，元", "PNVS, yuan"), price) for price in tiers[1:2]],
        (("函数计算，元", "Function Compute, yuan"), prices.FUNCTION_CU),
        (("函数计算，CU", "Function Compute, CU"), prices.CU_PER_CALL),
        (("函数计算，CU", "Function Compute, CU"), prices.CU_PER_VCPU_SECOND),
        (("函数计算，CU", "Function Compute, CU"), prices.CU_PER_GB_SECOND),
        (("Tablestore，元", "Tablestore, yuan"), prices.READ_UNIT),
        (("Tablestore，元", "Tablestore, yuan"), prices.WRITE_UNIT),
        (("Tablestore 存储，元", "Tablestore, stored, yuan"), prices.STORED_GB_HOUR),
        (("Tablestore 公网流量，元", "Tablestore, public traffic, yuan"), prices.OUTBOUND_GB),
        (("日志服务，元", "Log Service, yuan"), prices.LOGGED_GB),
    ]
    lines = [
        f"| {what[index]} {_number(price.yuan)} | {price.unit[index]} | {_source(price, index)} |"
        for what, price in priced
    ]
    return "\n".join([head, "|---|---|---|", *lines, "", _assumed(index)])


def _number(yuan: float) -> str:
    return f"{yuan:.8f}".rstrip("0").rstrip(".")


def _source(price: prices.Price, index: int) -> str:
    if price.source == prices.NOT_READ:
        return ("凭记忆，未能读到价格页", "recalled; no page could be read")[index]
    return f"[{('阿里云', 'Aliyun')[index]}]({price.source})"


def _assumed(index: int) -> str:
    given = size()
    call = ", ".join(
        f"{_OPERATIONS[name][index]} {seconds:g} s" for name, seconds in SECONDS.items()
    )
    return (
        f"函数规格（s.yaml）：{given.vcpu:g} vCPU、{given.gigabytes:g} GB。假定的时长：{call}。",
        f"The functions have {given.vcpu:g} vCPU and {given.gigabytes:g} GB (s.yaml). Durations "
        f"are assumed: {call}.",
    )[index]
