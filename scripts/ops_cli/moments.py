"""Moments as operators write and read them: days of Beijing, spans from now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from scripts.ops_cli.complaints import usage
from shared.domain.rates import BEIJING

_SPAN = re.compile(r"([1-9][0-9]{0,3})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def end_of_day(text: str, *, now: float) -> int:
    """Return the second in which a day of Beijing is over; raise Complaint if it is past."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=BEIJING)
        end = int((day + timedelta(days=1)).timestamp())
    except (ValueError, OverflowError):
        raise usage(
            "--until 的写法是 2027-01-31（北京时间当天结束）。",
            "--until is written 2027-01-31 (the end of that day in Beijing).",
        ) from None
    if end <= now:
        raise usage("--until 已经过去。", "--until is past.")
    return end


def after(text: str, *, now: float) -> int:
    """Return the second that is `12h`, `7d` or `2w` from now."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise usage("--for 的写法是 30m、12h、7d 或 2w。", "--for is written 30m, 12h, 7d or 2w.")
    return int(now) + int(match[1]) * _SECONDS[match[2]]


def shown(moment: int) -> str:
    """Show a moment in Beijing."""
    return f"{datetime.fromtimestamp(moment, BEIJING):%Y-%m-%d %H:%M}"


def second(moment: int) -> str:
    """Show a moment in Beijing to the second."""
    return f"{datetime.fromtimestamp(moment, BEIJING):%Y-%m-%d %H:%M:%S}"


def shown_end(moment: int | None) -> str:
    """Show until when an entry holds: the end of a day as that day."""
    if moment is None:
        return "永久 for good"
    end = datetime.fromtimestamp(moment, BEIJING)
    if (end.hour, end.minute, end.second) == (0, 0, 0):
        return f"{end - timedelta(seconds=1):%Y-%m-%d}"
    return shown(moment)


def iso(moment: int | None) -> str | None:
    """Return a moment for programs, ISO 8601 in Beijing time."""
    return None if moment is None else datetime.fromtimestamp(moment, BEIJING).isoformat()
