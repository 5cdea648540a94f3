"""What a run leaves in the repository: docs/bench.json, pictures, a part of both READMEs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.benchmarks import picture, table
from scripts.deployment import ROOT
from scripts.marked_pages import Part

PART = Part(
    "scripts/bench --readme",
    "<!-- bench: scripts/bench --readme writes what follows -->",
    "<!-- end of bench -->",
)
FILES = {"README.zh-CN.md": 0, "README.md": 1}
PICTURES = {"bench.zh-CN.svg": 0, "bench.svg": 1}
JSON = Path("docs") / "bench.json"


def as_json(found: dict[str, Any]) -> str:
    """Write the figures."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def part(found: dict[str, Any], language: int) -> str:
    """Return what stands in a README."""
    name = list(PICTURES)[language]
    drawn = (f"![实测结果](docs/pictures/{name})", f"![what was measured](docs/pictures/{name})")
    about = (
        f"由 `scripts/bench --readme` 测得：{table.said(found['about'], 0)}。"
        "全部原始数字见 [docs/bench.json](docs/bench.json)。",
        f"Measured by `scripts/bench --readme`: {table.said(found['about'], 1)}. "
        "All raw figures: [docs/bench.json](docs/bench.json).",
    )
    return "\n\n".join([drawn[language], table.markdown(found, language), about[language]])


def look(folder: Path = ROOT) -> None:
    """Raise Complaint where a README has no place for its part: before measuring, not after."""
    for name in FILES:
        PART.within((folder / name).read_text("utf-8"), "", name=name)


def write(found: dict[str, Any], folder: Path = ROOT) -> None:
    """Write it all."""
    (folder / JSON).write_text(as_json(found), "utf-8")
    for name, language in PICTURES.items():
        file = folder / "docs" / "pictures" / name
        file.write_text(picture.picture(found, language), "utf-8")
    PART.write({folder / name: part(found, language) for name, language in FILES.items()})
