"""Run scripts/doctor: 0 nothing failed, 1 something did, 2 used wrongly."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from scripts import deployment
from scripts.doctor_checks.case import FRONTS, Case
from scripts.doctor_checks.check import FAILURE, WARNING, Check, Result, failure, run_all
from scripts.doctor_checks.checks import CHECKS
from scripts.doctor_checks.report import LANGUAGES, Json, Text, language
from scripts.ops_cli.complaints import run_command, usage
from shared.errors import Misconfigured

_HELP = """Find out what would keep a deployment from working, and what to do about it.

Looks at settings, secrets, region, role, keys, tables, sign name and templates; changes
nothing and sends nothing. Values come from .env in the repository and from the environment,
which wins, as they do for `s deploy`; keys are ALIBABA_CLOUD_ACCESS_KEY_ID, ..._SECRET and
ALIBABA_CLOUD_SECURITY_TOKEN. No secret is shown.

\b
  scripts/doctor                                  what .env describes
  scripts/doctor --offline                        without network, without keys
  scripts/doctor --front apigw --json             for programs
  scripts/doctor --env-file .local/doors.env      the service of scripts/serve

Exit codes: 0 nothing failed, 1 something failed, 2 used wrongly.
"""


@click.command(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--offline", is_flag=True, help="Only what needs no network, as before a deploy.")
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Default: zh, or en where LANG is en.")
@click.option(
    "--front",
    type=click.Choice(FRONTS),
    help="What calls the functions: whoever calls the trigger (http), API Gateway (apigw), or a "
    "proxy, CDN or WAF (proxy). Default: FRONT, or http.",
)
@click.option(
    "--env-file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read FILE alone, in place of .env and the environment.",
)
def doctor(
    *,
    offline: bool,
    strict: bool,
    as_json: bool,
    lang: str | None,
    front: str | None,
    env_file: Path | None,
) -> int:
    """Run the checks, tell what they find, and return the exit code."""
    shown = language(lang, os.environ)
    report = Json(shown) if as_json else Text(shown)
    checks = [check for check in CHECKS if not (offline and check.network)]
    try:
        case = _case(env_file, front)
    except Misconfigured as error:
        results = [_no_values(checks[0], error)]
        report.found(results[0])
    else:
        results = []
        for result in run_all(checks, case, starting=report.starting):
            report.found(result)
            results.append(result)
    report.ended(results)
    bad = {FAILURE, WARNING} if strict else {FAILURE}
    return int(any(result.status in bad for result in results))


def _case(env_file: Path | None, front: str | None) -> Case:
    values = deployment.read(env_file)
    chosen = front or values.environment["FRONT"]
    if chosen not in FRONTS:
        names = ", ".join(FRONTS)
        raise usage(f"FRONT 只能是 {names}。", f"FRONT is one of {names}.")
    return Case(values, chosen)


def _no_values(check: Check, error: Misconfigured) -> Result:
    advice = ("改正后再运行", "mend that, then run this again")
    return Result(check, tuple(failure(problem, advice) for problem in error.problems))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the doctor; what was typed wrongly is told on standard error.

    The SDKs' loggers are kept quiet: what they say of a failed request may hold anything.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    return run_command(doctor, arguments, name="scripts/doctor")


if __name__ == "__main__":
    sys.exit(main())
