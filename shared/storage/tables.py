"""The one source of table names, keys and times to live."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400
FOR_GOOD = -1


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `keys` are (name, type) in Tablestore's words, `time_to_live` is in seconds or -1.

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
"""A limit's fixed window -> n. Outlives the longest fixed window (31 d). And progress/<of what>."""

PENDING = Table("pending", (("verification_id", "STRING"),), 3 * DAY)
"""A message that awaits its report -> the only plain number there is, and how often was asked."""

TOKENS = Table("tokens", (("token", "STRING"),), 1 * DAY)
"""A captcha token's keyed hash -> the verification that it was passed for. Outlives any token."""

SEGMENTS = Table("segments", (("window", "STRING"),), 1 * DAY)
"""Ten thousand neighbouring numbers for some minutes -> a column for each that was sent to."""

LISTS = Table("lists", (("entry", "STRING"),), FOR_GOOD)
"""The deny-list and the allow-list: number/<keyed hash>, address/<address>, and ranges (JSON)."""

ALERTS = Table("alerts", (("alert", "STRING"),), 40 * DAY)
"""A cap's window and the part of it that was reached -> whether that was told."""

RECEIPTS = Table("receipts", (("receipt", "STRING"),), 40 * DAY)
"""What Aliyun pushed that belongs to no message of ours, or to none at all: stray/<keyed hash>/
<number's keyed hash>, poison/<keyed hash>, reply/<number's keyed hash>/<keyed hash>, sign/<name>,
template/<code>."""

HEALTH = Table("health", (("minute", "STRING"),), 1 * DAY)
"""<provider>/<minute>/<shard> -> a column for each message whose end carriers reported then."""

PROVIDERS = Table("providers", (("provider", "STRING"),), 1 * DAY)
"""A provider -> until when it is set aside, for how long, and why."""

ALL = (
    PHONES,
    MESSAGES,
    COUNTERS,
    PENDING,
    TOKENS,
    SEGMENTS,
    LISTS,
    ALERTS,
    RECEIPTS,
    HEALTH,
    PROVIDERS,
)
