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
from pathlib import Path
from typing import Any

from scripts.local_cloud.local_settings import console_limits, environment, receipt_secret
from scripts.local_cloud.serve_options import ROOT, read_options

HOST = "127.0.0.1"


def main() -> int:
    """Serve until interrupted."""
    options = read_options(__doc__)
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
        values = environment(
            addresses,
            front=options.gateway,
            reports_to=options.reports_to,
            captcha=options.captcha,
        )
        os.environ.update(values)
        with _told(data, values, at=_address(options)):
            _bootstrap()
            asyncio.run(_serve(listening, doors, addresses["openapi"], options))
    return 0


def _forget(data: Path) -> None:
    for file in data.glob("*.sqlite3*"):
        file.unlink()


@contextmanager
def _cloud(options: argparse.Namespace, data: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the local cloud in a process of its own; it ends with this one, however that ends."""
    command = [sys.executable, "-m", "scripts.local_cloud", "--data", str(data.resolve())]
    command += ["--until-stdin-closes"]
    push_url = f"{_address(options)}/receipts/{{kind}}/{receipt_secret()}"
    command += ["--push-url", push_url, "--reports-to", options.reports_to]
    command += ["--no-reports"] if options.no_reports else []
    command += ["--catalogue", str(Path(options.catalogue).resolve())] if options.catalogue else []
    if limits := console_limits(os.environ.get("LIMIT_PHONE", "")):
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
