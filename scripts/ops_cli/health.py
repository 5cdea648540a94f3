"""scripts/ops health: how each provider's messages arrive, and which one is set aside."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from scripts.ops_cli import moments, table
from scripts.ops_cli.desk import open_desk
from shared.domain.deadline import Deadline
from shared.domain.health import MINUTES, MOST_MINUTES, PROVIDERS, Health
from shared.domain.standing import Standing
from shared.domain.statistics import PERCENTILES

READ_SECONDS = 10.0
_HEAD = (
    "服务商 provider",
    "送达 delivered",
    "失败 failed",
    "号码原因 unreachable",
    "送达率 share",
    *(f"p{percent}" for percent in PERCENTILES),
    "暂缓至 aside until",
    "原因 why",
)


@click.command()
@click.option(
    "--minutes",
    type=click.IntRange(1, MOST_MINUTES),
    default=MINUTES,
    show_default=True,
    help="How far back to look.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def health(minutes: int, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Tell how messages arrive now: what carriers reported in the last minutes, by provider.

    The share leaves out what lies with a number (switched off, opted out, ...). Without a report
    there is no share. A provider that is set aside is asked last; afterwards more and more messages
    try it again.

    \b
      scripts/ops health --minutes 5
    """
    desk = open_desk()
    deadline = Deadline.after(READ_SECONDS, clock=time.monotonic)
    providers = tuple(PROVIDERS.values())
    found = desk.health.recent(providers, minutes=minutes, now=desk.now, deadline=deadline)
    standings = desk.standings.standings(providers, deadline=deadline)
    if as_json:
        told = {name: _plain(found[name], standings[name], desk.now) for name in providers}
        plain = {"minutes": minutes, "providers": told}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    told_rows = (_row(name, found[name], standings[name], desk.now) for name in providers)
    rows = [_HEAD, *told_rows]
    click.echo("\n".join(table.lines(rows)))


def _row(provider: str, found: Health, standing: Standing, now: float) -> tuple[str, ...]:
    latencies = (found.latency(percent) for percent in PERCENTILES)
    return (
        provider,
        str(found.delivered),
        str(found.failed),
        str(found.unreachable),
        "-" if found.share is None else f"{found.share:.1%}",
        *("-" if seconds is None else f"{seconds} s" for seconds in latencies),
        *(
            (moments.second(int(standing.until)), standing.reason)
            if standing.share(now=now) < 1
            else ("-", "")
        ),
    )


def _plain(found: Health, standing: Standing, now: float) -> dict[str, Any]:
    share = standing.share(now=now)
    return {
        "delivered": found.delivered,
        "failed": found.failed,
        "unreachable": found.unreachable,
        "share": found.share,
        "latency_seconds": {f"p{percent}": found.latency(percent) for percent in PERCENTILES},
        "asked_first": share,
        "aside_until": moments.iso(int(standing.until)) if share < 1 else None,
        "aside_for": standing.reason if share < 1 else None,
    }
