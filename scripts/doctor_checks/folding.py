"""Break a text into lines of a screen, where Chinese characters are twice as wide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.ops_cli.table import width

_PIECE = re.compile(r"[^\s\u2e80-\uffef]+|[\u2e80-\uffef][，。；：、）》”]*|\s+")
"""What stays together: a word, or one Chinese character with the marks that end it."""


def folded(text: str, *, room: int) -> list[str]:
    """Return the lines of a text, none wider than there is room, but for longer words."""
    return list(_lines(text, room)) or [""]


def _lines(text: str, room: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if line and width(line + piece.rstrip()) > room:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        yield line.rstrip()
