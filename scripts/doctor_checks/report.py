"""What the checks found, for people line by line as they run, and for programs as one object."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click

from scripts.doctor_checks.check import FAILURE, OK, SKIPPED, STATUSES, WARNING, Check, Result
from scripts.doctor_checks.folding import folded
from scripts.ops_cli.table import width
from shared.errors import Bilingual

LANGUAGES = ("zh", "en")
_COLOURS = {OK: "green", WARNING: "yellow", FAILURE: "red", SKIPPED: "bright_black"}
_WORDS: Mapping[str, Bilingual] = {
    OK: ("通过", "ok     "),
    WARNING: ("警告", "warning"),
    FAILURE: ("失败", "failure"),
    SKIPPED: ("跳过", "skipped"),
}
_ID_WIDTH = 10
_WIDTH, _FEWEST_COLUMNS = 100, 20
_NOTABLE_SECONDS = 1.0


def language(asked: str | None, environment: Mapping[str, str]) -> int:
    """Return which half of a bilingual text to show: Chinese, unless English is asked for."""
    locale = next((found for name in _LOCALE if (found := environment.get(name))), "")
    return LANGUAGES.index(asked or ("en" if locale.lower().startswith("en") else "zh"))


_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


class Text:
    """Lines for people. Progress goes to standard error, and only where that is a terminal."""

    def __init__(self, lang: int) -> None:
        self._lang = lang
        self._progress = sys.stderr.isatty()
        self._title = ""
        # A terminal that tells no size says 0, which Python 3.10 passes on.
        self._width = shutil.get_terminal_size((_WIDTH, 24)).columns or _WIDTH
        self._colour = False if os.environ.get("NO_COLOR") else None

    def starting(self, check: Check) -> None:
        """Say what is being looked at."""
        self._title = check.title[self._lang]
        self.progress("")

    def progress(self, step: str) -> None:
        """Say what a check is at that takes a while."""
        if self._progress:
            shown = f"... {self._title}{': ' if step else ''}{step}"
            click.echo(f"\r\033[K{folded(shown, room=self._width - 1)[0]}", err=True, nl=False)

    def found(self, result: Result) -> None:
        """Show what one check found."""
        if self._progress:
            click.echo("\r\033[K", err=True, nl=False)
        name = result.check.id
        advices = [finding.advice for finding in result.findings]
        for finding, following in zip(result.findings, [*advices[1:], None], strict=True):
            word = click.style(_WORDS[finding.status][self._lang], fg=_COLOURS[finding.status])
            spent = f" ({result.seconds:.0f} s)" if result.seconds >= _NOTABLE_SECONDS else ""
            text = f"{finding.found[self._lang]}{spent if name else ''}"
            self._block(f"{word}  {name:{_ID_WIDTH}} ", text)
            if finding.advice is not None and finding.advice != following:
                self._block(" " * self._indent, finding.advice[self._lang], hung="-> ")
            name = ""

    def ended(self, results: Sequence[Result]) -> None:
        """Count, and name what failed: on standard error, which `s deploy` repeats at its end."""
        counts = _counts(results)
        words = [f"{counts[status]} {_WORDS[status][self._lang].strip()}" for status in STATUSES]
        failed = " ".join(result.check.id for result in results if result.status == FAILURE)
        line = (("，", ", ")[self._lang]).join(words)
        if failed:
            click.echo(f"{line}: {failed}", err=True, color=self._colour)
        else:
            self._say(line)

    @property
    def _indent(self) -> int:
        return width(_WORDS[OK][self._lang]) + 2 + _ID_WIDTH + 1

    def _block(self, before: str, text: str, *, hung: str = "") -> None:
        """Say a text in lines that the screen has room for, all but the first indented."""
        room = self._width - self._indent - len(hung)
        first, *others = folded(text, room=max(room, _FEWEST_COLUMNS)) if _is_screen() else [text]
        self._say(before + hung + first)
        for line in others:
            self._say(" " * (self._indent + len(hung)) + line)

    def _say(self, line: str) -> None:
        click.echo(line, color=self._colour)


def _is_screen() -> bool:
    """Say whether a person reads this; a file or a pipe gets each text in one line."""
    return sys.stdout.isatty()


class Json(Text):
    """One JSON object, when everything is known; progress as for people."""

    def found(self, result: Result) -> None:
        """Show nothing yet."""
        if self._progress:
            click.echo("\r\033[K", err=True, nl=False)

    def ended(self, results: Sequence[Result]) -> None:
        """Show everything."""
        import json

        click.echo(json.dumps(as_object(results), ensure_ascii=False, indent=2))


def as_object(results: Sequence[Result]) -> dict[str, Any]:
    """Return results for programs, with both languages."""
    return {
        "ok": not any(result.status == FAILURE for result in results),
        "summary": _counts(results),
        "checks": [
            {
                "id": result.check.id,
                "title": _both(result.check.title),
                "status": result.status,
                "findings": [
                    {
                        "status": finding.status,
                        "found": _both(finding.found),
                        "advice": _both(finding.advice) if finding.advice else None,
                    }
                    for finding in result.findings
                ],
                "milliseconds": round(result.seconds * 1000),
            }
            for result in results
        ],
    }


def _counts(results: Sequence[Result]) -> dict[str, int]:
    found = Counter(result.status for result in results)
    return {status: found[status] for status in STATUSES}


def _both(text: Bilingual) -> dict[str, str]:
    return dict(zip(LANGUAGES, text, strict=True))
