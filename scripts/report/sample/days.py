"""Play the days of the sample week in processes of their own, on one local cloud."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from random import Random

from scripts.report.sample.player import DAY, Player

MIDNIGHT = datetime.fromisoformat("2026-11-15T00:00:00+08:00").timestamp()
"""When the week begins."""

DAYS = 7
_WORKERS = 2


def play(environment: Mapping[str, str], log: Path, *, seed: int, scale: float) -> None:
    """Play the whole week; its lines go into `log` in the order of their days."""
    _prepare(environment)
    parts = [log.with_name(f"day-{day}.jsonl") for day in range(DAYS)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        _WORKERS, mp_context=context, initializer=_work_with, initargs=(dict(environment),)
    ) as pool:
        running = [pool.submit(_day, day, seed, scale, part) for day, part in enumerate(parts)]
        for day, one in enumerate(running, 1):
            one.result()
            print(f"  {day}/{DAYS}", file=sys.stderr)
    log.write_text("".join(part.read_text("utf-8") for part in parts), "utf-8")
    for part in parts:
        part.unlink()


def _prepare(environment: Mapping[str, str]) -> None:
    from shared import wiring
    from shared.storage.bootstrap import bootstrap

    client, prefix = wiring.store_client(environment)
    bootstrap(client, prefix, say=lambda _: None)


def _work_with(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)


def _day(day: int, seed: int, scale: float, log: Path) -> None:
    chance = Random(f"{seed} {day}")  # noqa: S311 - the same week each time
    openapi = os.environ["DYSMS_ENDPOINT"]
    Player(MIDNIGHT + day * DAY, day, openapi, chance).play(scale, log)
