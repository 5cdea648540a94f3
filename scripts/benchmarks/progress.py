"""Progress on standard error: which part, how far, and roughly how long still."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

WIDTH = 24
OFTEN, SELDOM = 0.2, 15.0
"""Seconds between two lines: on a terminal, which shows the last, and in a file of all."""


@dataclass
class Progress:
    """Tells of parts with their usual seconds; what they really take corrects what is left."""

    usual: Mapping[str, float]
    started: float = field(default_factory=time.monotonic)
    done: list[str] = field(default_factory=list)
    _part: str = ""
    _part_started: float = 0.0
    _said_at: float = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Tell that a part begins, and when it is done how long it took."""
        self._part, self._part_started, self._said_at = name, time.monotonic(), 0.0
        self.at(0.0, "")
        yield
        self._clear()
        self.done.append(name)
        seconds = time.monotonic() - self._part_started
        click.secho(f"✓ {name}  ({seconds:.0f} s)", err=True, fg="green")

    def at(self, share: float, doing: str) -> None:
        """Tell how far the part is, from 0 to 1."""
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if now - self._said_at < (OFTEN if terminal else SELDOM):
            return
        self._said_at = now
        place = f"[{len(self.done) + 1}/{len(self.usual)}] {self._part}"
        bar = "█" * round(share * WIDTH)
        text = f"{place:<18} {bar:░<{WIDTH}} {share:4.0%}  {self._left(share)}  {doing}"
        self._clear()
        click.echo(text[:110], err=True, nl=not terminal)

    def _left(self, share: float) -> str:
        """Return how long is left: usual seconds, times how much slower it was so far."""
        usual = sum(self.usual.get(name, 0) for name in self.done)
        usual += share * self.usual.get(self._part, 0)
        spent = time.monotonic() - self.started
        pace = spent / usual if usual > 1 and spent > 1 else 1.0
        left = max(0.0, (sum(self.usual.values()) - usual) * pace)
        return f"about {left // 60:.0f} min {left % 60:02.0f} s left"

    @staticmethod
    def _clear() -> None:
        if sys.stderr.isatty():
            click.echo("\r\033[K", err=True, nl=False)
