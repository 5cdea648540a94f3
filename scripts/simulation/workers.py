"""Play several days in processes of their own, and see how far they are."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from scripts.simulation.traffic import Sizes
from scripts.simulation.world import Simulation, Tally

_done: Any = None
"""How many requests of each day have been played; shared by all processes."""


def play_all(days: Mapping[str, Mapping[str, str]], sizes: Sizes) -> dict[str, Tally]:
    """Play a day under each configuration's settings, as many at a time as there are cores."""
    context = multiprocessing.get_context("spawn")
    done = context.Array("q", len(days))
    workers = min(len(days), os.cpu_count() or 1)
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_share, initargs=(done,)
    ) as pool:
        running = {
            name: pool.submit(_play, number, settings, sizes)
            for number, (name, settings) in enumerate(days.items())
        }
        _show_progress(list(running.values()), done, sizes.requests * len(days))
        return {name: future.result() for name, future in running.items()}


def _share(done: Any) -> None:
    global _done
    _done = done


def _play(number: int, settings: Mapping[str, str], sizes: Sizes) -> Tally:
    def progress(done: int) -> None:
        _done[number] = done

    return Simulation(settings, sizes).play(progress)


def _show_progress(running: list[Future[Tally]], done: Any, expected: int) -> None:
    """Show on standard error how far all days are, until they end."""
    live = sys.stderr.isatty()
    shown = -1
    while not all(future.done() for future in running):
        time.sleep(0.5)
        percent = min(99, 100 * sum(done) // expected)
        if live or percent // 10 > shown // 10:
            end = "\r" if live else "\n"
            print(f"  {percent} % of about {expected:,} requests", end=end, file=sys.stderr)
            shown = percent
    if live:
        print(" " * 60, end="\r", file=sys.stderr)
