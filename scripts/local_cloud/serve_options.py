"""What scripts/serve can be told."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.local_cloud.carrier.behaviour import WAYS

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 9000
TIMER_SECONDS = 10.0


def read_options(description: str | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/serve",
        description=description,
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
