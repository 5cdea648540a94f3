"""Run scripts/fuzz: 0 nothing found, 1 something was, 2 used wrongly."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

import click

from scripts.fuzzing.attack import attack
from scripts.fuzzing.service import DOORS, Served, served
from scripts.ops_cli.complaints import Complaint, run_command

GATEWAYS = ("http", "apigw")

_HELP = """Attack the functions by docs/openapi.yaml, with schemathesis.

Starts the service of scripts/serve on a free port, with wide limits and empty state, and sends
made-up requests, well and badly formed. Of each answer it expects: no 5xx; a status, a content
type, headers and a body that the document names; that bad requests are refused, and other
methods answered with 405. Then it ends the service. Nothing leaves this machine.

\b
  scripts/fuzz                                   both gateways, 100 examples
  scripts/fuzz --examples 2000 --gateway apigw   for longer, one form of events
  scripts/fuzz --seed 7                          what seed 7 made up, again

Settings in the environment reach the service, as with scripts/serve.

Exit codes: 0 nothing found, 1 something found, 2 used wrongly.
"""


@click.command(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=100,
    metavar="N",
    help="Made-up requests for each operation (default 100), beside those for each limit.",
)
@click.option("--seed", type=int, metavar="N", help="What chance starts from (default: any).")
@click.option("--gateway", type=click.Choice(GATEWAYS), help="Only this form of events.")
@click.option("--door", "doors", multiple=True, type=click.Choice(DOORS), help="Only these doors.")
def fuzz(*, examples: int, seed: int | None, gateway: str | None, doors: tuple[str, ...]) -> int:
    """Attack through each gateway and tell what came of it."""
    chosen = random.randrange(1_000_000) if seed is None else seed  # noqa: S311 - no secret
    found = False
    for name in (gateway,) if gateway else GATEWAYS:
        click.echo(f"== --gateway {name} --seed {chosen}")
        with served(name) as service:
            failed = attack(service, examples=examples, seed=chosen, doors=doors) != 0
        _tell(service)
        found = found or failed or service.broken
    if found:
        again = " ".join(
            [
                "scripts/fuzz",
                *(["--gateway", gateway] if gateway else []),
                *(word for door in doors for word in ("--door", door)),
                f"--examples {examples} --seed {chosen}",
            ]
        )
        raise Complaint(
            f"发现问题，见上。运行 {again} 可重现。",
            f"Something was found, see above. {again} shows it again.",
        )
    return 0


def _tell(service: Served) -> None:
    """Say what the doors answered, by their own log."""
    for (door, status, outcome), count in sorted(service.outcomes.items()):
        click.echo(f"{count:8}  {door:12} {status} {outcome}")
    for line in service.unread:
        click.echo(f"! {line}")
    click.echo(f"{service.outcomes.total():8}  answers")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(fuzz, arguments, name="scripts/fuzz")


if __name__ == "__main__":
    sys.exit(main())
