"""The chart of how long messages took to arrive."""

from __future__ import annotations

import math
from collections import Counter

from scripts.report import svg, words
from scripts.report.arriving import FEW, SPANS
from scripts.report.chart import Chart, Key, Row, Table, buckets
from scripts.report.svg import Panel
from scripts.report.tally import Tally, percentile
from shared.domain.statistics import PERCENTILES

_SECONDS = (1, 10, 60, 600, 3600, 36_000, 360_000)
_COLOURS = ("teal", "blue", "purple")


def latency(tally: Tally) -> Chart:
    """Draw within how many seconds messages arrived, on a scale of powers."""
    title = ("送达时延", "Time to delivery")
    span = buckets(tally.period, 90, SPANS)
    found: dict[int, Counter[int]] = {}
    for hour, counts in tally.seconds.items():
        found.setdefault(hour - (hour - tally.period.start) % span, Counter()).update(counts)
    everything: Counter[int] = sum(found.values(), Counter())
    if not everything:
        return Chart("latency", title, ("期间内没有送达的消息。", "Nothing was delivered."), "")
    most = max(everything)
    scale = [
        second for place, second in enumerate(_SECONDS) if not place or _SECONDS[place - 1] < most
    ]
    panel = Panel(tally.period, 26, 170, math.log10(scale[-1]) or 1)
    parts = [svg.words_at(svg.LEFT, 14, ("秒（对数刻度）", "seconds (logarithmic)"), style="unit")]
    for second in scale:
        y = panel.y(math.log10(second))
        parts.append(svg.rule(svg.LEFT, y, svg.WIDTH - svg.RIGHT, y))
        parts.append(svg.label(svg.LEFT - 6, y + 4, words.seconds(second), anchor="end"))
    parts.append(panel.days())
    rows: list[Row] = []
    for percent, colour in zip(PERCENTILES, _COLOURS, strict=True):
        points: list[tuple[float, float] | None] = []
        for at in range(tally.period.start, tally.period.end, span):
            counts = found.get(at, Counter())
            value = percentile(counts, percent) if sum(counts.values()) >= FEW else None
            if value is None:
                points.append(None)
            else:
                points.append((panel.x(at + span / 2), panel.y(math.log10(max(1, value)))))
        parts.append(svg.line(points, colour))
    for at in sorted(found):
        cells = (words.seconds(percentile(found[at], percent)) for percent in PERCENTILES)
        rows.append((words.stamp(at), f"{sum(found[at].values()):,}", *cells))
    figures = " · ".join(
        f"p{percent} {words.seconds(percentile(everything, percent))}" for percent in PERCENTILES
    )
    head = [
        ("起（北京时间）", "from (Beijing)"),
        ("送达", "delivered"),
        *((f"p{percent}", f"p{percent}") for percent in PERCENTILES),
    ]
    return Chart(
        "latency",
        title,
        (
            f"从交给服务商到运营商回执；整个期间 {figures}。p90 是 90% 的送达消息不超过的时间。",
            f"From hand-over to the carrier's report; over the whole period {figures}. p90 is the "
            "time that 90% of what arrived did not exceed.",
        ),
        svg.picture(
            "latency",
            title,
            ("送达时延的百分位", "percentiles of the time to delivery"),
            panel.base + 30,
            "".join(parts),
        ),
        [
            Key(colour, (f"p{percent}", f"p{percent}"))
            for percent, colour in zip(PERCENTILES, _COLOURS, strict=True)
        ],
        Table(head, rows),
    )
