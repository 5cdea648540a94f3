"""The one source of table names, keys and times to live."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `keys` are (name, type) in Tablestore's words, `time_to_live` is in seconds.

    Rows age out by table option, which Tablestore allows from one day on, so no row's expiry is
    trusted to it: codes carry their own.
    """

    suffix: str
    keys: tuple[tuple[str, str], ...]
    time_to_live: int

    def name(self, prefix: str) -> str:
        """Return the table's name under a prefix."""
        return prefix + self.suffix


PHONES = Table("phones", (("phone", "STRING"),), 40 * DAY)
"""A number's keyed hash -> version, sends (JSON). Outlives the longest rolling window (30 d)."""

MESSAGES = Table("messages", (("verification_id", "STRING"),), 40 * DAY)
"""A verification -> its code's digest and policy, what became of it, what was reported."""

COUNTERS = Table("counters", (("counter", "STRING"),), 40 * DAY)
"""A limit's fixed window -> n. Outlives the longest fixed window (31 d)."""

PENDING = Table("pending", (("verification_id", "STRING"),), 3 * DAY)
"""A message that awaits its report -> the only plain number there is."""

ALL = (PHONES, MESSAGES, COUNTERS, PENDING)
