"""Read a runbook in both languages, and walk it: run what it says and hold it to its promises."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.env_file import changed, read_lines
from tests.service import ROOT

FOLDER = ROOT / "docs" / "runbooks"
SUFFIXES = {"en": ".md", "zh": ".zh-CN.md"}
SECTIONS = {
    "en": (
        "The alert",
        "At stake now",
        "First minute",
        "See what is going on",
        "Decide",
        "Mend",
        "Is it over?",
        "Afterwards",
    ),
    "zh": (
        "告警原文",
        "此刻的风险",
        "第一分钟",
        "看清情况",
        "判断",
        "处理",
        "确认已结束",
        "事后",
    ),
}
ANYTHING = "…"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+# (?:(?P<account>†)|exit (?P<status>\d+))$")
_HOLE = re.compile(r"<[a-z_ ]+>")


@dataclass(frozen=True)
class Command:
    """One line to type; `account` marks those that need a real one, which are not run here."""

    text: str
    status: int = 0
    account: bool = False

    @classmethod
    def read(cls, line: str) -> Command:
        found = _COMMENT.search(line)
        if found is None:
            return cls(line.strip())
        return cls(line[: found.start()].strip(), int(found["status"] or 0), bool(found["account"]))


@dataclass(frozen=True)
class Block:
    """A fenced block; `after` says that it is what the commands before it write."""

    kind: str
    lines: tuple[str, ...]
    after: bool = False

    @property
    def commands(self) -> list[Command]:
        return [Command.read(line) for line in self.lines if line.strip()]


def sections(file: Path) -> dict[str, list[Block]]:
    """Return the fenced blocks of each section of a runbook."""
    _, *parts = re.split(r"^## ", file.read_text("utf-8"), flags=re.MULTILINE)
    found: dict[str, list[Block]] = {}
    for part in parts:
        title, _, text = part.partition("\n")
        found[title] = []
        before = ""
        for match in _FENCE.finditer(text):
            after = match[1] == "text" and before == "sh"
            found[title].append(Block(match[1], tuple(match[2].splitlines()), after))
            before = match[1]
    return found


def matches(promised: str, said: str) -> bool:
    """Say whether a line is as promised, but for spaces and what … stands for."""
    parts = (part.strip() for part in " ".join(promised.split()).split(ANYTHING))
    return re.fullmatch(".*".join(map(re.escape, parts)), " ".join(said.split())) is not None


def missing(promised: tuple[str, ...], said: str) -> str | None:
    """Return the first promised line that does not come, in its turn; None if all do."""
    rest = iter(said.splitlines())
    for line in promised:
        if line.strip() and not any(matches(line, found) for found in rest):
            return line
    return None


def as_promised(promised: Any, found: Any) -> bool:
    """Say whether a log line has what is promised of it, and maybe more."""
    if isinstance(promised, dict):
        return isinstance(found, dict) and all(
            name in found and as_promised(value, found[name]) for name, value in promised.items()
        )
    if isinstance(promised, str) and isinstance(found, str):
        return matches(promised, found)
    return promised in (ANYTHING, found)


@dataclass
class Walk:
    """One runbook, gone through in both languages at once, on the settings in `env_file`."""

    name: str
    env_file: Path
    deploy: Callable[[Mapping[str, str]], None]
    told: Callable[[], list[dict[str, Any]]]
    logged: Callable[[], list[dict[str, Any]]]
    holes: dict[str, str] = field(default_factory=dict)
    learn: Callable[[str], object] = len
    """Is shown what each command writes, to fill holes from."""
    _gone: int = 0

    def through(self, *titles: str) -> None:
        """Go through the next sections, which have these titles in English."""
        for title in titles:
            assert SECTIONS["en"][self._gone] == title
            self._section(self._gone)
            self._gone += 1

    def ended(self) -> None:
        """Hold a scenario to having gone through everything."""
        assert self._gone == len(SECTIONS["en"]), f"{self.name}: not gone through to the end"

    def _section(self, number: int) -> None:
        both = {
            lang: sections(FOLDER / f"{self.name}{suffix}")[SECTIONS[lang][number]]
            for lang, suffix in SUFFIXES.items()
        }
        said: dict[str, str] = {}
        for english, chinese in zip(both["en"], both["zh"], strict=True):
            blocks = {"en": english, "zh": chinese}
            if english.kind == "sh":
                said = self._type(english.commands)
            for lang, block in blocks.items():
                if block.kind == "text":
                    self._hold(lang, block, said[lang] if block.after else None)
            if english.kind == "json":
                self._find(json.loads("\n".join(english.lines)))
            if english.kind == "dotenv":
                self._edit(english.lines)

    def _type(self, commands: list[Command]) -> dict[str, str]:
        """Run commands once; the doctor, which speaks one language at a time, in both."""
        said = {"en": "", "zh": ""}
        for command in commands:
            if command.account:
                if command.text == "s deploy":
                    self.deploy({name: value for name, (_, value) in self._values().items()})
                continue
            twice = command.text.startswith("scripts/doctor")
            once = "" if twice else self._run(command, "en")
            for lang in said:
                said[lang] += self._run(command, lang) if twice else once
        return said

    def _run(self, command: Command, lang: str) -> str:
        line = self._filled(command.text)
        if line.startswith("scripts/doctor"):  # or it would want endpoints that functions reach
            line += f" --env-file {shlex.quote(str(self.env_file))}"
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                "VENV": sys.prefix,
                "ENV_FILE": str(self.env_file),
                "LANG": {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[lang],
                "PYTHONUTF8": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == command.status, f"$ {line}\n{done.stdout}"
        self.learn(done.stdout)
        return done.stdout

    def _hold(self, lang: str, block: Block, said: str | None) -> None:
        if said is not None:
            lost = missing(tuple(map(self._filled, block.lines)), said)
            assert lost is None, (
                f"{self.name} ({lang}) promises\n{lost}\nbut this was said:\n{said}"
            )
            return
        (line,) = block.lines
        texts = [alert["body"]["text"][lang] for alert in self.told()]
        assert any(matches(self._filled(line), text) for text in texts), (line, texts)

    def _find(self, promised: dict[str, Any]) -> None:
        lines = self.logged()
        found = [line for line in lines if line.get("event") == promised["event"]]
        assert any(as_promised(promised, line) for line in found), (promised, found)

    def _edit(self, lines: tuple[str, ...]) -> None:
        """Write settings into the file as a person does."""
        for line in lines:
            name, _, value = self._filled(line).partition("=")
            text = changed(self.env_file.read_text("utf-8"), name, value.strip("'"))
            self.env_file.write_text(text, "utf-8")

    def _values(self) -> dict[str, tuple[int, str]]:
        return read_lines(self.env_file)

    def _filled(self, text: str) -> str:
        for hole in _HOLE.findall(text):
            assert hole in self.holes, f"nothing to fill {hole} with, in {text}"
            text = text.replace(hole, self.holes[hole])
        return text


def inline(text: str) -> Iterator[list[str]]:
    """Yield the words of every script that a page names within a line."""
    for code in re.findall(r"`(scripts/[^`]+)`", _FENCE.sub("", text)):
        yield shlex.split(code)
