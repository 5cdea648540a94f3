"""Run scripts/smoke and answer for how it ends: 0 passed, 1 failed, 2 used wrongly."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from scripts import deployment
from scripts.ops_cli.complaints import run_command, usage
from scripts.smoke_test import report
from scripts.smoke_test.address import Addresses, read_addresses
from scripts.smoke_test.numbers import Number, find_real_number, find_test_number
from scripts.smoke_test.pass_key import PassKey, fit_for_a_header, read_headers
from scripts.smoke_test.service import Service
from scripts.smoke_test.steps import Plan, Step, run
from shared.credentials import ID, SECRET, TOKEN, Keys, current_keys
from shared.errors import Misconfigured

API_KEY, CAPTCHA = "SMOKE_API_KEY", "SMOKE_CAPTCHA"
DOORS = deployment.ROOT / ".local" / "doors.env"
"""Where scripts/serve says what its doors run with."""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("url", required=False)
@click.option("--send-url", metavar="URL", help="Where send_code is, if not URL/send-code.")
@click.option("--verify-url", metavar="URL", help="Where verify_code is, if not URL/verify-code.")
@click.option("--scene", default="sign_in", show_default=True, help="One of SCENES.")
@click.option("--phone", metavar="NUMBER", help="Which of TEST_NUMBERS (default: the first).")
@click.option("--real", is_flag=True, help="Send one real SMS to --phone; asks for its code.")
@click.option(
    "--api-key-env",
    metavar="NAME",
    help=f"The environment variable with the API key (default: {API_KEY}, if set).",
)
@click.option("--sign", is_flag=True, help="Sign for TRIGGER_AUTH=function, with your access key.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="For another gateway; ${NAME} is taken from the environment; can be repeated.",
)
@click.option("--expect-open", is_flag=True, help="Everybody who reaches the address may send.")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The deployment's settings (default: .env and the environment; for the address of a "
    "running scripts/serve its .local/doors.env).",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def smoke(
    url: str | None,
    send_url: str | None,
    verify_url: str | None,
    scene: str,
    phone: str | None,
    real: bool,  # noqa: FBT001 - click's flags
    api_key_env: str | None,
    sign: bool,  # noqa: FBT001
    headers: Sequence[str],
    expect_open: bool,  # noqa: FBT001
    env_file: Path | None,
    as_json: bool,  # noqa: FBT001
) -> int:
    """Send a test number of the service at URL a code, verify it, and see it refused after that.

    \b
      scripts/smoke http://127.0.0.1:9000             the local service (scripts/serve)
      scripts/smoke https://sms.example.com           a custom domain
      scripts/smoke --send-url https://sms-verify-dev-send-code-....fcapp.run \\
                    --verify-url https://sms-verify-dev-verify-code-....fcapp.run

    The number and its code come from TEST_NUMBERS, which the deployment must have, too: a number
    that it does not know as a test number would be sent a real SMS, so make it your own. Nothing
    is sent to any other number without --real. A run uses one of the test number's sends
    (LIMIT_ALLOWED, 100 in 24 hours by default), and no other limit.

    \b
      ACCESS=api_key                      SMOKE_API_KEY=... scripts/smoke URL
      ACCESS=captcha                      a test number needs one, too: SMOKE_CAPTCHA=<result>
      ACCESS=gateway, authType function   --sign, with ALIBABA_CLOUD_ACCESS_KEY_ID and ..._SECRET
      ACCESS=gateway, JWT                 --header 'Authorization: Bearer ${TOKEN}'
      ACCESS=gateway, API Gateway         --header 'Authorization: APPCODE ${APPCODE}'

    --sign follows the documentation with the official SDK; it has not met a real trigger yet.
    No code, key or whole number is shown. Exit codes: 0 passed, 1 failed, 2 used wrongly.
    """
    addresses = read_addresses(url, send_url, verify_url)
    settings = _settings(addresses, env_file)
    choose = find_real_number if real else find_test_number
    number = choose(settings, phone, now=time.time())
    pass_key = PassKey(
        api_key=_api_key(api_key_env),
        captcha=os.environ.get(CAPTCHA) or None,
        headers=read_headers(headers, os.environ),
        signs_with=_keys(settings) if sign else None,
    )
    service = Service(addresses, pass_key)
    one_try = settings.get("MAX_ATTEMPTS", "").strip() == "1"
    plan = Plan(service, number, scene, expect_open=expect_open, one_try=one_try)
    if real:
        _confirm(number)
    done: list[Step] = []
    for step in run(plan, ask=_ask):
        done.append(step)
        if not as_json:
            click.echo("\n".join(report.lines(step)))
    click.echo(report.as_json(plan, done) if as_json else report.verdict(plan, done))
    return 0 if all(step.ok for step in done) else 1


def _settings(addresses: Addresses, env_file: Path | None) -> Mapping[str, str]:
    """Read the settings of the deployment that is tested.

    On this machine anything may answer, a tunnel to a deployment as well, which would not know
    the local service's number: only the address that scripts/serve says it has is taken for it.
    """
    if env_file is None and addresses.local:
        found = deployment.read(DOORS).environment if DOORS.exists() else {}
        if not addresses.within(found.get(deployment.FRONT_URL, "")):
            raise usage(
                "本机上的这个地址不是 scripts/serve 所说的地址（.local/doors.env 的 FRONT_URL），"
                "可能通向别的部署。请用 --env-file 指明其设置：scripts/serve 的是 <--data 目录>/"
                "doors.env。",
                "That address of this machine is not the one of scripts/serve (FRONT_URL in "
                ".local/doors.env); it may lead to any deployment. Name its settings with "
                "--env-file: those of scripts/serve are <its --data>/doors.env.",
            )
        return found
    return deployment.read(env_file).environment


def _api_key(name: str | None) -> str | None:
    found = os.environ.get(name or API_KEY, "").strip()
    if name is not None and not found:
        raise usage(
            f"环境变量 {name} 未设置；请把 API 密钥放进去（不要写在命令行）。",
            f"The environment variable {name} is not set; put the API key there (never on the "
            "command line).",
        )
    return fit_for_a_header(found, name or API_KEY) or None


def _keys(settings: Mapping[str, str]) -> Keys:
    try:
        return current_keys(settings, None)
    except Misconfigured:
        raise usage(
            f"--sign 需要调用方的 AccessKey：{ID}、{SECRET}（STS 还要 {TOKEN}）。请设置环境变量。",
            f"--sign needs the caller's access key: set {ID} and {SECRET} (for STS {TOKEN}, too).",
        ) from None


def _confirm(number: Number) -> None:
    click.confirm(
        f"将向 {number.masked} 发送一条真实短信（计费）。\n"
        f"This sends one real SMS to {number.masked}, and is billed. Go on?",
        abort=True,
        err=True,
    )


def _ask() -> str:
    """Ask for the code that the phone has received."""
    while True:
        text = str(click.prompt("短信中的验证码 The code in the SMS", err=True)).strip()
        if text.isascii() and text.isdecimal():
            return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(smoke, arguments, name="scripts/smoke")


if __name__ == "__main__":
    sys.exit(main())
