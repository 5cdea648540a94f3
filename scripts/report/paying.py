"""The chart of what was sent against the caps, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.report import svg, words
from scripts.report.chart import Chart, Row, Table
from scripts.report.spending import Used
from scripts.report.svg import Panel
from scripts.report.tally import DAY, Tally


def spending(tally: Tally, used: Sequence[Used], *, price: float, warn_percent: int) -> Chart:
    """Draw what was counted against the total of a day, its cap, and what it costs."""
    title = ("花费与上限", "Spend against caps")
    daily = {one.starts: one for one in used if one.is_total_of_a_day}
    limit = max((one.limit for one in daily.values()), default=0)
    days = tally.period.days
    cost = {day: (tally.segments[day] + tally.unbilled_yet[day]) * price for day in days}
    counts = {day: daily[day].count if day in daily else _sent_on(tally, day) for day in days}
    scale = svg.ticks(max([limit, *counts.values()]))
    panel = Panel(tally.period, 26, 170, scale[-1])
    parts = [
        svg.words_at(svg.LEFT, 14, ("条/天", "messages a day"), style="unit"),
        panel.values(scale),
        panel.days(),
    ]
    for day in days:
        x, end = panel.x(day), panel.x(min(day + DAY, tally.period.end))
        colour = (
            "red"
            if limit and counts[day] >= limit
            else ("amber" if limit and counts[day] * 100 >= limit * warn_percent else "blue")
        )
        y = panel.y(counts[day])
        parts.append(
            svg.box(x + 4, y, end - x - 8, panel.base - y, colour, f"{counts[day]:,} / {limit:,}")
        )
        if end - x > 40:
            parts.append(
                svg.label(
                    (x + end) / 2, y - 5, words.yuan(cost[day]), anchor="middle", style="small"
                )
            )
    for level, style in ((limit, "cap"), (limit * warn_percent / 100, "warn")):
        if level:
            parts.append(
                svg.rule(svg.LEFT, panel.y(level), svg.WIDTH - svg.RIGHT, panel.y(level), style)
            )
    head = [
        ("设置", "setting"),
        ("对象", "who"),
        ("起（北京时间）", "from (Beijing)"),
        ("窗口", "window"),
        ("已用", "used"),
        ("上限", "cap"),
        ("占比", "share"),
    ]
    rows: list[Row] = [
        (
            one.setting,
            one.who or "-",
            words.stamp(one.starts),
            one.window,
            f"{one.count:,}",
            f"{one.limit:,}",
            f"{one.share:.0%}",
        )
        for one in sorted(used, key=lambda one: (one.setting, one.who, one.starts))
    ]
    return Chart(
        "spend",
        title,
        (
            f"柱上是当天的花费：计费条数乘以每条 {price:g} 元（假设的单价，用 --price 修改）；"
            f"尚无回执的按一条计。实线为每日总量上限，虚线为 {warn_percent}% 预警线。",
            f"Above each bar is the day's cost: billed segments at {price:g} yuan each (an assumed "
            "price, see --price); a message without a report counts as one. The line is the cap on "
            f"the day's total, the dashed one the warning at {warn_percent}%.",
        ),
        svg.picture(
            "spend",
            title,
            ("每天的发送条数、上限与花费", "messages a day, the cap, and what they cost"),
            panel.base + 30,
            "".join(parts),
        ),
        table=Table(head, rows) if rows else None,
    )


def _sent_on(tally: Tally, day: int) -> int:
    return sum(tally.scenes[day, scene, "sent"] for scene in {s for _, s, _ in tally.scenes})
