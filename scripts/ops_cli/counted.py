"""Messages counted by day: as Aliyun's statistics have them, and as our store does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scripts.ops_cli import days
from scripts.ops_cli.sms_console import SmsConsole
from shared.domain import delivery
from shared.errors import Bilingual
from shared.message_ports import Message

PAGE, MOST_PAGES = 50, 5
HOME, ABROAD = 1, 2
"""IsGlobe (page of QuerySendStatistics)."""

_TOO_OLD: Bilingual = (
    "缩短 --from 与 --to 的范围，或在控制台的业务统计中查看",
    "ask for fewer or later days, or look at the console's statistics",
)


@dataclass(frozen=True, slots=True)
class Count:
    """Messages of one day that were taken, and what carriers reported of them."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0

    @property
    def open(self) -> int:
        """Return how many were not reported."""
        return self.sent - self.delivered - self.failed

    @property
    def share(self) -> float | None:
        """Return the delivered part of what was sent."""
        return self.delivered / self.sent if self.sent else None

    def __add__(self, other: Count) -> Count:
        """Count both."""
        return Count(
            self.sent + other.sent, self.delivered + other.delivered, self.failed + other.failed
        )


Counts = dict[date, Count]


def theirs(console: SmsConsole, asked: Sequence[date], *, sign: str | None, scope: int) -> Counts:
    """Ask for all pages; days without a message are left out."""
    found: Counts = {}
    of_sign: dict[str, Any] = {} if sign is None else {"sign_name": sign}
    for page in range(1, MOST_PAGES + 1):
        body = console.ask(
            "QuerySendStatistics",
            otherwise=_TOO_OLD,
            is_globe=scope,
            start_date=days.as_asked(asked[0]),
            end_date=days.as_asked(asked[-1]),
            page_index=page,
            page_size=PAGE,
            **of_sign,
        )
        lines = list(body.data.target_list or ()) if body.data is not None else []
        for one in lines:
            day = date(*(int(part) for part in _parts(str(one.send_date))))
            count = Count(one.total_count, one.responded_success_count, one.responded_fail_count)
            found[day] = found.get(day, Count()) + count
        if len(lines) < PAGE:
            break
    return found


def _parts(text: str) -> tuple[str, str, str]:
    """Split a day: yyyyMMdd says the page, yyyy-MM-dd would be understood."""
    digits = text.replace("-", "")
    return digits[:4], digits[4:6], digits[6:8]


def ours(messages: Iterable[Message], *, abroad: bool, now: float) -> Counts:
    """Count what Dysms took: refused messages and those of test numbers it never saw."""
    found: Counts = {}
    for message in messages:
        taken = message.outcome in (delivery.ACCEPTED, delivery.UNCONFIRMED)
        if message.provider != "dysms" or not taken:
            continue
        if message.masked.startswith("+86") == abroad:
            continue
        day = days.of(message.handed_over_at or message.issued_at)
        state = message.delivery(now=now).state
        failed = state in (delivery.FAILED, delivery.EXPIRED)
        count = Count(1, int(state == delivery.DELIVERED), int(failed))
        found[day] = found.get(day, Count()) + count
    return found
