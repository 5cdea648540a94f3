"""Lay text out in columns, also where Chinese characters are twice as wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import click


def lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row, columns aligned and two spaces apart."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes; its colours take none."""
    plain = click.unstyle(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in plain)
