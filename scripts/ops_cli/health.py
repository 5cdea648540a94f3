"""scripts/ops health: how each provider's messages arrive, by the reports of the last minutes."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from scripts.ops_cli import table
from scripts.ops_cli.desk import open_desk
from shared.domain.deadline import Deadline
from shared.domain.health import MINUTES, MOST_MINUTES, PROVIDERS, Health
from shared.domain.statistics import PERCENTILES

READ_SECONDS = 10.0
_HEAD = (
    "服务商 provider",
    "送达 delivered",
    "失败 failed",
    "号码原因 unreachable",
    "送达率 share",
    *(f"p{percent}" for percent in PERCENTILES),
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
    there is no share.

    \b
      scripts/ops health --minutes 5
    """
    desk = open_desk()
    deadline = Deadline.after(READ_SECONDS, clock=time.monotonic)
    providers = tuple(PROVIDERS.values())
    found = desk.health.recent(providers, minutes=minutes, now=desk.now, deadline=deadline)
    if as_json:
        plain = {"minutes": minutes, "providers": {name: _plain(found[name]) for name in providers}}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    rows = [_HEAD, *(_row(name, found[name]) for name in providers)]
    click.echo("\n".join(table.lines(rows)))


def _row(provider: str, found: Health) -> tuple[str, ...]:
    latencies = (found.latency(percent) for percent in PERCENTILES)
    return (
        provider,
        str(found.delivered),
        str(found.failed),
        str(found.unreachable),
        "-" if found.share is None else f"{found.share:.1%}",
        *("-" if seconds is None else f"{seconds} s" for seconds in latencies),
    )


def _plain(found: Health) -> dict[str, Any]:
    return {
        "delivered": found.delivered,
        "failed": found.failed,
        "unreachable": found.unreachable,
        "share": found.share,
        "latency_seconds": {f"p{percent}": found.latency(percent) for percent in PERCENTILES},
    }
