"""Numbers, times and texts as the page writes them, in Chinese and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

from shared.domain.rates import BEIJING
from shared.errors import Bilingual

_WEEKDAYS = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)


def spans(text: Bilingual) -> str:
    """Return both languages as HTML; the page shows the one that its reader chose."""
    chinese, english = map(escape, text)
    return f'<span class="zh" lang="zh">{chinese}</span><span class="en" lang="en">{english}</span>'


def share(part: float, whole: float) -> str:
    """Return a part in percent, a dash without a whole."""
    return f"{part / whole:.1%}" if whole else "-"


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the most frequent first; what is as frequent goes by its name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def yuan(amount: float) -> str:
    """Return an amount of money."""
    return f"¥{amount:,.2f}"


def seconds(value: float | None) -> str:
    """Return a span as people say it."""
    if value is None:
        return "-"
    if value < 120:
        return f"{value:g} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def day(at: float) -> Bilingual:
    """Return a day of Beijing with its weekday."""
    moment = datetime.fromtimestamp(at, BEIJING)
    chinese, english = _WEEKDAYS[moment.weekday()]
    return f"{moment:%m-%d} {chinese}", f"{english} {moment:%m-%d}"


def clock(at: float) -> str:
    """Return the time of the day in Beijing."""
    return f"{datetime.fromtimestamp(at, BEIJING):%H:%M}"


def moment(at: float) -> Bilingual:
    """Return day and time."""
    chinese, english = day(at)
    return f"{chinese} {clock(at)}", f"{english} {clock(at)}"


def span(start: float, end: float) -> Bilingual:
    """Return from when to when; the day once where it is the same."""
    same = day(start) == day(end - 1)
    (first_zh, first_en), (last_zh, last_en) = moment(start), moment(end)
    if same:
        ending = clock(end) if day(end) == day(start) else "24:00"
        return f"{first_zh} 至 {ending}", f"{first_en} to {ending}"
    return f"{first_zh} 至 {last_zh}", f"{first_en} to {last_en}"


def dates(start: float, end: float) -> Bilingual:
    """Return from which day to which; the last one's hour too where it is not over."""
    first, last = (f"{datetime.fromtimestamp(at, BEIJING):%Y-%m-%d}" for at in (start, end - 1))
    hour = "" if clock(end) == "00:00" else f" {clock(end)}"
    if first == last:
        return f"{first}{hour and f'（截至{hour}）'}", f"{first}{hour and f' until{hour}'}"
    return f"{first} 至 {last}{hour}", f"{first} to {last}{hour}"


def stamp(at: float) -> str:
    """Return a moment of Beijing for tables."""
    return f"{datetime.fromtimestamp(at, BEIJING):%Y-%m-%d %H:%M}"
