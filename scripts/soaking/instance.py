"""An instance of the functions: a process that answers for the real doors until it is killed."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from typing import Any

HOST = "127.0.0.1"


def main() -> None:
    """Serve until standard input closes, or somebody kills the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--control", required=True)
    parser.add_argument("--timer-seconds", type=float, required=True)
    options = parser.parse_args()
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    asyncio.run(_serve(options))


def _end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


async def _serve(options: argparse.Namespace) -> None:
    from aiohttp import web

    from functions import messages, receipts, send_code, verify_code
    from scripts.local_cloud.front import Front
    from scripts.local_cloud.timers import run_timers, timer_doors

    doors: dict[str, Any] = {
        "/send-code": send_code.handler,
        "/verify-code": verify_code.handler,
        "/messages/{verification_id}": messages.handler,
        "/receipts/{kind}/{secret}": receipts.handler,
    }
    front = Front(doors, gateway=options.gateway, control=options.control)
    runner = web.AppRunner(front.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, options.port, backlog=1024).start()
    await run_timers(timer_doors(), options.timer_seconds)


if __name__ == "__main__":
    main()
