"""scripts/ops stats: what one day's messages came to, by scene, template, provider and carrier."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import click

from scripts.ops_cli import table
from scripts.ops_cli.complaints import usage
from scripts.ops_cli.desk import open_desk
from shared.domain import delivery
from shared.domain.carriers import carrier_of
from shared.domain.rates import BEIJING
from shared.domain.statistics import PERCENTILES, Figures, Sample, sum_up
from shared.message_ports import Message

_HEAD = (
    "分组 group",
    "发送 sent",
    "等待 waiting",
    "送达 delivered",
    "失败 failed",
    "未知 unknown",
    "验证 verified",
    "转化 conversion",
    "条数 segments",
    *(f"p{percent}" for percent in PERCENTILES),
)


@click.command()
@click.option("--day", metavar="YYYY-MM-DD", help="A day of Beijing time; today by default.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def stats(day: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Sum up the messages of one day: delivered, failed and why, verified, and how fast.

    Reads the whole table of messages (40 days), so it takes a while where there are many.
    Latency is from hand-over to the carrier's report; the carrier is guessed from the number's
    first digits.

    \b
      scripts/ops stats --day 2026-11-21
    """
    desk = open_desk()
    start, end = _day(day, now=desk.now)
    found = _told(desk.messages.between(start, end))
    figures = sum_up(_sample(message, desk.now) for message in found)
    if as_json:
        click.echo(json.dumps(_plain(figures), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(table.lines([_HEAD, *(_row(*pair) for pair in figures.items())])))
    reasons = figures["total", ""].reasons.most_common()
    if reasons:
        click.echo("\n失败原因 failed by reason")
        click.echo("\n".join(table.lines([(f"  {code}", str(count)) for code, count in reasons])))


def _day(text: str | None, *, now: float) -> tuple[int, int]:
    try:
        shown = text or f"{datetime.fromtimestamp(now, BEIJING):%Y-%m-%d}"
        midnight = datetime.strptime(shown.strip(), "%Y-%m-%d").replace(tzinfo=BEIJING)
        return int(midnight.timestamp()), int((midnight + timedelta(days=1)).timestamp())
    except (ValueError, OverflowError):
        raise usage(
            "--day 的写法是 2026-11-21（北京时间）。",
            "--day is written 2026-11-21 (of Beijing).",
        ) from None


def _sample(message: Message, now: float) -> Sample:
    found = message.delivery(now=now)
    started = found.sent_at or message.handed_over_at or message.issued_at
    seconds = None if found.reported_at is None else max(0, found.reported_at - started)
    groups = (
        ("scene", message.scene),
        ("template", message.template or "-"),
        ("provider", message.provider or "-"),
        ("carrier", carrier_of(message.masked)),
    )
    return Sample(groups, found, message.spent_at is not None, seconds)


def _row(group: tuple[str, str], figures: Figures) -> tuple[str, ...]:
    waiting, failed = _waiting(figures), _failed(figures)
    share = figures.conversion
    return (
        " ".join(group).strip(),
        str(figures.messages),
        str(waiting),
        str(figures.states[delivery.DELIVERED]),
        str(failed),
        str(figures.states[delivery.UNKNOWN]),
        str(figures.verified),
        "-" if share is None else f"{share:.1%}",
        str(figures.segments),
        *(_seconds(figures.latency(percent)) for percent in PERCENTILES),
    )


def _waiting(figures: Figures) -> int:
    return figures.states[delivery.ACCEPTED] + figures.states[delivery.UNCONFIRMED]


def _failed(figures: Figures) -> int:
    return figures.states[delivery.FAILED] + figures.states[delivery.EXPIRED]


def _seconds(value: int | None) -> str:
    return "-" if value is None else f"{value} s"


def _plain(figures: dict[tuple[str, str], Figures]) -> list[dict[str, Any]]:
    return [
        {
            "group": kind,
            "name": name,
            "messages": one.messages,
            "states": {state: one.states[state] for state in delivery.STATES},
            "reasons": dict(one.reasons),
            "verified": one.verified,
            "conversion": one.conversion,
            "segments": one.segments,
            "latency_seconds": {f"p{each}": one.latency(each) for each in PERCENTILES},
        }
        for (kind, name), one in figures.items()
    ]


def _told(found: Iterable[Message]) -> Iterator[Message]:
    """Pass messages on, and tell a person at a terminal how many have come."""
    tell = sys.stderr.isatty()
    for count, message in enumerate(found, 1):
        if tell and count % 1000 == 0:
            click.echo(f"\r已读取 read {count} ...", err=True, nl=False)
        yield message
    if tell:
        click.echo("\r\033[K", err=True, nl=False)
