"""Make a week with a spike, a carrier's outage and an attack in it, and the report of that week.

Everything goes through the real doors, the real SDKs and a local cloud, by a moved clock. What is
left in the folder: log.jsonl (the doors' lines) and report.html.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.local_cloud.apart import CloudApart
from scripts.report.sample.days import DAYS, MIDNIGHT, play
from scripts.report.sample.player import DAY, RECEIPT_SECRET
from scripts.report.sample.traffic import SCENES

SETTINGS: Mapping[str, str] = {
    "ACCESS": "captcha",
    "CAPTCHA": "turnstile",
    "TURNSTILE_SECRET": "local-turnstile-secret",
    "SCENES": ",".join(SCENES),
    "LIMIT_TOTAL": "900/1d",
    "SEQUENCE_GUARD": "enforce",
    "RECEIPT_SECRETS": RECEIPT_SECRET,
}


def main() -> int:
    """Play the week, two days at a time, and make its report."""
    given = _arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    cloud = CloudApart.start("--no-reports", "--sms-flow-limits", "60:1000000")
    try:
        environment = {
            **cloud.environment,
            **SETTINGS,
            "TURNSTILE_ENDPOINT": cloud.openapi,
        }
        env_file = given.out / "sample.env"
        env_file.write_text("".join(f"{n}={v}\n" for n, v in environment.items()), "utf-8")
        log = given.out / "log.jsonl"
        play(environment, log, seed=given.seed, scale=given.scale)
        print(f"一周已就绪 The week is made: {time.monotonic() - started:.0f} s", file=sys.stderr)
        return _report(given.out, env_file, log)
    finally:
        cloud.stop()


def _report(out: Path, env_file: Path, log: Path) -> int:
    """Make the report as an operator would just after the week."""
    from scripts.ops_cli.__main__ import main as ops
    from shared import wiring

    wiring.clock = lambda: MIDNIGHT + DAYS * DAY - 1
    place = str(out / "report.html")
    return ops(
        [
            "--env-file",
            str(env_file),
            "report",
            "--days",
            str(DAYS),
            "--log",
            str(log),
            "--out",
            place,
        ]
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.report.sample",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path(".local/report"), help="the folder")
    parser.add_argument("--seed", type=int, default=1, help="another number, another week")
    parser.add_argument("--scale", type=_positive, default=1.0, help="how much happens (1: all)")
    return parser.parse_args()


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 20:
        raise argparse.ArgumentTypeError("give a number above 0, at most 20")
    return number


if __name__ == "__main__":
    sys.exit(main())
