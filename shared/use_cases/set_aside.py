"""Read entries one by one, and set aside those that nobody understands: never lost (I6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TypeVar

from shared.domain.codes import digest
from shared.domain.masking import NUMBER_DIGITS, masked_text
from shared.domain.report_entries import storable
from shared.receipt_ports import SetAside

LONGEST_POISON = 2000
"""Characters of an entry that is set aside: 200 of them fit one request (4 MB)."""

MOST_NESTED = 50
"""Levels that are kept of an entry which is nested too deep to be written."""

Read = TypeVar("Read")


def sort(
    entries: Iterable[object],
    read: Callable[[object], Read | None],
    *,
    secret: str,
    longest_shown: int = NUMBER_DIGITS - 1,
) -> tuple[list[Read], list[SetAside]]:
    """Return what `read` understands, and the rest with its numbers masked; the same is one.

    `longest_shown` is the longest run of digits that is left in the text.
    """
    found: list[Read] = []
    aside: dict[str, SetAside] = {}
    for entry in entries:
        known = read(entry)
        if known is not None:
            found.append(known)
            continue
        text = storable(_written(entry))
        key = digest(secret, "poison", text)
        shown = masked_text(text[: 4 * LONGEST_POISON], longest_shown=longest_shown)
        aside[key] = SetAside(key, shown[:LONGEST_POISON])
    return found, list(aside.values())


def _written(entry: object) -> str:
    """Write an entry as JSON; one can be read that is nested a little too deep to be written."""
    try:
        return json.dumps(entry, ensure_ascii=False, sort_keys=True)
    except RecursionError:
        return json.dumps(_shallow(entry, MOST_NESTED), ensure_ascii=False, sort_keys=True)


def _shallow(entry: object, levels: int) -> object:
    if not isinstance(entry, dict | list):
        return entry
    if levels == 0:
        return "..."
    if isinstance(entry, list):
        return [_shallow(inner, levels - 1) for inner in entry]
    return {name: _shallow(inner, levels - 1) for name, inner in entry.items()}
