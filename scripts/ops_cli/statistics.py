"""scripts/ops statistics: Aliyun's own counts by day, beside ours, so that a gap is seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import click

from scripts.ops_cli import asking, counted, days, table
from scripts.ops_cli.complaints import usage
from scripts.ops_cli.counted import ABROAD, HOME, Count, Counts
from scripts.ops_cli.desk import open_desk, read_deployed
from scripts.ops_cli.sms_console import SmsConsole
from shared.message_ports import Message

DAYS_KEPT, DAYS_SHOWN = 30, 7
_HEAD = (
    "日期 day",
    "阿里云 Aliyun",
    "送达 delivered",
    "失败 failed",
    "未回执 open",
    "送达率 share",
    "我们 ours",
    "送达 delivered",
    "失败 failed",
    "差 gap",
)


@click.command()
@click.option("--from", "first", metavar="DAY", help="2026-11-15; a week ago by default.")
@click.option("--to", "last", metavar="DAY", help="2026-11-21; today by default.")
@click.option("--abroad", is_flag=True, help="Messages outside the mainland, which count apart.")
@click.option("--all-signs", is_flag=True, help="The whole account, not our sign name alone.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def statistics(
    first: str | None,
    last: str | None,
    abroad: bool,  # noqa: FBT001 - click passes them
    all_signs: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show how many messages Aliyun counted by day, and how many we did.

    Ours are those that Dysms took, counted where the message was handed over: reading them takes
    a while where there are many. A gap means that another system sends under our sign name, that
    rows of ours were erased, or (for today) that Aliyun counts with a delay.

    \b
      scripts/ops statistics
      scripts/ops statistics --from 2026-11-01 --to 2026-11-21
      scripts/ops statistics --all-signs --json
    """
    deployed = read_deployed()
    asked = _days(first, last, now=deployed.now)
    sign = None if all_signs else deployed.rules.settings.dysms_sign_name
    scope = ABROAD if abroad else HOME
    theirs = counted.theirs(SmsConsole(deployed), asked, sign=sign, scope=scope)
    desk = open_desk(deployed)
    with asking.counting("已读取 read") as told:
        found = desk.messages.between(days.start(asked[0]), days.end(asked[-1]))
        ours = counted.ours(_told(found, told), abroad=abroad, now=deployed.now)
    if as_json:
        plain = [_plain(day, theirs, ours) for day in asked]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    rows = [_row(f"{day}", theirs.get(day, Count()), ours.get(day, Count())) for day in asked]
    total = [sum((of.get(day, Count()) for day in asked), Count()) for of in (theirs, ours)]
    click.echo("\n".join(table.lines([_HEAD, *rows, _row("合计 total", *total)])))


def _days(first: str | None, last: str | None, *, now: float) -> list[date]:
    def read(given: str | None, option: str, otherwise: date) -> date:
        return days.read(given, option, now=now, kept=DAYS_KEPT) if given else otherwise

    until = read(last, "--to", days.today(now))
    oldest = days.today(now) - timedelta(days=DAYS_KEPT)
    since = read(first, "--from", max(oldest, until - timedelta(days=DAYS_SHOWN - 1)))
    if since > until:
        raise usage("--from 晚于 --to。", "--from is after --to.")
    return days.between(since, until)


def _told(messages: Iterable[Message], told: Callable[[int], None]) -> Iterable[Message]:
    for number, message in enumerate(messages, 1):
        told(number)
        yield message


def _row(name: str, theirs: Count, ours: Count) -> tuple[str, ...]:
    gap = theirs.sent - ours.sent
    return (
        name,
        str(theirs.sent),
        str(theirs.delivered),
        str(theirs.failed),
        str(theirs.open),
        "-" if theirs.share is None else f"{theirs.share:.1%}",
        str(ours.sent),
        str(ours.delivered),
        str(ours.failed),
        click.style(f"{gap:+d}", fg="yellow") if gap else "0",
    )


def _plain(day: date, theirs: Counts, ours: Counts) -> dict[str, Any]:
    counts = {"aliyun": theirs.get(day, Count()), "ours": ours.get(day, Count())}
    told = {
        name: {**asdict(one), "open": one.open, "share": one.share} for name, one in counts.items()
    }
    return {"day": f"{day}", **told, "gap": counts["aliyun"].sent - counts["ours"].sent}
