"""Run the service on this machine: the real doors, the local cloud, and a page to try it."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from scripts.local_cloud.carrier.behaviour import WAYS
from scripts.local_cloud.openapi.sts import ROLE

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
DEFAULT_PORT = 9000

LOCAL_SETTINGS: Mapping[str, str] = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "local",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "local-secret",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "local-token",
    "ACCESS": "gateway",
    "SCENES": "sign_in,sign_up,reset_password,bind_phone",
    "CODE_SECRETS": "local-code-secret-for-nothing-real",
    "NUMBER_SECRET": "local-number-secret-for-nothing-real",
    "RECEIPT_SECRETS": "local-receipt-secret-for-nothing-real",
    "SMS_PROVIDERS": "dysms",
    "DYSMS_SIGN_NAME": "本地测试",
    "DYSMS_TEMPLATES": "SMS_100001,reset_password=SMS_100002",
    "TABLESTORE_INSTANCE": "local",
    "ALIYUN_CAPTCHA_SCENE_IDS": "local",
    "TURNSTILE_SECRET": "local-turnstile-secret",
    "TABLE_PREFIX": "sms_verify_",
    "REGION": "cn-hangzhou",
    "FUNCTION_ROLE": ROLE,
}
"""Working values for everything that has no default; the caller's environment overrides each."""

LOCAL_WEBHOOK: Mapping[str, str] = {
    "ALERT_FORMAT": "dingtalk",
    "ALERT_WEBHOOK_SECRET": "local-webhook-secret",
}
"""How the webhook's stand-in wants its alerts; a webhook of the caller's own has its own ways."""

TEST_NUMBER, TEST_CODE, TEST_DAYS = "13900000000", "246810", 30
"""A number that nothing is sent to, for scripts/smoke; nobody's code but the local service's."""

TIMER_SECONDS = 10.0

QUEUES = "sms-report,sms-up,sign-report,template-report,pnvs-report"
"""The queues that the local doors pull from, where the carriers use them."""


def main() -> int:
    """Serve until interrupted."""
    options = _options()
    try:
        listening = socket.create_server((HOST, options.port), backlog=1024)
    except OSError as error:
        print(
            f"端口 {options.port} 无法使用（{error.strerror}），请用 --port 指定其他端口。\n"
            f"Port {options.port} cannot be used ({error.strerror}); choose another with --port.",
            file=sys.stderr,
        )
        return 1
    data: Path = options.data
    data.mkdir(parents=True, exist_ok=True)
    if options.fresh:
        _forget(data)
    with _cloud(options, data) as cloud:
        doors = _import_doors()
        addresses = _addresses(cloud)
        environment = _environment(addresses, options)
        os.environ.update(environment)
        with _told(data, environment, at=_address(options)):
            _bootstrap()
            asyncio.run(_serve(listening, doors, addresses["openapi"], options))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/serve",
        description=__doc__,
        epilog="Settings are environment variables (README.md); each can be overridden, for "
        "example LIMIT_IP=1000/1d scripts/serve. DIR/doors.env shows those in force.",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"port to listen on (default {DEFAULT_PORT})"
    )
    parser.add_argument(
        "--gateway",
        choices=("http", "apigw"),
        default="http",
        help="events as of an FC HTTP trigger (default) or of API Gateway",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT / ".local",
        metavar="DIR",
        help="where the state is kept (default: .local in the repository)",
    )
    parser.add_argument(
        "--captcha",
        choices=("aliyun", "turnstile"),
        help="ask for a captcha before sending: ACCESS=captcha, with its local stand-in",
    )
    parser.add_argument(
        "--timer-seconds",
        type=float,
        default=TIMER_SECONDS,
        metavar="N",
        help=f"how often the timers' doors run (default {TIMER_SECONDS:g}; 0: never)",
    )
    parser.add_argument("--fresh", action="store_true", help="start with empty state")
    parser.add_argument(
        "--no-reports",
        action="store_true",
        help="leave the carrier's reports to POST /_local/report",
    )
    parser.add_argument(
        "--reports-to",
        choices=WAYS,
        default="push",
        help="tell of reports by push to the receipts door (default), in MNS's queues, or both",
    )
    parser.add_argument(
        "--catalogue", metavar="FILE", help="SMS signs and templates in place of the local ones"
    )
    return parser.parse_args()


