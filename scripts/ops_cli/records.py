"""scripts/ops records: what Aliyun knows of one number's messages, beside what we know."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from scripts.ops_cli import days, moments, table
from scripts.ops_cli.desk import Deployed, Desk, open_desk, read_deployed
from scripts.ops_cli.sent_records import DAYS_KEPT, READERS, Record
from scripts.ops_cli.subjects import read_number
from shared.domain.deadline import Deadline
from shared.errors import StoreError
from shared.message_ports import Message

SECONDS = 10.0
_OUR_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_HEAD = (
    "发出 sent",
    "收到 received",
    "状态 state",
    "错误码 code",
    "模板 template",
    "我们的编号 verification_id",
    "我们的状态 our state",
)


@click.command()
@click.option("--phone", required=True, metavar="NUMBER", help="In any spelling; - reads stdin.")
@click.option("--day", metavar="YYYY-MM-DD", help="A day of Beijing time; today by default.")
@click.option(
    "--provider",
    type=click.Choice(list(READERS)),
    default="dysms",
    show_default=True,
    help="Whose records.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def records(phone: str, day: str | None, provider: str, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Show what Aliyun recorded of the messages to one number on one day, newest first.

    Beside each record stands what our store says of the same message; where both differ, a
    report has not come, or came late: scripts/ops trace --id tells more. Records without a
    verification_id are of other systems that share the account. Aliyun keeps 30 days. No text is
    shown with its code.

    \b
      scripts/ops records --phone 13800138000
      scripts/ops records --phone 13800138000 --day 2026-11-21
      scripts/ops records --phone - --json < number.txt
    """
    deployed = read_deployed()
    typed = sys.stdin.readline().strip() if phone == "-" else phone
    number = read_number(typed, numbers=deployed.rules.numbers)
    asked = _day(day, now=deployed.now)
    found = READERS[provider](deployed, number, asked)
    ours = _ours(deployed, found)
    if as_json:
        plain = [_plain(one, ours.get(one.out_id), deployed.now) for one in found]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo(
            f"{asked} 没有 {number.masked} 的记录。若我们发送过，见 scripts/ops trace --phone。\n"
            f"There is no record of {number.masked} on {asked}. What we sent, scripts/ops trace "
            "--phone tells."
        )
        return
    click.echo(f"{number.masked}  {asked}  {provider}")
    rows = [_row(one, ours.get(one.out_id), deployed.now) for one in found]
    click.echo("\n".join(table.lines([_HEAD, *rows])))
    click.echo()
    click.echo("\n".join(f"{one.sent}  {one.text}" for one in found))


def _day(given: str | None, *, now: float) -> date:
    return days.today(now) if given is None else days.read(given, "--day", now=now, kept=DAYS_KEPT)


def _ours(deployed: Deployed, found: Sequence[Record]) -> dict[str, Message]:
    """Return what our store knows; the records are worth showing also where it does not answer."""
    ids = [one.out_id for one in found if _OUR_ID.fullmatch(one.out_id)]
    if not ids:
        return {}
    try:
        desk = open_desk(deployed)
        messages = {each: _find(desk, each) for each in ids}
    except StoreError as error:
        click.echo(
            f"无法读取我们的记录（{error}），只显示阿里云的。\n"
            f"Our own store does not answer ({error}); shown is what Aliyun says alone.",
            err=True,
        )
        return {}
    return {each: message for each, message in messages.items() if message is not None}


def _find(desk: Desk, verification_id: str) -> Message | None:
    deadline = Deadline.after(SECONDS, clock=time.monotonic)
    return desk.messages.find(verification_id, deadline=deadline)


def _state(message: Message, now: float) -> str:
    spent = f"，已验证 verified {moments.second(message.spent_at)}" if message.spent_at else ""
    return f"{message.delivery(now=now).state}{spent}"


def _row(one: Record, ours: Message | None, now: float) -> tuple[str, ...]:
    return (
        one.sent,
        one.received or "-",
        one.state,
        one.code or "-",
        one.template or "-",
        ours.verification_id if ours is not None else "-",
        _state(ours, now) if ours is not None else "-",
    )


def _plain(one: Record, ours: Message | None, now: float) -> dict[str, Any]:
    return {
        "sent": one.sent or None,
        "received": one.received or None,
        "state": one.state,
        "code": one.code or None,
        "template": one.template or None,
        "text": one.text,
        "verification_id": ours.verification_id if ours is not None else None,
        "our_state": ours.delivery(now=now).state if ours is not None else None,
        "verified_at": moments.iso(ours.spent_at) if ours is not None else None,
    }
