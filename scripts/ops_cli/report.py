"""scripts/ops report: some days as one page with charts, for people who were not there."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from scripts import deployment
from scripts.ops_cli.complaints import usage
from shared.domain.rates import BEIJING

MOST_DAYS = 40
"""The store keeps messages and counters as long (storage/tables.py)."""

PRICE = 0.045
"""Yuan for one segment to the mainland: Aliyun's list price without a package [U]."""


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=7,
    show_default=True,
    help="How many days of Beijing time.",
)
@click.option("--until", metavar="YYYY-MM-DD", help="The last of them; today by default.")
@click.option(
    "--log",
    "logs",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Our log lines, downloaded from Log Service or as written. May be repeated.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="Where the page goes.",
)
@click.option(
    "--price",
    type=click.FloatRange(min=0, max=1000),
    default=PRICE,
    show_default=True,
    help="Yuan for a segment (an assumption; take it from your bill).",
)
def report(days: int, until: str | None, logs: tuple[Path, ...], out: Path, price: float) -> None:
    """Make one page of charts of the last days: sent, arrived, entered, refused, spent.

    The page needs no network and no other file, speaks Chinese and English, and holds no personal
    data. It reads the whole table of messages once. Refused requests write nothing to the store,
    so what was refused, and by which gate, is known only where logs are given.

    \b
      scripts/ops report --days 7 --out report.html
      scripts/ops report --days 7 --log sls-download.json --log more.json.gz
      scripts/ops report --days 1 --until 2026-11-20 --price 0.038
    """
    from scripts.report import compose, gather, spending
    from scripts.report.tally import Period, Tally
    from shared import wiring
    from shared.rules import rules_of
    from shared.storage.alerts import TablestoreAlerts
    from shared.storage.messages import TablestoreMessages

    _check_files(logs, out)
    values = deployment.read(click.get_current_context().find_root().params["env_file"])
    if values.file is not None:
        click.echo(" ".join(values.source), err=True)
    rules, now = rules_of(values.environment), wiring.clock()
    client, prefix = wiring.store_client(values.environment)
    tally = Tally(Period(*_period(days, until, now=now)))
    store = TablestoreMessages(client, prefix, secret=rules.policy.number_secret)
    gather.add_messages(tally, store, now=now, tell=_tell)
    reader = gather.add_logs(tally, logs, tell=_tell) if logs else None
    _tell("", 0)
    counters = TablestoreAlerts(client, prefix)
    used = spending.used(counters, rules.policy, rules.settings.regions, tally.period)
    terms = compose.Terms(price, rules.settings.warn_percent, now)
    out.write_text(compose.report(tally, used, reader, terms), "utf-8")
    if reader is not None and not tally.logged.lines:
        click.echo(
            "日志中没有这段时间的行。请检查 --log 与 --days、--until。\n"
            "The logs hold no line of this time. Check --log against --days and --until.",
            err=True,
        )
    size = out.stat().st_size // 1024
    click.echo(f"{tally.messages} 条消息 messages -> {out} ({size} KB)")


def _check_files(logs: tuple[Path, ...], out: Path) -> None:
    """Complain before the store is read, which may take a while."""
    for path in logs:
        if not path.is_file():
            raise usage(f"--log：没有文件 {path}", f"--log: there is no file {path}")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise usage(
            f"--out：{out} 不是可写的文件路径（目录须已存在）。",
            f"--out: {out} is no path of a file; its folder has to exist.",
        )


def _period(days: int, until: str | None, *, now: float) -> tuple[int, int]:
    """Return the first midnight, and the end: now, or the midnight after the last day."""
    try:
        text = until or f"{datetime.fromtimestamp(now, BEIJING):%Y-%m-%d}"
        last = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=BEIJING)
        start = int((last - timedelta(days=days - 1)).timestamp())
        end = int((last + timedelta(days=1)).timestamp())
    except (ValueError, OverflowError):
        raise usage(
            "--until 的写法是 2026-11-20（北京时间）。",
            "--until is written 2026-11-20 (of Beijing).",
        ) from None
    if start >= now:
        raise usage("--until 在未来。", "--until is in the future.")
    return start, min(end, int(now) + 1)


_WORDS = {"messages": "已读取消息 messages read", "lines": "已读取日志 log lines read"}


def _tell(what: str, count: int) -> None:
    """Tell a person at a terminal how far it is; with nothing to tell, clear the line."""
    if sys.stderr.isatty():
        text = f"\r{_WORDS[what]} {count} ..." if what else "\r\033[K"
        click.echo(text, err=True, nl=False)