def _forget(data: Path) -> None:
    for file in data.glob("*.sqlite3*"):
        file.unlink()


@contextmanager
def _cloud(options: argparse.Namespace, data: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the local cloud in a process of its own; it ends with this one, however that ends."""
    command = [sys.executable, "-m", "scripts.local_cloud", "--data", str(data.resolve())]
    command += ["--until-stdin-closes"]
    command += ["--push-url", _push_url(options.port), "--reports-to", options.reports_to]
    command += ["--no-reports"] if options.no_reports else []
    command += ["--catalogue", str(Path(options.catalogue).resolve())] if options.catalogue else []
    if limits := _console_limits(os.environ.get("LIMIT_PHONE", "")):
        command += ["--sms-flow-limits", limits]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # an interrupt from the keyboard is for the front alone
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=5)


def _push_url(port: int) -> str:
    """Return where the carriers push to: the receipts door, behind its newest secret."""
    secrets = os.environ.get("RECEIPT_SECRETS") or LOCAL_SETTINGS["RECEIPT_SECRETS"]
    return f"http://{HOST}:{port}/receipts/{{kind}}/{secrets.split(',')[0].strip()}"


def _console_limits(rates: str) -> str:
    """Set the SMS console's flow limits as high as LIMIT_PHONE, where that is overridden."""
    from shared.domain.rates import parse_rates

    try:
        return ",".join(f"{rate.window}:{rate.count}" for rate in parse_rates(rates))
    except ValueError:
        return ""


def _addresses(cloud: subprocess.Popen[str]) -> dict[str, str]:
    addresses: dict[str, str] = {}
    while len(addresses) < 4:
        line = cloud.stdout.readline() if cloud.stdout else ""
        if not line:
            sys.exit(
                "本地云未能启动，请查看上面的信息。\nThe local cloud did not start; see above."
            )
        name, _, address = line.strip().partition(" ")
        addresses[name] = address
    return addresses


def _import_doors() -> dict[str, Any]:
    """Import the doors while the local cloud starts."""
    from functions import messages, receipts, send_code, verify_code

    return {
        "/send-code": send_code.handler,
        "/verify-code": verify_code.handler,
        "/messages/{verification_id}": messages.handler,
        "/receipts/{kind}/{secret}": receipts.handler,
    }


def _environment(addresses: Mapping[str, str], options: argparse.Namespace) -> dict[str, str]:
    """Return what the doors run with: local values, overridden by the caller's environment.

    And what only scripts/doctor asks for, so that it finds here what it wants to find.
    """
    from shared.settings import NAMES

    captcha: str | None = options.captcha

    found = {
        **LOCAL_SETTINGS,
        "TABLESTORE_ENDPOINT": addresses["tablestore"],
        "DYSMS_ENDPOINT": addresses["openapi"],
        "ALIYUN_CAPTCHA_ENDPOINT": addresses["openapi"],
        "TURNSTILE_ENDPOINT": addresses["openapi"],
        "STS_ENDPOINT": addresses["openapi"],
        "DYBASE_ENDPOINT": addresses["openapi"],
        "MNS_ENDPOINT": addresses["mns"],
        "FRONT": options.gateway,
        **({"RECEIPT_QUEUES": QUEUES} if options.reports_to != "push" else {}),
        **({"ACCESS": "captcha", "CAPTCHA": captcha} if captcha else {}),
        **_test_numbers(os.environ.get("REGIONS") or "CN"),
    }
    if "ALERT_WEBHOOK" not in os.environ:
        webhook = f"{addresses['openapi']}/_local/webhook?access_token=local"
        found |= {"ALERT_WEBHOOK": webhook, **LOCAL_WEBHOOK}
    names = (*LOCAL_SETTINGS, *NAMES)
    found |= {name: os.environ[name] for name in names if name in os.environ}
    return {**found, "TRIGGER_AUTH": "function" if found["ACCESS"] == "gateway" else "anonymous"}


def _test_numbers(regions: str) -> dict[str, str]:
    """Return a test number until some weeks from now, where its region is switched on."""
    if "CN" not in regions.upper().replace(" ", "").split(","):
        return {}
    until = datetime.now(timezone.utc).date() + timedelta(days=TEST_DAYS)
    return {"TEST_NUMBERS": f"{TEST_NUMBER}={TEST_CODE}@{until.isoformat()}"}


@contextmanager
def _told(data: Path, environment: Mapping[str, str], *, at: str) -> Iterator[None]:
    """Say in doors.env what the doors run with, and where, for as long as they do.

    At the end their address is taken out again: something else may answer there next.
    """
    from scripts.deployment import FRONT_URL
    from scripts.env_file import written

    file = data / "doors.env"
    values = {**environment, FRONT_URL: at}
    text = "".join(f"{written(name, value)}\n" for name, value in values.items())
    file.write_text(text, "utf-8")
    try:
        yield
    finally:
        if file.exists() and file.read_text("utf-8") == text:
            lines = text.splitlines(keepends=True)
            kept = [line for line in lines if not line.startswith(f"{FRONT_URL}=")]
            file.write_text("".join(kept), "utf-8")


def _address(options: argparse.Namespace) -> str:
    return f"http://{HOST}:{options.port}"


def _bootstrap() -> None:
    """Create the product's tables, as scripts/bootstrap does."""
    from shared import wiring
    from shared.errors import Misconfigured
    from shared.storage.bootstrap import bootstrap

    try:
        client, prefix = wiring.store_client()
    except Misconfigured as error:
        print(f"! {error.facts['problems_zh']}\n! {error.facts['problems_en']}", file=sys.stderr)
        return
    bootstrap(client, prefix, say=lambda _: None)


async def _serve(
    listening: socket.socket, doors: dict[str, Any], control: str, options: argparse.Namespace
) -> None:
    from aiohttp import web

    from scripts.local_cloud.front import Front
    from scripts.local_cloud.timers import run_timers, timer_doors

    front = Front(doors, gateway=options.gateway, control=control)
    runner = web.AppRunner(front.app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listening, backlog=1024).start()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    timer = asyncio.create_task(run_timers(timer_doors(), options.timer_seconds))
    _welcome(options)  # last: who reads it may end this at once
    await stop.wait()
    timer.cancel()
    await runner.cleanup()


def _welcome(options: argparse.Namespace) -> None:
    address = _address(options)
    token = ',"captcha":"any-text-once"' if options.captcha else ""
    print(
        f"Ready after {time.monotonic() - _STARTED:.1f} s.\n"
        f"  try it     {address}/\n"
        f"  send       curl {address}/send-code -d "
        f"""'{{"phone":"13800138000","scene":"sign_in"{token}}}'\n"""
        f"  inbox      curl {address}/_local/outbox\n"
        f"  smoke test scripts/smoke {address}\n"
        f"  carriers   curl {address}/_local/carrier (python -m scripts.local_cloud --help)\n"
        f"  alerts     curl {address}/_local/webhook\n"
        f"  state      {options.data} (--fresh empties it)\n"
        "The limits are the product's own: 1 a minute per number, 10 a day per address;\n"
        "LIMIT_PHONE=100/60s LIMIT_IP=1000/1d scripts/serve lifts them. Ctrl-C ends.",
        flush=True,
    )


_STARTED = time.monotonic()

if __name__ == "__main__":
    sys.exit(main())
