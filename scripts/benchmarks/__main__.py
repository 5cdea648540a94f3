"""Command line of scripts/bench."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from scripts.benchmarks.cold import RECEIPT_SECRET, ColdStarts, WrongAnswer, figures
from scripts.bundle.__main__ import build
from scripts.bundle.packages import install
from scripts.bundle.target import ROOT, TARGETS, BuildError, Target, interpreter
from scripts.local_cloud.apart import CloudApart
from shared import wiring
from shared.storage.bootstrap import bootstrap

BAR = 30
SETTINGS = {"LIMIT_IP": "1000000/1d", "RECEIPT_SECRETS": RECEIPT_SECRET}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the service on this machine, against the local cloud in another process."""


@main.command()
@click.option("--python", "version", type=click.Choice(sorted(TARGETS)), default="3.10")
@click.option("--rounds", default=15, show_default=True, help="How often each case runs.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write here.")
def cold(version: str, rounds: int, file: Path | None) -> None:
    """Cold start of each door, from the built bundle.

    From the interpreter's start to the first answer (an SMS handed over, a code accepted, a timer
    run done), as a ratio to the plain imports of the SDKs which that door uses. Builds the bundle
    anew. The ratio counts, not the milliseconds: Function Compute gives a fraction of a core.
    """
    out, target = ROOT / ".build" / "bench", TARGETS[version]
    try:
        build(target, out)
        python, plain = interpreter(target), _plain(target, out)
    except BuildError as error:
        raise click.ClickException(f"{error.chinese}\n{error.english}") from None
    cloud = CloudApart.start("--no-reports")
    try:
        os.environ.update(cloud.environment)
        client, prefix = wiring.store_client()
        bootstrap(client, prefix, say=lambda _: None)
        starts = ColdStarts(python, out / "code", plain, cloud, SETTINGS)
        with click.progressbar(range(rounds), label="rounds", file=sys.stderr) as numbers:
            for number in numbers:
                starts.round(number)
    except WrongAnswer as error:
        raise click.ClickException(
            f"函数的回答不符合预期，测量中止：{error}\nA door answered otherwise: {error}"
        ) from None
    finally:
        cloud.stop()
    lines = figures(starts.runs)
    _show(lines, rounds=rounds, version=version)
    if file is not None:
        about = {"python": version, "rounds": rounds, "machine": platform.machine()}
        file.write_text(json.dumps({**about, "doors": lines}, indent=1) + "\n", "utf-8")


def _plain(target: Target, out: Path) -> Path:
    """Return a folder with all that the lock file names, with byte code, as pip leaves it."""
    lock, folder = ROOT / "requirements.lock", out / f"plain-{target.version}"
    stamp = folder / "requirements.lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    install(lock, target, folder)
    subprocess.run(
        [str(interpreter(target)), "-m", "compileall", "-q", str(folder)],
        check=False,  # packages carry samples that are not meant for every version
        capture_output=True,
    )
    shutil.copyfile(lock, stamp)
    return folder


def _show(lines: list[dict[str, Any]], *, rounds: int, version: str) -> None:
    click.echo(f"Cold start, Python {version}, medians of {rounds} rounds\n")
    click.echo("door          imports   first answer   ratio   of CPU   target")
    for line in lines:
        target = line["target"]
        within = target is None or line["ratio"] <= target
        bar = "█" * round(line["ratio"] * BAR)
        text = (
            f"{line['door']:<12}  {line['imports_milliseconds']:>4} ms   "
            f"{line['milliseconds']:>9} ms   {line['ratio']:>5.2f}   {line['cpu_ratio']:>6.2f}   "
            f"{f'<= {target:.2f}' if target else '':<7}"
        )
        click.secho(f"{text}  {bar}", fg="green" if within else "red")


if __name__ == "__main__":
    main(prog_name="scripts/bench")
