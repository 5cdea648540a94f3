"""Run a command of scripts/ops and answer for how it ends: 0 done, 1 failed, 2 used wrongly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from scripts.ops_cli.codes import codes
from scripts.ops_cli.complaints import run_command
from scripts.ops_cli.erase import erase
from scripts.ops_cli.health import health
from scripts.ops_cli.keys import keys
from scripts.ops_cli.limits import limits
from scripts.ops_cli.lists import lists
from scripts.ops_cli.records import records
from scripts.ops_cli.report import report
from scripts.ops_cli.secrets_commands import secrets
from scripts.ops_cli.signs import signs
from scripts.ops_cli.statistics import statistics
from scripts.ops_cli.stats import stats
from scripts.ops_cli.templates import templates
from scripts.ops_cli.trace import trace


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--env-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Read FILE alone, in place of .env and the environment.",
)
def ops(env_file: Path | None) -> None:
    """Look after a running service: who may be sent to, who may ask, what came of it.

    Commands that touch the store read the settings of the functions (README.md, Settings), and
    the keys ALIBABA_CLOUD_ACCESS_KEY_ID, ..._SECRET and ALIBABA_CLOUD_SECURITY_TOKEN, from .env
    in the repository and from the environment, which wins. For the local service that
    scripts/serve runs:

    \b
      scripts/ops --env-file .local/doors.env lists show

    Exit codes: 0 done, 1 failed, 2 used wrongly.
    """


ops.add_command(lists)
ops.add_command(keys)
ops.add_command(trace)
ops.add_command(stats)
ops.add_command(health)
ops.add_command(report)
ops.add_command(codes)
ops.add_command(signs)
ops.add_command(templates)
ops.add_command(limits)
ops.add_command(records)
ops.add_command(statistics)
ops.add_command(secrets)
ops.add_command(erase)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors go to stderr in Chinese and English."""
    return run_command(ops, arguments, name="scripts/ops")


if __name__ == "__main__":
    sys.exit(main())
