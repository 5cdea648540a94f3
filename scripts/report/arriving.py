"""Charts of what became of messages: by carrier, over time, and how long they took."""

from __future__ import annotations

from collections import Counter

from scripts.report import svg, words
from scripts.report.chart import Chart, Key, Row, Table, buckets
from scripts.report.logged import HOUR
from scripts.report.svg import Panel
from scripts.report.tally import DELIVERED, ENDS, FAILED, Tally
from shared.errors import Bilingual

CARRIERS: dict[str, Bilingual] = {
    "mobile": ("中国移动", "China Mobile"),
    "unicom": ("中国联通", "China Unicom"),
    "telecom": ("中国电信", "China Telecom"),
    "broadcast": ("中国广电", "China Broadnet"),
    "other": ("其他", "other"),
}
_SHORT: dict[str, Bilingual] = {
    "mobile": ("移动", "Mobile"),
    "unicom": ("联通", "Unicom"),
    "telecom": ("电信", "Telecom"),
    "broadcast": ("广电", "Broadnet"),
    "other": ("其他", "other"),
}
END_NAMES: dict[str, Bilingual] = {
    "delivered": ("已送达", "delivered"),
    "failed": ("失败", "failed"),
    "unreachable": ("号码原因", "number's own reasons"),
    "waiting": ("等待回执", "awaiting a report"),
    "unknown": ("无回执", "never reported"),
}
END_COLOURS = dict(zip(ENDS, ("green", "red", "amber", "grey", "ink"), strict=True))
SPANS = tuple(hours * HOUR for hours in (1, 2, 3, 4, 6, 12, 24))
_SHADES = ((0.97, "h5"), (0.9, "h4"), (0.75, "h3"), (0.5, "h2"), (0.0, "h1"))
_ROW, _NAMES = 30, 128
FEW = 3


def outcomes(tally: Tally) -> Chart:
    """Draw which part of each carrier's messages ended how, and below, when they arrived."""
    title = ("送达与失败（按运营商）", "Delivered and failed, by carrier")
    found: dict[str, Counter[str]] = {}
    for (_, carrier, end), count in tally.ends.items():
        found.setdefault(carrier, Counter())[end] += count
    shown = [carrier for carrier in CARRIERS if carrier in found]
    parts, y = [], 8.0
    wide = svg.WIDTH - _NAMES - 150
    for carrier in shown:
        total, x = sum(found[carrier].values()), float(_NAMES)
        parts.append(svg.words_at(_NAMES - 8, y + 16, CARRIERS[carrier], anchor="end"))
        for end in ENDS:
            part = found[carrier][end] / total * wide
            tip = f"{' / '.join(END_NAMES[end])}: {found[carrier][end]:,}"
            parts.append(svg.box(x, y + 2, part, 20, END_COLOURS[end], tip))
            x += part
        delivered = words.share(found[carrier][DELIVERED], total)
        parts.append(svg.label(_NAMES + wide + 8, y + 16, f"{delivered}  n={total:,}"))
        y += _ROW
    drawn, height = _over_time(tally, shown, y + 34)
    head = [
        ("运营商", "carrier"),
        *(END_NAMES[end] for end in ENDS),
        ("合计", "total"),
        ("送达率", "delivered"),
    ]
    rows: list[Row] = [
        (
            CARRIERS[carrier],
            *(f"{found[carrier][end]:,}" for end in ENDS),
            f"{sum(found[carrier].values()):,}",
            words.share(found[carrier][DELIVERED], sum(found[carrier].values())),
        )
        for carrier in shown
    ]
    shades = [
        Key("h5", ("送达 ≥97%", "arrived ≥97%")),
        Key("h4", ("90-97%", "90-97%")),
        Key("h3", ("75-90%", "75-90%")),
        Key("h2", ("50-75%", "50-75%")),
        Key("h1", ("<50%", "<50%")),
    ]
    ends = [Key(END_COLOURS[end], END_NAMES[end]) for end in ENDS if tally.total(end)]
    return Chart(
        "carriers",
        title,
        (
            "上：各运营商的结果占比（运营商由号段估计）。下：送达率随时间的变化；关机、停机、拒收等号码"
            "自身的原因不计入；少于 3 条的格子留空。",
            "Above: what became of each carrier's messages (the carrier is guessed from the "
            "number's first digits). Below: the share that arrived, over time, leaving out what "
            "lies with the number (switched off, opted out, ...); cells with fewer than 3 are "
            "empty.",
        ),
        svg.picture(
            "carriers",
            title,
            (
                "各运营商送达与失败占比及其随时间变化",
                "shares delivered and failed by carrier, and over time",
            ),
            height,
            "".join(parts) + drawn,
        ),
        [*ends, *shades],
        Table(head, rows),
    )


def _over_time(tally: Tally, carriers: list[str], top: float) -> tuple[str, float]:
    """Draw a row of cells for each carrier."""
    period = tally.period
    span = buckets(period, 90, SPANS)
    counts: Counter[tuple[str, int, str]] = Counter()
    for (hour, carrier, end), count in tally.ends.items():
        counts[carrier, hour - (hour - period.start) % span, end] += count
    panel = Panel(period, top, 24 * len(carriers), 1)
    left = svg.LEFT
    parts = [
        svg.words_at(
            left,
            top - 10,
            (f"每 {span // HOUR} 小时的送达率", f"share delivered, every {span // HOUR} h"),
            style="unit",
        )
    ]
    wide = panel.x(period.start + span) - panel.x(period.start)
    for row, carrier in enumerate(carriers):
        y = top + 24 * row
        for at in range(period.start, period.end, span):
            arrived, failed = counts[carrier, at, DELIVERED], counts[carrier, at, FAILED]
            could = arrived + failed
            shade = "none"
            if could >= FEW:
                shade = next(name for least, name in _SHADES if arrived / could >= least)
            tip = f"{words.stamp(at)} {' / '.join(CARRIERS[carrier])}: {arrived}/{could}"
            parts.append(svg.box(panel.x(at), y + 1, wide - 0.5, 21, shade, tip))
        parts.append(svg.label(left - 6, y + 16, _SHORT[carrier][1], anchor="end", style="en"))
        parts.append(svg.label(left - 6, y + 16, _SHORT[carrier][0], anchor="end", style="zh"))
    parts.append(panel.days())
    return "".join(parts), panel.base + 30
