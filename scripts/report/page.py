"""Lay everything out on one page that needs no network, no script and no other file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from scripts.report import words
from scripts.report.chart import Chart, Key, Row, Table
from scripts.report.words import spans
from shared.errors import Bilingual

STYLE = Path(__file__).with_name("page.css")

_FIGURES: Bilingual = ("数据表", "Figures")


@dataclass(frozen=True, slots=True)
class Page:
    """What the page says, from top to bottom."""

    period: tuple[int, int]
    opening: Bilingual
    facts: Sequence[tuple[Bilingual, str]]
    standing_out: Sequence[Bilingual]
    charts: Sequence[Chart]
    alerts: Table | None
    notes: Sequence[Bilingual]


def render(page: Page) -> str:
    """Return the page."""
    start, end = page.period
    zh, en = words.dates(start, end)
    title = "短信验证码运行报告 / SMS verification report"
    return f"""<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title} {words.stamp(start)}</title>
<style>{STYLE.read_text("utf-8")}</style>
</head>
<body>
<input type="radio" name="lang" id="lang-zh" checked><label for="lang-zh">中文</label>
<input type="radio" name="lang" id="lang-en"><label for="lang-en">English</label>
<main>
<h1>{spans(("短信验证码运行报告", "SMS verification report"))}</h1>
<p class="when">{spans((f"{zh}（北京时间）", f"{en} (Beijing time)"))}</p>
<div class="facts">{"".join(_fact(name, value) for name, value in page.facts)}</div>
<p class="opening">{spans(page.opening)}</p>
<h2>{spans(("值得注意", "What stood out"))}</h2>
<ul class="out">{_items(page.standing_out)}</ul>
{"".join(map(_section, page.charts))}
{_alerts(page.alerts)}
<footer><ul>{_items(page.notes)}</ul></footer>
</main>
</body>
</html>
"""


def _fact(name: Bilingual, value: str) -> str:
    return f"<div><b>{escape(value)}</b>{spans(name)}</div>"


def _items(texts: Iterable[Bilingual]) -> str:
    return "".join(f"<li>{spans(text)}</li>" for text in texts)


def _section(chart: Chart) -> str:
    picture = f'<div class="chart">{chart.picture}</div>' if chart.picture else ""
    return (
        f'<section id="{chart.key}"><h2>{spans(chart.title)}</h2><p>{spans(chart.lead)}</p>'
        f"{_legend(chart.legend)}{picture}{_details(chart.table)}</section>"
    )


def _legend(keys: Sequence[Key]) -> str:
    if not keys:
        return ""
    entries = "".join(f'<li><i class="{key.colour}"></i>{spans(key.name)}</li>' for key in keys)
    return f'<ul class="legend">{entries}</ul>'


def _details(table: Table | None) -> str:
    if table is None or not table.rows:
        return ""
    return f"<details><summary>{spans(_FIGURES)}</summary>{_table(table)}</details>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{spans(name)}</th>' for name in table.head)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    inside = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f'<div class="table"><table>{inside}</table></div>'


def _cells(row: Row) -> str:
    return "".join(
        f"<td>{escape(cell) if isinstance(cell, str) else spans(cell)}</td>" for cell in row
    )


def _alerts(table: Table | None) -> str:
    if table is None:
        return ""
    title = spans(("发出的告警", "Alerts that were raised"))
    return f'<section id="alerts"><h2>{title}</h2>{_table(table)}</section>'
