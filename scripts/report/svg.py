"""The few shapes that the charts are made of, as SVG that takes its colours from the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from scripts.report import words
from scripts.report.tally import DAY, Period
from shared.errors import Bilingual

WIDTH, LEFT, RIGHT = 820, 58, 12
_STEPS = (1, 2, 5)


def picture(key: str, title: Bilingual, description: Bilingual, height: float, body: str) -> str:
    """Return a whole SVG with a title and a description for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(" / ".join(title))}</title>'
        f'<desc id="{key}-d">{escape(" / ".join(description))}</desc>{body}</svg>'
    )


def label(x: float, y: float, text: str, *, anchor: str = "start", style: str = "") -> str:
    """Return a text that is the same in both languages."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} class="{style}">{escape(text)}</text>'


def words_at(x: float, y: float, text: Bilingual, *, anchor: str = "start", style: str = "") -> str:
    """Return a text in each language; the page shows one."""
    chinese, english = text
    return label(x, y, chinese, anchor=anchor, style=f"zh {style}") + label(
        x, y, english, anchor=anchor, style=f"en {style}"
    )


def box(x: float, y: float, wide: float, high: float, colour: str, tip: str = "") -> str:
    """Return a rectangle; `tip` is shown where the pointer rests."""
    inside = f"<title>{escape(tip)}</title>" if tip else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, wide):.1f}" '
        f'height="{max(0.0, high):.1f}" class="{colour}">{inside}</rect>'
    )


def rule(x1: float, y1: float, x2: float, y2: float, style: str = "grid") -> str:
    """Return a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def line(points: Iterable[tuple[float, float] | None], colour: str) -> str:
    """Return a line through points; None is a gap, and a point between two gaps is a dot."""
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            parts.append([])
        else:
            parts[-1].append(point)
    drawn = []
    for part in parts:
        if len(part) == 1:
            (x, y) = part[0]
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" class="{colour}"/>')
        elif part:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in part)
            drawn.append(f'<polyline points="{path}" class="line {colour}"/>')
    return "".join(drawn)


def steps(points: Sequence[tuple[float, float]], wide: float, base: float, colour: str) -> str:
    """Return an area of steps: from each x a height for so wide, on a base."""
    path = "".join(f"L{x:.1f} {y:.1f}H{x + wide:.1f}" for x, y in points)
    if not points:
        return ""
    return f'<path d="M{points[0][0]:.1f} {base:g}{path}V{base:g}Z" class="{colour}"/>'


def ticks(most: float, wanted: int = 4) -> list[float]:
    """Return round values from 0 to at least the greatest one, whole ones, about so many."""
    rough = max(most, 1) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((s * power for s in _STEPS if s * power >= rough), 10 * power)
    step = max(1.0, step)
    return [step * place for place in range(math.ceil(max(most, 1) / step) + 1)]


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawing area: time to the right, values upwards from 0 to `most`."""

    period: Period
    top: float
    high: float
    most: float

    @property
    def base(self) -> float:
        """Return where 0 is."""
        return self.top + self.high

    def x(self, at: float) -> float:
        """Return where a moment is."""
        part = (at - self.period.start) / (self.period.end - self.period.start)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return where a value is."""
        return self.base - value / self.most * self.high

    def values(self, at: Iterable[float]) -> str:
        """Return a line and a number for each of some values."""
        return "".join(
            rule(LEFT, self.y(value), WIDTH - RIGHT, self.y(value))
            + label(LEFT - 6, self.y(value) + 4, f"{value:,.0f}", anchor="end")
            for value in at
        )

    def days(self) -> str:
        """Return the days below, the hours too where there are few days."""
        days = self.period.days
        every = math.ceil(len(days) / 10)
        drawn = []
        for place, start in enumerate(days):
            end = min(start + DAY, self.period.end)
            drawn.append(rule(self.x(start), self.top, self.x(start), self.base + 5))
            if place % every == 0:
                middle = (self.x(start) + self.x(end)) / 2 if every == 1 else self.x(start)
                room = self.x(end) - self.x(start) >= 62 or every > 1
                anchor = "middle" if every == 1 else "start"
                if room:
                    words_ = words.day(start)
                    drawn.append(words_at(middle, self.base + 20, words_, anchor=anchor))
            if len(days) <= 2:
                drawn += self._hours(start, end)
        return "".join(drawn)

    def _hours(self, start: int, end: int) -> Iterable[str]:
        for at in range(start + DAY // 4, end, DAY // 4):
            yield rule(self.x(at), self.top, self.x(at), self.base)
            yield label(self.x(at), self.top - 4, words.clock(at), anchor="middle", style="faint")
