"""The picture of a run: a panel for each part, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any

from scripts.benchmarks import panels
from scripts.benchmarks.figures import Line
from scripts.benchmarks.growth_lines import OPERATIONS
from scripts.benchmarks.panels import Panel, bars, boxes, curves
from scripts.benchmarks.parts import lines_of
from scripts.benchmarks.processor import NAMES
from scripts.pictures import shapes
from shared.errors import Bilingual

WIDTH, EDGE, GAP = 820, 26, 28
PUSH_MILLISECONDS = 700.0
"""How long Aliyun waits for the answer to a push."""

_TITLE = ("fc-sms-verify 的实测结果", "What fc-sms-verify takes, as measured")


def picture(found: dict[str, Any], language: int) -> str:
    """Return the picture; 0 is Chinese, 1 English."""
    drawn, ends = [], [EDGE + 8.0, EDGE + 8.0]
    for panel in _panels(found, language):
        column = ends.index(min(ends))
        drawn.append(panel.at(EDGE + column * (WIDTH - EDGE - panels.WIDTH - EDGE), ends[column]))
        ends[column] += panel.high + GAP
    high = round(max(ends))
    title = _TITLE[language]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" '
            f'width="{WIDTH}" height="{high}" role="img" aria-label="{title}">',
            f"<title>{title}</title>",
            f"<style>\n{shapes.STYLE}\n{panels.STYLE}\n</style>",
            shapes.rect(1, 1, WIDTH - 2, high - 2, "ground"),
            *drawn,
            "</svg>",
            "",
        ]
    )


def _panels(found: dict[str, Any], language: int) -> Iterator[Panel]:
    parts = found["parts"]
    lines = {part.name: some for part, some in lines_of(found)}
    if "cold" in parts:
        title = ("冷启动 / SDK 直接导入", "Cold start / plain imports of the SDKs")
        yield bars(title[language], lines["cold"], language)
    if "processor" in parts:
        yield _processor(parts["processor"], language)
    if "store" in parts:
        title = ("Tablestore 请求（空框：预算未用）", "Tablestore requests (empty: spare)")
        yield boxes(title[language], [one for one in lines["store"] if one.limit], language)
    if "throughput" in parts:
        title = ("单核每秒", "Per second, on one core")
        yield bars(title[language], lines["throughput"], language)
    if "memory" in parts:
        yield _memory(parts["memory"], language)
    if "growth" in parts:
        yield from _growth(parts["growth"], language)
    if "bundle" in parts:
        title = ("代码包，MB", "The bundle, MB")
        yield bars(title[language], lines["bundle"], language)


def _processor(found: dict[str, Any], language: int) -> Panel:
    """Draw the floor, which is the bare SDK calls, and what is beyond it."""
    title = ("处理器，ms（灰：裸 SDK 调用）", "Processor, ms (grey: bare SDK calls)")
    one = {
        name: Line(NAMES[name], found[name]["milliseconds"], ("", ""), digits=2) for name in NAMES
    }
    most = max(line.value for line in one.values())
    scale = (panels.WIDTH - panels.NAME - panels.VALUE) / most
    drawn = bars(title[language], list(one.values()), language)
    floors = [
        panels.block(
            panels.NAME,
            panels.HEAD + place * panels.ROW,
            found[name]["bare_milliseconds"] * scale,
            17,
            "floor",
        )
        for place, name in enumerate(one)
    ]
    return replace(drawn, shapes=[*drawn.shapes, *floors])


def _memory(found: dict[str, Any], language: int) -> Panel:
    """Draw each door after its first answer, and a send's process after many."""
    names: list[tuple[Bilingual, float]] = [
        *(((door, door), own) for door, own in found["first_answer"].items()),
        (("发送多次之后", "after many sends"), found["at_once"][-1]),
    ]
    title = ("首个应答之后的内存，MB", "Memory after the first answer, MB")
    return bars(title[language], [Line(name, own, ("", "")) for name, own in names], language)


def _growth(found: dict[str, Any], language: int) -> Iterator[Panel]:
    yield curves(
        ("表变大：ms，含替身", "Tables grow: ms, with the stand-in's")[language],
        {said[language]: _grown(found, name) for name, said in OPERATIONS.items()},
        below=("每张表的行数", "rows in each table")[language],
    )
    yield curves(
        ("批量变大：ms", "Batches grow: ms")[language],
        {
            ("推送回执", "a push")[language]: _points(found["batch"]),
            ("定时任务", "the timer")[language]: _points(found["waiting"]),
        },
        below=("每次推送的回执数；待回执的短信数", "reports in a push; messages that wait")[
            language
        ],
        limit=(PUSH_MILLISECONDS, ("阿里云的时限", "Aliyun's 700")[language]),
    )


def _grown(found: dict[str, Any], name: str) -> list[tuple[float, float]]:
    """Return sizes and milliseconds: those of the smallest, times the ratio in the same turns."""
    least = median(one[name]["smallest"]["milliseconds"] for one in found["rows"].values())
    points = [(float(found["smallest"]), least)]
    for size, one in found["rows"].items():
        both = one[name]
        ratio = both["this"]["milliseconds"] / both["smallest"]["milliseconds"]
        points.append((float(size), least * ratio))
    return points


def _points(found: dict[str, dict[str, float]]) -> list[tuple[float, float]]:
    """Return sizes and milliseconds; a logarithmic scale has no 0."""
    return [(float(size), spent["milliseconds"]) for size, spent in found.items() if size != "0"]
