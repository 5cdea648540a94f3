"""The panels of the picture: bars with their limits, boxes to count, and lines over a log scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from scripts.benchmarks.figures import Line

WIDTH, HEAD, ROW = 370, 40, 25
NAME, VALUE = 146, 62
LINES_HIGH = 210
BOX = 15

STYLE = """\
.title { font-size: 17px; font-weight: 600; } .label, .value { font-size: 14px; }
.tick { font-size: 13px; fill: #57606a; }
.bar { fill: #54aeff; } .floor { fill: #d0d7de; } .over { fill: #cf222e; }
.limit { stroke: #1a7f37; stroke-width: 3; } .axis { stroke: #d0d7de; }
.empty { fill: none; stroke: #8c959f; }
.curve { fill: none; stroke-width: 2.5; }
.c0 { stroke: #0969da; } .c1 { stroke: #8250df; } .c2 { stroke: #9a6700; } .c3 { stroke: #bf3989; }
.t0 { fill: #0969da; } .t1 { fill: #8250df; } .t2 { fill: #9a6700; } .t3 { fill: #bf3989; }
@media (prefers-color-scheme: dark) {
  .tick { fill: #9198a1; } .bar { fill: #1f6feb; } .floor { fill: #3d444d; }
  .axis { stroke: #3d444d; } .empty { stroke: #656c76; }
  .c0 { stroke: #4493f8; } .c1 { stroke: #ab7df8; } .c2 { stroke: #d29922; }
  .c3 { stroke: #db61a2; } .t0 { fill: #4493f8; } .t1 { fill: #ab7df8; } .t2 { fill: #d29922; }
  .t3 { fill: #db61a2; }
}"""


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled drawing, WIDTH wide; its shapes count from its own upper left corner."""

    title: str
    high: float
    shapes: Sequence[str]

    def at(self, x: float, y: float) -> str:
        """Return the panel in its place."""
        return (
            f'<g transform="translate({x:g} {y:g})">'
            f"{label(0, 18, self.title, 'title')}{''.join(self.shapes)}</g>"
        )


def label(x: float, y: float, text: str, kind: str = "label", *, anchor: str = "start") -> str:
    """Return a text."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def block(x: float, y: float, wide: float, high: float, kind: str) -> str:
    """Return a rectangle."""
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(0.0, wide):.1f}" '
        f'height="{high:.1f}" rx="2"/>'
    )


def stroke(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a straight line."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def bars(title: str, lines: Sequence[Line], language: int) -> Panel:
    """Return a bar for each line, and a mark where its limit is."""
    most = max([*(line.value for line in lines), *(line.limit or 0 for line in lines)])
    scale = (WIDTH - NAME - VALUE) / most
    shapes = []
    for place, line in enumerate(lines):
        y = HEAD + place * ROW
        kind = "bar" if line.within else "over"
        shapes += [
            label(0, y + 13, line.name[language]),
            block(NAME, y, line.value * scale, 17, kind),
            label(WIDTH, y + 13, line.shown(line.value), "value", anchor="end"),
        ]
        if line.limit is not None:
            x = NAME + line.limit * scale
            shapes.append(stroke(x, y - 2, x, y + 19, "limit"))
    return Panel(title, HEAD + len(lines) * ROW, shapes)


def boxes(title: str, lines: Sequence[Line], language: int) -> Panel:
    """Return a full box for each that was spent, an empty one for each that might have been."""
    shapes = []
    for place, line in enumerate(lines):
        y = HEAD + place * ROW
        shapes.append(label(0, y + 13, line.name[language]))
        spent, limit = round(line.value), round(line.limit or line.value)
        for number in range(max(spent, limit)):
            x = WIDTH - (max(spent, limit) - number) * (BOX + 5)
            kind = "empty" if number >= spent else "bar" if number < limit else "over"
            shapes.append(block(x, y, BOX, BOX, kind))
    return Panel(title, HEAD + len(lines) * ROW, shapes)


def curves(
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    below: str,
    limit: tuple[float, str] | None = None,
) -> Panel:
    """Return a line for each series over a logarithmic x, and a logarithmic y in milliseconds."""
    points = [point for some in series.values() for point in some]
    xs = [x for x, _ in points]
    ys = [y for _, y in points] + ([limit[0]] if limit else [])
    low, high = 10 ** math.floor(math.log10(min(ys))), max(ys) * 1.3
    left, right, top, base = 48.0, WIDTH - 92.0, HEAD + 0.0, HEAD + LINES_HIGH - 62.0

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + _share(x, min(xs), max(xs)) * (right - left),
            base - _share(y, low, high) * (base - top),
        )

    shapes = []
    for value in _decades(low, high):
        _, y = place(min(xs), value)
        shapes += [
            stroke(left, y, right, y, "axis"),
            label(left - 6, y + 4, f"{value:g}", "tick", anchor="end"),
        ]
    for value in _decades(min(xs), max(xs)):
        x, _ = place(value, low)
        text = f"{value:g}" if value < 1_000 else f"{value / 1_000:g}k"
        shapes.append(label(x, base + 19, text if value < 1e6 else "1M", "tick", anchor="middle"))
    if limit is not None:
        _, y = place(min(xs), limit[0])
        shapes += [stroke(left, y, right, y, "limit"), label(left + 5, y + 15, limit[1], "tick")]
    shapes += _drawn({name: [place(*point) for point in some] for name, some in series.items()})
    shapes.append(label(left, base + 40, below, "tick"))
    return Panel(title, HEAD + LINES_HIGH - 18, shapes)


def _drawn(series: Mapping[str, Sequence[tuple[float, float]]]) -> Iterator[str]:
    """Yield the lines, each with its name behind its end, one below the other."""
    ends = sorted(series, key=lambda name: series[name][-1][1])
    edge = max(points[-1][0] for points in series.values())
    lowest = -math.inf
    for name in ends:
        kind = list(series).index(name) % 4
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in series[name])
        x, y = series[name][-1]
        yield f'<polyline class="curve c{kind}" points="{path}"/>'
        if x < edge:  # other lines may cross behind its end
            x, y = series[name][len(series[name]) // 2]
            yield label(x - 8, y - 4, name, f"label t{kind}", anchor="end")
            continue
        lowest = max(y + 4, lowest + 16)
        yield label(x + 6, lowest, name, f"label t{kind}")


def _share(value: float, low: float, high: float) -> float:
    """Return where a value is between two others on a logarithmic scale."""
    return math.log(value / low) / math.log(high / low)


def _decades(low: float, high: float) -> list[float]:
    """Return the powers of ten from one value to another."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [10.0**power for power in range(first, last + 1)]
