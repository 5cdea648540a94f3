"""Tables for people: what was explored, and what each guard that is missing lets through."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.interleaving.search import Explored
from scripts.interleaving.weakened import Shown


def case_table() -> str:
    """Return the head of the table of cases."""
    return f"{'case':<32}{'schedules':>12}{'worlds':>10}{'steps':>10}{'longest':>9}{'s':>7}"


def case_line(found: Explored) -> str:
    """Return a case's line, and below it what breaks it."""
    line = (
        f"{found.case:<32}{found.schedules:>12,}{found.worlds:>10,}{found.steps:>10,}"
        f"{found.longest:>9}{found.seconds:>7.1f}"
    )
    broken = [f'  "{one.schedule}"\n    ' + "\n    ".join(one.problems) for one in found.broken]
    return "\n".join([line, *broken])


def weakened_table(shown: Iterable[Shown]) -> str:
    """Return a Markdown table: the guard, the case, the shortest schedule, what it breaks."""
    lines = [
        "| guard that is missing | case | shortest schedule | what it breaks |",
        "|---|---|---|---|",
    ]
    for one in shown:
        weakening = one.weakening
        schedule = f"`{one.schedule}`" if one.schedule else "**none found**"
        problems = "; ".join(one.problems)
        lines.append(f"| {weakening.name} | {weakening.case} | {schedule} | {problems} |")
    return "\n".join(lines)
