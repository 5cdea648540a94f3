"""Command line of scripts/soak: 0 every rule holds, 1 one is broken, 2 used wrongly."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from scripts.ops_cli.complaints import Complaint, run_command
from scripts.soaking.figures import figures, told
from scripts.soaking.picture import picture
from scripts.soaking.run import Soak
from scripts.soaking.terms import Terms

_HELP = """Let people use the service while everything fails, and take account.

Runs the real doors in four processes, two deployments on the same tables, against the local
cloud, over the real SDKs. Users send, read, mistype, lose patience, click twice, use two devices
and attack. Meanwhile, by a seed: errors, throttling, delays, dropped connections and rows that fail
within a batch, at every service; each stand-in goes away and comes back, all of them are killed
(kill -9) and started with the files that they left, functions are killed in the middle of requests,
temporary keys end early, reports get lost.

Then it rests, has the missing reports asked for, and compares what users were told, what carriers
were handed and what the tables hold: scripts/soaking/README.md lists the rules.

\b
  scripts/soak                              one minute, 24 users
  scripts/soak --minutes 10 --seed 7        for longer, another order of failures
  scripts/soak --calm                       the same people, and nothing fails

A seed gives the same plan of failures and people; how threads meet differs from run to run.

Exit codes: 0 every rule holds, 1 one is broken, 2 used wrongly.
"""


@click.command(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="How long people go on; it takes half a minute more.",
)
@click.option("--users", type=click.IntRange(1, 400), default=24, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="What chance starts from.")
@click.option("--calm", is_flag=True, help="Let nothing fail.")
@click.option(
    "--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write figures here."
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw requests, messages and outages over time here (SVG).",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave logs and tables in this new folder.",
)
def soak(
    *,
    minutes: float,
    users: int,
    seed: int,
    calm: bool,
    file: Path | None,
    report: Path | None,
    keep: Path | None,
) -> int:
    """Run one soak, and say what came of it."""
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Complaint(
                f"{folder} 不是空目录，请换一个。", f"{folder} is not empty; name a new one."
            )
        run = Soak(folder, Terms(), users, minutes * 60, seed, calm=calm)
        account = run.run(_progress())
    found = figures(run, account)
    click.echo(told(found))
    if file is not None:
        file.write_text(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n", "utf-8")
    if report is not None:
        report.write_text(picture(run, account), "utf-8")
    if found.broken:
        again = f"scripts/soak --minutes {minutes:g} --users {users} --seed {seed} --keep DIR"
        raise Complaint(
            f"有规则被打破，见上。运行 {again} 可再看一次并保留日志。",
            f"A rule is broken, see above. {again} tries again and keeps the logs.",
        )
    return 0


def _progress() -> Callable[[Soak, float], None]:
    """Return what tells how far it is: one line on a terminal, one in ten seconds elsewhere."""
    terminal, last = sys.stderr.isatty(), [-1]

    def tell(run: Soak, left: float) -> None:
        line = (
            f"{left:4.0f} s left   sent {run.sends:,}   verified {run.verified:,}   "
            f"failures {run.cloud.struck.total():,}   restarts {run.restarts.total()}"
        )
        if terminal:
            click.echo(f"\r{line}   ", nl=False, err=True)
        elif (mark := int(left) // 10) != last[0]:
            last[0] = mark
            click.echo(line, err=True)

    return tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(soak, arguments, name="scripts/soak")


if __name__ == "__main__":
    sys.exit(main())
