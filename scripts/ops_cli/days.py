"""Days of Beijing, as operators write them and as Aliyun does."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scripts.ops_cli.complaints import usage
from shared.domain.rates import BEIJING


def today(now: float) -> date:
    """Return the day that it is in Beijing."""
    return datetime.fromtimestamp(now, BEIJING).date()


def of(moment: float) -> date:
    """Return the day of a moment."""
    return datetime.fromtimestamp(moment, BEIJING).date()


def read(text: str, option: str, *, now: float, kept: int) -> date:
    """Read 2026-11-21; raise Complaint for what is no day, is to come, or is over `kept` ago."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=BEIJING).date()
    except (ValueError, OverflowError):
        raise usage(
            f"{option} 的写法是 2026-11-21（北京时间）。",
            f"{option} is written 2026-11-21 (of Beijing).",
        ) from None
    if not 0 <= (today(now) - day).days <= kept:
        first = today(now) - timedelta(days=kept)
        raise usage(
            f"{option} 只能是 {first} 至今天：更早的记录已不保留。",
            f"{option} takes {first} up to today: nothing older is kept.",
        )
    return day


def start(day: date) -> int:
    """Return the second in which a day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp())


def end(day: date) -> int:
    """Return the second in which a day is over."""
    return start(day + timedelta(days=1))


def as_asked(day: date) -> str:
    """Write a day as Aliyun's questions do."""
    return f"{day:%Y%m%d}"


def between(first: date, last: date) -> list[date]:
    """Return every day from one to another."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
