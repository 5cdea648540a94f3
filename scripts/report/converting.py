"""The chart of how many codes were entered, by scene and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scripts.report import svg, words
from scripts.report.chart import Chart, Key, Row, Table
from scripts.report.svg import Panel
from scripts.report.tally import Tally
from shared.errors import Bilingual

_MOST_SCENES = 8
_NAMES = 214
_STAGES: dict[str, Bilingual] = {
    "sent": ("已发送", "sent"),
    "delivered": ("已送达", "delivered"),
    "verified": ("已验证", "verified"),
}
_STAGE_COLOURS = dict(zip(_STAGES, ("grey", "blue", "green"), strict=True))
_LINES = ("purple", "teal", "amber", "red", "pink")


def conversion(tally: Tally) -> Chart:
    """Draw of each scene what was sent, arrived and was verified, and the share by day."""
    title = ("各场景的转化", "Conversion, by scene")
    totals: Counter[tuple[str, str]] = Counter()
    for (_, scene, stage), count in tally.scenes.items():
        totals[scene, stage] += count
    scenes = sorted({scene for scene, _ in totals}, key=lambda one: (-totals[one, "sent"], one))
    shown = scenes[:_MOST_SCENES]
    if not shown:
        return Chart("scenes", title, ("期间内没有消息。", "There was no message."), "")
    most, wide = totals[shown[0], "sent"], svg.WIDTH - _NAMES - 130
    parts, y = [], 6.0
    for scene in shown:
        parts.append(svg.label(_NAMES - 8, y + 26, scene[:28], anchor="end", style="code"))
        for place, stage in enumerate(_STAGES):
            count = totals[scene, stage]
            part = count / most * wide
            parts.append(
                svg.box(
                    _NAMES,
                    y + 13 * place,
                    part,
                    11,
                    _STAGE_COLOURS[stage],
                    f"{' / '.join(_STAGES[stage])}: {count:,}",
                )
            )
            note = f"{count:,}"
            if stage != "sent":
                note += f"  {words.share(count, totals[scene, 'sent'])}"
            parts.append(svg.label(_NAMES + part + 6, y + 13 * place + 10, note, style="small"))
        y += 50
    drawn, height = _by_day(tally, shown[: len(_LINES)], y + 34)
    head = [("日期", "day"), ("场景", "scene"), *_STAGES.values(), ("转化率", "conversion")]
    rows: list[Row] = [
        (
            words.day(day),
            scene,
            *(f"{tally.scenes[day, scene, stage]:,}" for stage in _STAGES),
            words.share(tally.scenes[day, scene, "verified"], tally.scenes[day, scene, "sent"]),
        )
        for day in tally.period.days
        for scene in scenes
        if tally.scenes[day, scene, "sent"]
    ]
    return Chart(
        "scenes",
        title,
        (
            "转化率是已发送的验证码中被正确输入的比例。下图是每天的转化率：突然下降往往意味着送达变差，或"
            "有人在刷短信。",
            "Conversion is the share of codes sent that were entered. Below it is shown by day: a "
            "sudden drop means poor delivery, or somebody who has messages sent for nothing.",
        ),
        svg.picture(
            "scenes",
            title,
            (
                "各场景发送、送达、验证的条数与每日转化率",
                "sent, delivered and verified by scene, and conversion by day",
            ),
            height,
            "".join(parts) + drawn,
        ),
        [
            *(Key(_STAGE_COLOURS[s], n) for s, n in _STAGES.items()),
            *(Key(c, (f"{s} 每日", f"{s}, by day")) for s, c in zip(shown, _LINES, strict=False)),
        ],
        Table(head, rows),
    )


def _by_day(tally: Tally, scenes: Sequence[str], top: float) -> tuple[str, float]:
    panel = Panel(tally.period, top, 110, 100)
    parts = [
        svg.words_at(svg.LEFT, top - 10, ("每日转化率，%", "conversion by day, %"), style="unit"),
        panel.values((0, 25, 50, 75, 100)),
        panel.days(),
    ]
    for scene, colour in zip(scenes, _LINES, strict=False):
        points: list[tuple[float, float] | None] = []
        for day in tally.period.days:
            sent = tally.scenes[day, scene, "sent"]
            verified = tally.scenes[day, scene, "verified"]
            middle = panel.x(min(day + 43_200, (day + tally.period.end) / 2))
            points.append((middle, panel.y(100 * verified / sent)) if sent else None)
        parts.append(svg.line(points, colour))
    return "".join(parts), panel.base + 30
