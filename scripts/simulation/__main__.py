"""Play a day of attacks under several configurations, and show what each lets through.

A normal day of people who sign in; a bombing of one number; a pumping run over 10,000 numbers in
a row from 500 addresses; a guessing run. All of it goes through the real doors, the real SDKs and
the local cloud, by an accelerated clock. Takes some minutes; --scale 0.1 is quicker.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.simulation.report import picture, table
from scripts.simulation.traffic import SOLVED, Sizes
from scripts.simulation.workers import play_all

OPEN = {
    "LIMIT_PHONE": "1000000/1d",
    "LIMIT_IP": "1000000/1d",
    "LIMIT_TOTAL": "1000000/1d",
    "LIMIT_GUESS": "1000000/1d",
    "PHONE_SHARE": "1",
    "SEQUENCE_GUARD": "off",
}
CAPTCHA = {
    "ACCESS": "captcha",
    "CAPTCHA": "turnstile",
    "TURNSTILE_SECRET": "local-turnstile-secret",
}
CONFIGURATIONS: Mapping[str, Mapping[str, str]] = {
    "provider's limits only": OPEN,
    "defaults": {},
    "defaults and captcha": CAPTCHA,
    "sequence guard enforcing": {"SEQUENCE_GUARD": "enforce"},
}
PRICE = 0.045
"""Yuan for one message to the mainland (Aliyun's list price without a package)."""


def main() -> int:
    """Play every configuration's day, two at a time, and write the table and the picture."""
    given = _arguments()
    sizes = Sizes(solved=given.solved).scaled(given.scale)
    days = play_all(CONFIGURATIONS, sizes)
    print(table(days, given.price))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(picture(days, given.price), "utf-8")
    print(f"图 Picture: {given.out}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/attack_sim",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scale", type=_positive, default=1.0, help="how much happens (default 1: all of it)"
    )
    parser.add_argument(
        "--price", type=_positive, default=PRICE, help=f"yuan for a message (default {PRICE})"
    )
    parser.add_argument(
        "--solved",
        type=_part,
        default=SOLVED,
        help="part of an attacker's requests whose captcha somebody was paid to solve "
        f"(0 to 1, default {SOLVED})",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(".local/attack_sim.svg"),
        help="where the picture goes (default .local/attack_sim.svg)",
    )
    return parser.parse_args()


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("give a number above 0")
    return number


def _part(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("give a number from 0 to 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
