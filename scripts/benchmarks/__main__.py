"""Run scripts/bench: 0 within all budgets, 1 a budget is broken or it failed, 2 used wrongly."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import click

from scripts.benchmarks import cold, cold_part, pages, picture, table
from scripts.benchmarks.about import about
from scripts.benchmarks.parts import PARTS, Measure, broken
from scripts.benchmarks.progress import Progress
from scripts.bundle.target import TARGETS
from scripts.costing.bench import WrongAnswer
from scripts.ops_cli.complaints import Complaint, run_command, usage

_FILE = click.Path(dir_okay=False, path_type=Path)
_HELP = """Measure the service on this machine, against the local cloud in another process.

Alone it measures every part in turn (about ten minutes), prints one table with budgets beside what
has one, and ends with 1 where one is broken; with a part's name it measures that part.

\b
  scripts/bench                        everything
  scripts/bench --quick                with fewer rounds and small tables (two minutes)
  scripts/bench store --json out.json  one part, with all raw figures
  scripts/bench --readme               everything, into the READMEs and docs/
  scripts/bench --from out.json        show what was measured before; measure nothing

Times are this machine's: what carries over are ratios, which are taken in one run. Exit codes: 0
within all budgets, 1 a budget is broken or something failed, 2 used wrongly.
"""


@click.group(
    help=_HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--quick", is_flag=True, help="Fewer rounds, smaller tables.")
@click.option("--json", "file", metavar="FILE", type=_FILE, help="Write all raw figures here.")
@click.option("--svg", metavar="FILE", type=_FILE, help="Draw the picture here.")
@click.option("--readme", is_flag=True, help="Write READMEs, docs/bench.json and the pictures.")
@click.option("--from", "known", metavar="FILE", type=_FILE, help="Take figures from this JSON.")
@click.pass_context
def main(
    context: click.Context,
    *,
    quick: bool,
    file: Path | None,
    svg: Path | None,
    readme: bool,
    known: Path | None,
) -> int:
    """Measure every part, if no part is named."""
    if context.invoked_subcommand is not None:
        if quick or file or svg or readme or known:
            raise usage("选项请写在部分名称之后。", "Put the options behind the name of the part.")
        return 0
    if readme:
        pages.look()
    if known is None:
        found = _measured({part.name: part.measure for part in PARTS}, quick=quick)
    else:
        found = _read(known)
    if readme:
        pages.write(found)
    return _end(found, file=file, svg=svg)


def _options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what every part takes."""
    for option in (
        click.option("--svg", metavar="FILE", type=_FILE, help="Draw the picture here."),
        click.option("--json", "file", metavar="FILE", type=_FILE, help="Write raw figures here."),
        click.option("--quick", is_flag=True, help="Fewer rounds, smaller tables."),
    ):
        command = option(command)
    return command


@main.command("cold", help=cold.__doc__, short_help=PARTS[0].does)
@click.option("--python", "version", type=click.Choice(sorted(TARGETS)), default=cold_part.VERSION)
@click.option("--rounds", type=click.IntRange(min=1), help="How often each case runs [default: 15]")
@_options
def cold_alone(
    version: str, rounds: int | None, *, quick: bool, file: Path | None, svg: Path | None
) -> int:
    """Measure cold starts alone."""
    measure = partial(cold_part.measure, version=version, rounds=rounds)
    return _end(_measured({"cold": measure}, quick=quick), file=file, svg=svg)


def _alone(name: str, measure: Measure) -> Callable[..., int]:
    def alone(*, quick: bool, file: Path | None, svg: Path | None) -> int:
        return _end(_measured({name: measure}, quick=quick), file=file, svg=svg)

    return _options(alone)


for _part in PARTS:
    if _part.name != "cold":
        main.command(
            _part.name,
            help=sys.modules[_part.measure.__module__].__doc__,
            short_help=_part.does,
        )(_alone(_part.name, _part.measure))


def _measured(measures: dict[str, Measure], *, quick: bool) -> dict[str, Any]:
    """Measure some parts, with progress; what the doors log goes nowhere."""
    usual = {part.name: part.quick if quick else part.usual for part in PARTS}
    progress = Progress({name: usual[name] for name in measures})
    found: dict[str, Any] = {"about": about(quick=quick), "parts": {}}
    for name, measure in measures.items():
        with (
            progress.part(name),
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(nowhere),
        ):
            try:
                found["parts"][name] = measure(quick=quick, tick=progress.at)
            except (WrongAnswer, cold.WrongAnswer) as error:
                raise Complaint(
                    f"函数的回答不符合预期，测量中止：{error}",
                    f"A function answered otherwise: {error}",
                ) from None
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise Complaint(
            f"无法读取 {file}，它应是 scripts/bench --json 所写。",
            f"{file} cannot be read; it should be what scripts/bench --json wrote.",
        ) from None
    return found


def _end(found: dict[str, Any], *, file: Path | None, svg: Path | None) -> int:
    """Show the table, write what is asked for; return 1 where a budget is broken."""
    click.echo(table.text(found))
    if file is not None:
        file.write_text(pages.as_json(found), "utf-8")
    if svg is not None:
        svg.write_text(picture.picture(found, 1), "utf-8")
    over = broken(found)
    if over:
        raise Complaint(f"超出预算：{'；'.join(over)}", f"Over budget: {'; '.join(over)}")
    return 0


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(main, arguments, name="scripts/bench")


if __name__ == "__main__":
    sys.exit(run())
