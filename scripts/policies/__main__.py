"""Run a command of scripts/policy and answer for how it ends: 0 done, 1 failed, 2 used wrongly."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from scripts.ops_cli.complaints import Complaint, of_usage
from scripts.policies.commands import policies
from shared.errors import Misconfigured


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors go to stderr in Chinese and English."""
    try:
        ended = policies.main(arguments, prog_name="scripts/policy", standalone_mode=False)
    except click.UsageError as error:
        return _fail(of_usage(error))
    except click.Abort:
        return _fail(Complaint("已中断。", "Interrupted."))
    except Misconfigured as error:
        return _fail(Complaint(str(error.facts["problems_zh"]), str(error.facts["problems_en"])))
    except Complaint as complaint:
        return _fail(complaint)
    return ended if isinstance(ended, int) else 0


def _fail(complaint: Complaint) -> int:
    click.echo(f"{complaint.chinese}\n{complaint.english}", err=True)
    return complaint.exit_code


if __name__ == "__main__":
    sys.exit(main())
