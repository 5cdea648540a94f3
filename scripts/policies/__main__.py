"""Run a command of scripts/policy and answer for how it ends: 0 done, 1 failed, 2 used wrongly."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from scripts.ops_cli.complaints import run_command
from scripts.policies.commands import policies


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors go to stderr in Chinese and English."""
    return run_command(policies, arguments, name="scripts/policy")


if __name__ == "__main__":
    sys.exit(main())
