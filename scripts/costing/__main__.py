"""Run scripts/cost: 0 done, 1 a page is stale or something failed, 2 used wrongly."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from scripts.costing.bench import Spent, WrongAnswer, bench
from scripts.costing.measured import measure
from scripts.costing.page import Language, part
from scripts.deployment import ROOT
from scripts.marked_pages import Part
from scripts.ops_cli.complaints import Complaint, run_command

PART = Part(
    "scripts/cost",
    "<!-- costs: scripts/cost writes what follows -->",
    "<!-- end of costs -->",
)
FILES: dict[str, Language] = {"costs-and-scale.md": "en", "costs-and-scale.zh-CN.md": "zh"}
SETTINGS = {"LIMIT_TOTAL": "100000000/1d"}

_HELP = """Measure what each operation spends, and work out what a million verifications cost.

Runs the real functions with the real SDKs against the local cloud, behind a relay that reads from
each answer of Tablestore how many capacity units it consumed, and writes the tables of
docs/costs-and-scale.md and docs/costs-and-scale.zh-CN.md: units, bills with their arithmetic, and
the prices with their sources (scripts/costing/prices.py). Takes ten seconds; needs no account.

\b
  scripts/cost            write both pages; show processor time and sizes, too
  scripts/cost --check    end with 1 where a page has other figures (CI does)

Exit codes: 0 done, 1 stale or failed, 2 used wrongly.
"""


@click.command(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--check", is_flag=True, help="Compare with the files; write nothing.")
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=ROOT / "docs",
    help="Where the pages are (default: docs).",
)
def cost(*, check: bool, folder: Path) -> int:
    """Measure, then write or compare the pages."""
    try:
        with bench(SETTINGS) as at:
            measured = measure(at)
    except WrongAnswer as error:
        raise Complaint(
            f"函数的回答不符合预期，测量中止：{error}", f"A function answered otherwise: {error}"
        ) from None
    parts = {folder / name: part(measured, language) for name, language in FILES.items()}
    if check:
        PART.compare(parts)
    else:
        _show(measured.spent)
        PART.write(parts)
    return 0


def _show(spent: Mapping[str, Spent]) -> None:
    click.echo(f"{'operation':<18}requests  read  write  answers B  log B  processor ms")
    for name, one in spent.items():
        click.echo(
            f"{name:<18}{one.requests:>8}{one.units.read:>6}{one.units.write:>7}"
            f"{one.answered_bytes:>11}{one.logged_bytes:>7}{one.cpu_milliseconds:>14.1f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(cost, arguments, name="scripts/cost")


if __name__ == "__main__":
    sys.exit(main())
