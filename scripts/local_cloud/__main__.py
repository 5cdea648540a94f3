"""Start the local cloud alone: stand-ins for Alibaba Cloud's services on loopback."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from scripts.local_cloud.carrier.behaviour import WAYS, Behaviour
from scripts.local_cloud.carrier.control import HELP
from scripts.local_cloud.cloud import ACCESS_KEYS, INSTANCE, LocalCloud, Ports
from scripts.local_cloud.listener import HOST
from scripts.local_cloud.openapi.console import CATALOGUE
from scripts.local_cloud.openapi.dypns_control import HELP as PNVS_HELP
from scripts.local_cloud.openapi.dysms import e164
from scripts.local_cloud.outages import HELP as OUTAGES_HELP


def main() -> int:
    """Run until interrupted."""
    options = _options()
    data: Path | None = options.data
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(options))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.local_cloud",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"{HELP}\n{OUTAGES_HELP}\n{PNVS_HELP}\n"
        f"Clients use access key id {next(iter(ACCESS_KEYS))!r}, secret\n"
        f"{next(iter(ACCESS_KEYS.values()))!r} and any STS token; Tablestore instance "
        f"{INSTANCE!r}.\nThe /_local endpoints are on the OpenAPI port. SendSmsVerifyCode and "
        "CheckSmsVerifyCode\nwork there and on PNVS' own port; QuerySendDetails finds every "
        "provider's messages there,\nand those of PNVS on PNVS' port.",
    )
    for option, help_text in (
        ("--tablestore-port", "Tablestore (0, the default: any free port)"),
        ("--openapi-port", "SMS, PNVS, captchas and /_local (0, the default: any free port)"),
        ("--mns-port", "MNS, the queues of reports (0, the default: any free port)"),
        ("--dypns-port", "PNVS alone (0, the default: any free port)"),
    ):
        parser.add_argument(option, type=int, default=0, metavar="N", help=help_text)
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the state in DIR")
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="FILE",
        default=CATALOGUE,
        help='signs and templates: {"sign_names": [...], "templates": {"SMS_1": "...${code}..."}}; '
        'one that is not approved is {"name": "...", "state": "reviewing"} (or rejected, with a '
        '"reason", or cancelled) and {"text": "...", "state": ...}',
    )
    parser.add_argument(
        "--sms-flow-limits",
        metavar="RATES",
        default="",
        help="the flow limits set in the SMS console, as <seconds>:<permits>,... "
        "(default 60:1,3600:5,86400:10)",
    )
    parser.add_argument(
        "--sms-allow",
        metavar="NUMBERS",
        default=os.environ.get("ALLOW_NUMBERS", ""),
        help="numbers on the SMS console's allow-list (default: $ALLOW_NUMBERS)",
    )
    parser.add_argument(
        "--push-url",
        metavar="URL",
        default="",
        help="where the carriers push their reports; {kind} in it stands for the kind, such as "
        "sms-report (default: nowhere, reports are noted in the outbox alone)",
    )
    parser.add_argument(
        "--reports-to",
        choices=WAYS,
        default="push",
        help="tell of reports by HTTP push (default), in MNS's queues, or both",
    )
    parser.add_argument(
        "--no-reports", action="store_true", help="leave the carrier's reports to /_local/report"
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    limits = [part.split(":") for part in options.sms_flow_limits.split(",") if part]
    allowed = (e164(number.strip()) for number in options.sms_allow.split(","))
    cloud = LocalCloud(
        data=options.data,
        catalogue=options.catalogue,
        flow_limits=tuple((int(seconds), int(permits)) for seconds, permits in limits) or None,
        allowed_numbers=frozenset(number for number in allowed if number),
        behaviour=Behaviour(
            reports=not options.no_reports, push_url=options.push_url, to=options.reports_to
        ),
    )
    ports = await cloud.start(
        Ports(options.tablestore_port, options.openapi_port, options.mns_port, options.dypns_port)
    )
    print(f"tablestore http://{HOST}:{ports.tablestore}", flush=True)
    print(f"openapi http://{HOST}:{ports.openapi}", flush=True)
    print(f"mns http://{HOST}:{ports.mns}", flush=True)
    print(f"dypns http://{HOST}:{ports.dypns}", flush=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if options.until_stdin_closes:
        loop.run_in_executor(None, lambda: (sys.stdin.read(), loop.call_soon_threadsafe(stop.set)))
    await stop.wait()
    await cloud.stop()
    if options.until_stdin_closes:
        os._exit(0)  # the thread that waits for standard input would hold the process


if __name__ == "__main__":
    sys.exit(main())
