"""Command line of scripts/interleave."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import click

from shared import logs

logs.silence_sdks()

import shared.storage.sdk  # noqa: E402, F401 - before what uses it
from scripts.interleaving.case import Case  # noqa: E402
from scripts.interleaving.cases import CASES, SMALL  # noqa: E402
from scripts.interleaving.edges import Edges  # noqa: E402
from scripts.interleaving.random_walks import case_of, walks  # noqa: E402
from scripts.interleaving.replay import Impossible, replay  # noqa: E402
from scripts.interleaving.report import case_line, case_table, weakened_table  # noqa: E402
from scripts.interleaving.schedule import ALPHABET, parse  # noqa: E402
from scripts.interleaving.search import Explored, explore  # noqa: E402
from scripts.interleaving.weakened import Shown, show  # noqa: E402
from scripts.interleaving.weakenings import WEAKENINGS  # noqa: E402

RANDOM = "random:"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--case", "names", multiple=True, help="Only this case (see --list); may be repeated."
)
@click.option("--all", "everything", is_flag=True, help="Every case: takes some six minutes.")
@click.option("--list", "listing", is_flag=True, help="List the cases.")
@click.option("--random", "count", type=click.IntRange(1), help="So many long random schedules.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first random one.")
@click.option("--replay", "schedule", help="Play one schedule of the --case again, and tell.")
@click.option("--weakened", is_flag=True, help="Take each guard out of a copy; show what happens.")
@click.option("--json", "file", type=click.File("w", "utf-8"), help="Write here as JSON, too.")
def main(
    names: tuple[str, ...],
    *,
    everything: bool,
    listing: bool,
    count: int | None,
    seed: int,
    schedule: str | None,
    weakened: bool,
    file: TextIO | None,
) -> None:
    """Try every order in which requests can meet, and check I1 to I6 after each step.

    The real use cases and storage code run against the local cloud's Tablestore, in one process
    and without sockets or waiting. Each request is a point where others may come first, its answer
    may be lost, or its caller may die. Without options: the small cases, two callers each.

    \b
    scripts/interleave --case send-send
    scripts/interleave --case send-send --replay "A B A B? A b B"
    scripts/interleave --random 500 --seed 7
    scripts/interleave --case random:7 --replay "..."
    scripts/interleave --weakened
    """
    if listing:
        click.echo(_listing())
        return
    if schedule is not None:
        _replay(_one_case(names), schedule)
        return
    if weakened:
        shown = _weakened(quiet=_quiet(file))
        _write(file, {"weakened": [_plain(one) for one in shown]})
        sys.exit(not all(one.as_expected for one in shown))
    if count is not None:
        found = _random(count, seed, quiet=_quiet(file))
    else:
        chosen = names or (tuple(CASES) if everything else SMALL)
        found = _explore([_case(name) for name in chosen], quiet=_quiet(file))
    _write(file, {"cases": [asdict(one) for one in found]})
    sys.exit(any(one.broken for one in found))


def _listing() -> str:
    width = max(map(len, CASES))
    cases = "\n".join(f"{name:<{width}}  {case.about}" for name, case in CASES.items())
    return f"{cases}\n\nSchedules are written so:\n{ALPHABET}"


def _case(name: str) -> Case:
    if name.startswith(RANDOM) and name.removeprefix(RANDOM).isdigit():
        return case_of(int(name.removeprefix(RANDOM)))
    if name not in CASES:
        raise click.BadParameter(f"没有这个用例 / there is no case {name}; see --list")
    return CASES[name]


def _one_case(names: tuple[str, ...]) -> Case:
    if len(names) != 1:
        raise click.UsageError("--replay 需要一个 --case / --replay needs one --case")
    return _case(names[0])


def _replay(case: Case, schedule: str) -> None:
    bad = False
    try:
        for step, happens, problems in replay(case, parse(schedule), Edges()):
            click.echo(f"{step!s:<5} {happens}")
            bad = bad or bool(problems)
            for problem in problems:
                click.secho(f"      {problem}", fg="red")
    except ValueError as error:
        raise click.BadParameter(f"不是步骤 / no step: {error}\n{ALPHABET}") from None
    except Impossible as error:
        raise click.BadParameter(f"此处不可能的步骤 / not possible there: {error}") from None
    sys.exit(bad)


def _explore(cases: list[Case], *, quiet: bool) -> list[Explored]:
    edges, found = Edges(), []
    if not quiet:
        click.echo(case_table())
    for case in cases:
        one = explore(case, edges, progress=_progress)
        _clear()
        found.append(one)
        if not quiet:
            click.secho(case_line(one), fg="red" if one.broken else None)
    if not quiet:
        total = sum(one.schedules for one in found)
        seconds = sum(one.seconds for one in found)
        click.echo(f"\n{total:,} schedules in {seconds:.0f} s")
    return found


def _random(count: int, seed: int, *, quiet: bool) -> list[Explored]:
    found = Explored("random")
    began = time.perf_counter()
    with click.progressbar(length=count, label="schedules", file=sys.stderr) as bar:
        for walk in walks(seed, count, Edges()):
            found.schedules += 1
            found.steps += walk.steps
            found.longest = max(found.longest, walk.steps)
            if walk.broken is not None:
                found.broken.append(walk.broken)
                click.secho(f'\n--case {walk.case} --replay "{walk.broken.schedule}"', err=True)
                click.secho("\n".join(walk.broken.problems), fg="red", err=True)
            bar.update(1)
    found.seconds = time.perf_counter() - began
    if not quiet:
        click.echo(
            f"{found.schedules} random schedules of up to {found.longest} steps, seeds "
            f"{seed} to {seed + count - 1}: {len(found.broken)} broke something"
        )
    return [found]


def _weakened(*, quiet: bool) -> list[Shown]:
    with click.progressbar(
        show(WEAKENINGS), length=len(WEAKENINGS), label="guards", file=sys.stderr
    ) as bar:
        shown = list(bar)
    if not quiet:
        click.echo(weakened_table(shown))
    return shown


def _plain(one: Shown) -> dict[str, Any]:
    return {**asdict(one), "as_expected": one.as_expected}


def _progress(found: Explored) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{found.case}: {found.worlds:,} worlds", nl=False, err=True)


def _clear() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def _quiet(file: TextIO | None) -> bool:
    """Say whether the JSON goes where the tables would."""
    return file is not None and Path(file.name).name == "<stdout>"


def _write(file: TextIO | None, found: dict[str, Any]) -> None:
    if file is not None:
        file.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(prog_name="scripts/interleave")
