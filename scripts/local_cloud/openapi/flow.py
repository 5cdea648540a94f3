"""The flow limits of SMS: how many messages one number gets, from one sign and from everybody.

Source: the SMS service's "frequency limits" page. A day is the last 24 hours, and what counts is
that a message was accepted, whatever became of it.
"""

from __future__ import annotations

from collections.abc import Callable

from scripts.local_cloud.openapi.console import Console
from scripts.local_cloud.outbox import Outbox, now

DAILY_FROM_EVERYBODY = 40
_DAY = 86_400
_LEVELS = {60: "分钟", 3600: "小时", _DAY: "天"}


class Flow:
    """The limits of a console; `clock` tells UTC seconds."""

    def __init__(
        self, console: Console, outbox: Outbox, *, clock: Callable[[], float] = now
    ) -> None:
        self._console = console
        self._outbox = outbox
        self._clock = clock

    def exceeded(self, phone: str, sign_name: str) -> str | None:
        """Return the message of the limit that another message would break, or None."""
        if phone in self._console.allowed_numbers:
            return None
        moment = self._clock()
        for seconds, permits in self._console.flow_limits:
            sent = self._outbox.count_since(phone, moment - seconds, sign_name=sign_name)
            if sent >= permits:
                return _message(_LEVELS.get(seconds, f"{seconds}秒"), permits)
        if self._outbox.count_since(phone, moment - _DAY) >= DAILY_FROM_EVERYBODY:
            return _message(_LEVELS[_DAY], DAILY_FROM_EVERYBODY)
        return None


def _message(level: str, permits: int) -> str:
    return f"触发{level}级流控Permits:{permits}"
