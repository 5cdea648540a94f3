"""Pages that a script writes a part of: the part stands between two lines of comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from scripts import deployment
from scripts.ops_cli.complaints import Complaint


@dataclass(frozen=True, slots=True)
class Part:
    """What `command` writes, between the lines `start` and `end`."""

    command: str
    start: str
    end: str

    def within(self, text: str, part: str, *, name: str) -> str:
        """Return a page with its part as it should be; raise Complaint where it has no place."""
        before, start, rest = text.partition(self.start)
        _, end, after = rest.partition(self.end)
        if not (start and end) or self.start in rest or self.end in after:
            raise Complaint(
                f"{name} 中应恰有一处 “{self.start}”，其后有一处 “{self.end}”。",
                f"{name} should have “{self.start}” once, and “{self.end}” once after it.",
            )
        return f"{before}{self.start}\n\n{part}\n\n{self.end}{after}"

    def write(self, parts: Mapping[Path, str]) -> None:
        """Write the parts into their pages; name those that changed."""
        for file, text in self._stale(parts).items():
            file.write_text(text, "utf-8")
            click.echo(deployment.shown(file))

    def compare(self, parts: Mapping[Path, str]) -> None:
        """Raise Complaint where a page has another part."""
        stale = ", ".join(deployment.shown(file) for file in self._stale(parts))
        if stale:
            raise Complaint(
                f"{stale} 的内容已过时。请运行 {self.command} 并提交其结果。",
                f"{stale}: stale. Run {self.command} and commit what it writes.",
            )

    def _stale(self, parts: Mapping[Path, str]) -> dict[Path, str]:
        texts = {file: file.read_text("utf-8") if file.is_file() else "" for file in parts}
        whole = {
            file: self.within(texts[file], part, name=file.name) for file, part in parts.items()
        }
        return {file: text for file, text in whole.items() if text != texts[file]}
