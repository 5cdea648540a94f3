"""scripts/ops erase: everything about one number, as far as it is ours to erase."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from scripts.ops_cli import asking, beyond_erasing, entries, table
from scripts.ops_cli.complaints import usage
from scripts.ops_cli.desk import read_deployed
from scripts.ops_cli.subjects import read_number
from shared.domain.lists import DENY

if TYPE_CHECKING:
    from scripts.ops_cli.erasing import Eraser, Traces

_WORDS = {
    "phones": "发送记录 the number's own row",
    "messages": "消息与验证码 messages and codes",
    "pending": "待回执的明文号码 plain number, awaiting reports",
    "strays": "无主回执 reports that met no message",
    "replies": "上行短信 replies",
    "segments": "连号检测 notes against marching numbers",
}
_HEAD = ("数据 data", "行数 rows")


@click.command()
@click.option("--phone", required=True, metavar="NUMBER", help="In any spelling; - reads stdin.")
@click.option("--dry-run", is_flag=True, help="Count only; change nothing.")
@click.option("--lists", "delist", is_flag=True, help="Its entry of the lists, too.")
@click.option(
    "--keep-limits/--forget-limits",
    default=True,
    show_default=True,
    help="Keep when it was sent to, and nothing else, as long as a limit counts it.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="For programs; with --yes or --dry-run.")
def erase(
    phone: str,
    dry_run: bool,  # noqa: FBT001 - click passes them
    delist: bool,  # noqa: FBT001
    keep_limits: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Erase what the tables hold about one number, after showing how much that is.

    Looks at every row of some tables, so it takes a while where there are many. Codes that still
    live stop working. It can be repeated: what comes later, such as a carrier's late report, is
    found by the next run.

    An entry of the lists stays unless --lists is given: without it, who opted out would be sent
    to again. The times of recent sends stay unless --forget-limits is given: or an erasure would
    be a way around the limits. They stand under a keyed hash, without ids and addresses; a run
    after the longest window removes them, too.

    \b
      scripts/ops erase --phone 13800138000 --dry-run
      scripts/ops erase --phone 13800138000
      scripts/ops erase --phone - --lists --forget-limits --yes < number.txt
    """
    if as_json and not (yes or dry_run):
        raise usage("--json 需要 --yes 或 --dry-run。", "--json needs --yes or --dry-run.")
    deployed = read_deployed()  # first: it keeps the SDKs quiet

    from scripts.ops_cli.erasing import Eraser
    from shared import wiring

    typed = sys.stdin.readline().strip() if phone == "-" else phone
    number = read_number(typed, numbers=deployed.rules.numbers)
    eraser = Eraser(deployed, number, keep_limits=keep_limits, clock=lambda: wiring.clock())
    with asking.counting("已找到 found") as told:
        found = eraser.find(told=told)
    if not as_json:
        _show(found, number.masked, now=deployed.now)
    there = any(found.counts.values()) or (delist and found.entry is not None)
    erased, delisted = dict.fromkeys(found.counts, 0), False
    if there and not dry_run:
        _ask(found, delist=delist, keep_limits=keep_limits, yes=yes, phone=phone)
        erased = _erase(eraser, found)
        delisted = delist and eraser.delist() is not None
    beyond = beyond_erasing.told(
        deployed, typed, kept=eraser.kept_until(), awaited=bool(found.pending)
    )
    if as_json:
        plain: dict[str, Any] = {
            "phone": number.masked,
            "dry_run": dry_run,
            "found": found.counts,
            "erased": erased,
            "on_lists": found.entry is not None and not delisted,
            "beyond": [{"zh": chinese, "en": english} for chinese, english in beyond],
        }
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    if not dry_run:
        _conclude(erased, found, delisted=delisted)
    click.echo("\n以下不在此删除 What this does not erase:")
    for chinese, english in beyond:
        click.echo(f"- {chinese}\n  {english}")


def _show(found: Traces, masked: str, *, now: float) -> None:
    click.echo(masked)
    rows = [_HEAD, *((_WORDS[name], str(count)) for name, count in found.counts.items())]
    click.echo("\n".join(table.lines(rows)))
    if found.entry is not None:
        click.echo(f"名单 lists: {entries.line(found.entry, now=now)}")


def _ask(found: Traces, *, delist: bool, keep_limits: bool, yes: bool, phone: str) -> None:
    """Ask about the rows; then, as it is another matter, about the entry of the lists."""
    if found.history is not None and not keep_limits:
        click.echo(
            "限额将被清除：此号码可立即再次发送。\n"
            "The limits go, too: this number can be sent to again at once.",
            err=True,
        )
    if any(found.counts.values()):
        asking.confirm(
            "删除以上全部数据？不可恢复。",
            "Erase all of this? It cannot be undone.",
            yes=yes,
            typed_number=phone,
        )
    if delist and found.entry is not None:
        denied = found.entry.verdict == DENY
        asking.confirm(
            "也移除名单条目？" + ("此号码将可再次收到短信（即使曾退订）。" if denied else ""),
            "Remove the entry of the lists, too?"
            + (" The number can be sent to again then, even if it opted out." if denied else ""),
            yes=yes,
            typed_number=phone,
        )


def _erase(eraser: Eraser, found: Traces) -> dict[str, int]:
    """Close the number's row, and delete what was there; return how much that was of each."""
    closed_at = eraser.close()
    with asking.counting("已找到 found") as told:
        closed = eraser.find_closed(closed_at, told=told)
    total = sum(closed.counts.values())
    with asking.bar(total, "删除 erasing") as done:
        for count in eraser.delete(closed):
            done(count)
    return {**closed.counts, "phones": int(found.history is not None)}


def _conclude(erased: dict[str, int], found: Traces, *, delisted: bool) -> None:
    total = sum(erased.values())
    if total or delisted:
        click.echo(f"已删除 {total} 行。Erased: {total} rows.")
    else:
        click.echo("没有可删除的数据。There is nothing to erase.")
    if delisted:
        click.echo("已移除名单条目。The entry of the lists is removed.")
    elif found.entry is not None:
        click.echo("名单条目保留（--lists 可移除）。The entry of the lists stays (--lists).")
