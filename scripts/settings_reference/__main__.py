"""Run scripts/settings_table: 0 done, 1 a table is stale or has no place, 2 used wrongly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from scripts import deployment
from scripts.marked_pages import Part
from scripts.ops_cli.complaints import Complaint, run_command
from scripts.settings_reference.table import Language, table, unworded

PART = Part(
    "scripts/settings_table",
    "<!-- settings: scripts/settings_table writes what follows -->",
    "<!-- end of settings -->",
)
FILES: dict[str, Language] = {"README.md": "en", "README.zh-CN.md": "zh"}

_HELP = f"""Write the table of settings into README.md and README.zh-CN.md anew.

Names, defaults and allowed values come from the settings model (shared/settings.py), what only
deploying takes from s.yaml and s.domain.yaml, the words from scripts/settings_reference/. The
table stands between these two lines:

\b
  {PART.start}
  {PART.end}

\b
  scripts/settings_table            write both
  scripts/settings_table --check    end with 1 where one is not what the model says (CI does)

Exit codes: 0 done, 1 stale, without its lines or without words for a setting, 2 used wrongly.
"""


@click.command(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--check", is_flag=True, help="Compare with the files; write nothing.")
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=deployment.ROOT,
    help="Where the files are (default: the repository).",
)
def settings_table(*, check: bool, folder: Path) -> int:
    """Write or compare the tables."""
    missing = ", ".join(unworded())
    if missing:
        raise Complaint(
            f"{missing}：scripts/settings_reference/texts_*.py 中没有说明、说明多余或重复。",
            f"{missing}: no words in scripts/settings_reference/texts_*.py, or words too many.",
        )
    parts = {folder / name: table(language) for name, language in FILES.items()}
    if check:
        PART.compare(parts)
    else:
        PART.write(parts)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(settings_table, arguments, name="scripts/settings_table")


if __name__ == "__main__":
    sys.exit(main())
