"""Make the page of a report out of what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.report import story, words
from scripts.report.arriving import outcomes
from scripts.report.chart import Row, Table
from scripts.report.converting import conversion
from scripts.report.failing import reasons
from scripts.report.latency import latency
from scripts.report.log_lines import LogReader
from scripts.report.page import Page, render
from scripts.report.paying import spending
from scripts.report.sending import refusals, sends
from scripts.report.spending import Used
from scripts.report.tally import DELIVERED, Tally
from shared.errors import Bilingual


@dataclass(frozen=True, slots=True)
class Terms:
    """What the report goes by: a price in yuan, when a cap is near, and the moment it is made."""

    price: float
    warn_percent: int
    now: float


def report(tally: Tally, used: Sequence[Used], reader: LogReader | None, terms: Terms) -> str:
    """Return the page as HTML."""
    page = Page(
        period=(tally.period.start, tally.period.end),
        opening=story.opening(tally, price=terms.price),
        facts=_facts(tally, terms.price),
        standing_out=story.standing_out(tally, used, price=terms.price),
        charts=[
            sends(tally),
            outcomes(tally),
            reasons(tally),
            conversion(tally),
            latency(tally),
            refusals(tally),
            spending(tally, used, price=terms.price, warn_percent=terms.warn_percent),
        ],
        alerts=_alerts(tally),
        notes=_notes(tally, reader, terms),
    )
    return render(page)


def _facts(tally: Tally, price: float) -> list[tuple[Bilingual, str]]:
    segments = sum(tally.segments.values()) + sum(tally.unbilled_yet.values())
    refused = f"{sum(tally.logged.refused.values()):,}" if tally.logged.lines else "-"
    return [
        (("已发送", "sent"), f"{tally.messages:,}"),
        (("已送达", "delivered"), words.share(tally.total(DELIVERED), tally.messages)),
        (("已验证", "verified"), words.share(sum(tally.verified.values()), tally.messages)),
        (("被拒绝", "refused"), refused),
        (("花费（估算）", "cost (estimate)"), words.yuan(segments * price)),
    ]


def _alerts(tally: Tally) -> Table | None:
    if not tally.logged.alerts:
        return None
    rows: list[Row] = [
        (
            words.stamp(one.at),
            _KINDS.get(one.kind, (one.kind, one.kind)),
            one.limit,
            one.who or "-",
            one.window or "-",
            f"{one.percent} %",
        )
        for one in tally.logged.alerts
    ]
    return Table(
        [
            ("时间", "at"),
            ("级别", "kind"),
            ("设置", "setting"),
            ("对象", "who"),
            ("窗口", "window"),
            ("已用", "used"),
        ],
        rows,
    )


_KINDS: dict[str, Bilingual] = {
    "warning": ("预警", "warning"),
    "alert": ("告警", "alert"),
    "rejected": ("审核未通过", "rejected"),
}


def _notes(tally: Tally, reader: LogReader | None, terms: Terms) -> list[Bilingual]:
    made = words.stamp(terms.now)
    notes = [
        (
            f"生成于 {made}（北京时间），由 scripts/ops report 从数据表"
            f"{'与日志' if reader else ''}计算；不含手机号、地址、验证码。",
            f"Made at {made} (Beijing time) by scripts/ops report from the store"
            f"{' and logs' if reader else ''}; it holds no phone number, address or code.",
        ),
        (
            f"花费按每条 {terms.price:g} 元估算，是假设；以账单为准。运营商由号段估计。",
            f"The cost is an estimate at an assumed {terms.price:g} yuan a segment; the bill "
            "counts. Carriers are guessed from the number's first digits.",
        ),
    ]
    if tally.tests:
        notes.append(
            (
                f"另有 {tally.tests:,} 次测试号码的获取，不发短信，不计入。",
                f"{tally.tests:,} codes for test numbers are left out: no message was sent.",
            )
        )
    if reader is not None:
        notes.append(
            (
                f"日志 {tally.logged.lines:,} 行在期间内；重复 {reader.repeated:,} 行已忽略，"
                f"{reader.broken:,} 行无法识别。",
                f"{tally.logged.lines:,} log lines were of this period; {reader.repeated:,} "
                f"repeated ones were left out, {reader.broken:,} could not be read.",
            )
        )
    return notes
