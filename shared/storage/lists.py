"""The lists as rows: a number's and an address's are found by key, ranges stand together in one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from shared.domain.lists import Entry, Listed
from shared.storage import batch

RANGES = "ranges"

_FIELDS = frozenset(field.name for field in fields(Entry))
RULE = ("verdict", "kind", "subject", "until")
RULE_COLUMNS = [*RULE, "rules"]
"""What a send reads of an entry and of the ranges: reasons are many times as long."""


def number_key(phone: str) -> batch.Key:
    """Return the key of a number's entry; `phone` is its keyed hash."""
    return [("entry", f"number/{phone}")]


def address_key(address: str) -> batch.Key:
    """Return the key of an address's entry."""
    return [("entry", f"address/{address}")]


def ranges_key() -> batch.Key:
    """Return the key of the row of prefixes and networks."""
    return [("entry", RANGES)]


def list_keys(phone: str, address: str | None) -> list[batch.Key]:
    """Return the rows that may concern a send, in the order that `listed` expects."""
    keys = [ranges_key(), number_key(phone)]
    return keys if address is None else [*keys, address_key(address)]


def listed(rows: Sequence[dict[str, Any]], *, with_address: bool) -> Listed:
    """Read the rows of `list_keys`."""
    ranges, number, *address = rows
    return Listed(
        entry_from(number),
        entry_from(address[0]) if with_address else None,
        ranges_from(ranges, "rules"),
    )


def entry_from(columns: dict[str, Any]) -> Entry | None:
    """Read one entry, and nothing that a newer version may have written; None without a row."""
    known = {name: value for name, value in columns.items() if name in _FIELDS}
    return Entry(**known) if known else None


def entry_columns(entry: Entry) -> dict[str, Any]:
    """Write one entry; what is None is left out."""
    return {name: value for name, value in asdict(entry).items() if value is not None}


def ranges_from(columns: dict[str, Any], column: str = "entries") -> tuple[Entry, ...]:
    """Read the row of ranges: whole `entries`, or their `rules`."""
    entries = map(entry_from, json.loads(columns.get(column, "[]")))
    return tuple(entry for entry in entries if entry is not None)


def ranges_columns(entries: Sequence[Entry], *, version: str) -> dict[str, Any]:
    """Write the row of ranges; `version` is the writer's own, for compare-and-set."""
    plain = [entry_columns(entry) for entry in entries]
    rules = [{name: entry[name] for name in RULE if name in entry} for entry in plain]
    return {
        "version": version,
        "rules": json.dumps(rules),
        "entries": json.dumps(plain, ensure_ascii=False),
    }
