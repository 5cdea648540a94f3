"""Write what Log Service imports, for a project, a logstore and a daily cap of yours."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.report.sls.dashboard import dashboard, saved_searches
from scripts.report.sls.index import index
from scripts.report.sls.rules import document, rules

PROJECT, STORE, CAP, PERCENT = "your-log-project", "sms-verify", 5000, 80
DOCS = Path("docs/sls")


def files(*, project: str, store: str, cap: int, percent: int) -> dict[str, str]:
    """Return the text of each file by its name."""
    written: dict[str, object] = {
        "index.json": index(),
        "dashboard.json": dashboard(store=store),
    }
    for search in saved_searches(store=store):
        written[f"searches/{search['savedsearchName']}.json"] = search
    for rule in rules(cap=cap, percent=percent):
        written[f"alerts/{rule.name}.json"] = document(rule, project=project, store=store)
    return {
        name: json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        for name, content in written.items()
    }


def main() -> int:
    """Write the files."""
    given = _arguments()
    made = files(
        project=given.project, store=given.store, cap=given.cap, percent=given.warn_percent
    )
    for name, text in made.items():
        path: Path = given.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    print(f"{len(made)} 个文件 files -> {given.out}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.report.sls", description=__doc__)
    parser.add_argument("--project", default=PROJECT, help="the log project")
    parser.add_argument("--store", default=STORE, help="the logstore")
    parser.add_argument("--cap", type=int, default=CAP, help="LIMIT_TOTAL of a day (default 5000)")
    parser.add_argument(
        "--warn-percent", type=int, default=PERCENT, help="part of it to warn at (default 80)"
    )
    parser.add_argument("--out", type=Path, default=DOCS, help=f"the folder (default {DOCS})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
