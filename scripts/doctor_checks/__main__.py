"""Run scripts/doctor: 0 nothing failed, 1 something did, 2 used wrongly."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from scripts import deployment
from scripts.doctor_checks.case import FRONTS, Case, Wishes
from scripts.doctor_checks.check import FAILURE, WARNING, Check, Result, failure, run_all
from scripts.doctor_checks.checks import CHECKS
from scripts.doctor_checks.report import LANGUAGES, Json, Text, language
from scripts.ops_cli.complaints import run_command, usage
from shared.errors import Misconfigured

_HELP = """Find out what would keep a deployment from working, and what to do about it.

Looks at settings, secrets, limits, region, role, keys, tables, permissions, sign name,
templates, balance, captcha, receipts and alerts; changes nothing and sends nothing. Values come
from .env in the repository and from the environment, which wins, as they do for `s deploy`; keys
are ALIBABA_CLOUD_ACCESS_KEY_ID, ..._SECRET and ALIBABA_CLOUD_SECURITY_TOKEN. No secret is shown.

\b
  scripts/doctor                                  what .env describes
  scripts/doctor --offline                        without network, without keys
  scripts/doctor --front apigw --json             for programs
  scripts/doctor --as-role                        what the functions may do, as their role
  scripts/doctor --receipts-url https://x.com     where Aliyun pushes reports to
  scripts/doctor --send-test-alert                asks first, then sends one alert
  scripts/doctor --env-file .local/doors.env      the service of scripts/serve

Exit codes: 0 nothing failed, 1 something failed, 2 used wrongly.
"""


_SEND_ONE = (
    "向 ALERT_WEBHOOK 发送一条测试告警，群里的人都会看到。继续？",
    "This sends one test alert to ALERT_WEBHOOK, for all there to see. Go on?",
)


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
    "--as-role",
    is_flag=True,
    help="Assume FUNCTION_ROLE, and try the functions' calls as it, each in a form without effect.",
)
@click.option(
    "--receipts-url",
    metavar="URL",
    default="",
    help="Where the receipts door answers (else FRONT_URL or DOMAIN); an empty array is pushed.",
)
@click.option(
    "--send-test-alert", is_flag=True, help="Send one alert to ALERT_WEBHOOK; asks first."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
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
    as_role: bool,
    receipts_url: str,
    send_test_alert: bool,
    yes: bool,
    env_file: Path | None,
) -> int:
    """Run the checks, tell what they find, and return the exit code."""
    shown = language(lang, os.environ)
    wishes = Wishes(as_role, receipts_url.strip(), send_test_alert)
    if offline and wishes != Wishes():
        raise usage(
            "--offline 不访问网络，不能与 --as-role、--receipts-url、--send-test-alert 同用。",
            "--offline asks nobody: not with --as-role, --receipts-url or --send-test-alert.",
        )
    if send_test_alert and not yes:
        click.confirm(_SEND_ONE[shown], abort=True, err=True)
    report = Json(shown) if as_json else Text(shown)
    checks = [check for check in CHECKS if not (offline and check.network)]
    try:
        case = _case(env_file, front, wishes, report.progress)
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


def _case(
    env_file: Path | None, front: str | None, wishes: Wishes, progress: Callable[[str], None]
) -> Case:
    values = deployment.read(env_file)
    chosen = front or values.environment["FRONT"]
    if chosen not in FRONTS:
        names = ", ".join(FRONTS)
        raise usage(f"FRONT 只能是 {names}。", f"FRONT is one of {names}.")
    return Case(values, chosen, wishes=wishes, progress=progress)


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
