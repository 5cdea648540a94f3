"""The one table: as text for a terminal, and as Markdown for the READMEs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from scripts.benchmarks.figures import Line
from scripts.benchmarks.parts import lines_of

BAR, SHORT_BAR = 20, 10
BUSY = 0.5
"""Of the cores: with more of them busy as it begins, other work disturbs the times."""


def text(found: dict[str, Any]) -> str:
    """Return the table for a terminal."""
    return "\n".join([*_text_lines(found), "", said(found["about"], 1)])


def _text_lines(found: dict[str, Any]) -> Iterator[str]:
    for part, lines in lines_of(found):
        yield click.style(f"\n{part.title[1]}", bold=True)
        for line in lines:
            limit = "" if line.limit is None else f"<= {line.shown(line.limit)}"
            bar = "█" * max(line.value > 0, round(line.share * BAR))
            shown = (
                f"  {line.name[1]:<36}{line.shown(line.value):>7} {line.unit[1]:<11}{limit:<8}"
                f"{bar:<{BAR + 1}}{'' if line.within else 'OVER  '}{line.note[1]}"
            )
            colour = "red" if not line.within else "green" if line.limit is not None else None
            yield click.style(shown.rstrip(), fg=colour)


def markdown(found: dict[str, Any], language: int) -> str:
    """Return the table for a page; 0 is Chinese, 1 English."""
    head = ("| 项目 | 实测 | 上限 | | |", "| | measured | at most | | |")[language]
    rows = [head, "|---|---:|---:|---|---|"]
    for part, lines in lines_of(found):
        rows.append(f"| **{part.title[language]}** | | | | |")
        rows += [_row(line, language) for line in lines if not line.minor]
    return "\n".join(rows)


def _row(line: Line, language: int) -> str:
    limit = "" if line.limit is None else line.shown(line.limit)
    mark = "" if line.limit is None else " ✓" if line.within else " ✗"
    bar = "▇" * max(line.value > 0, round(line.share * SHORT_BAR))
    value = f"{line.shown(line.value)} {line.unit[language]}"
    return f"| {line.name[language]} | {value} | {limit}{mark} | {bar} | {line.note[language]} |"


def said(about: dict[str, Any], language: int) -> str:
    """Say at which commit and where it was measured."""
    dirty = ("，有未提交的改动", ", with changes")[language] if about["dirty"] else ""
    quick = ("（--quick）", " (--quick)")[language] if about["quick"] else ""
    busy = (about.get("load") or 0) > about["cores"] * BUSY
    beside = ("，机器另有负载", ", beside other work")[language] if busy else ""
    place = f"{about['processor']}, {about['cores']} x {about['machine']}, Python {about['python']}"
    return (
        f"提交 {about['commit']}{dirty}{quick}，{about['date']}，{place}{beside}",
        f"commit {about['commit']}{dirty}{quick}, {about['date']}, {place}{beside}",
    )[language]
