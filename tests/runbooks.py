"""Walk a runbook in both languages at once: run what it says, hold it to what it promises."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.env_file import changed, read_lines
from tests.runbook_pages import (
    FOLDER,
    HOLE,
    SECTIONS,
    SUFFIXES,
    Block,
    Command,
    as_promised,
    matches,
    missing,
    sections,
)
from tests.service import ROOT


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
        for hole in HOLE.findall(text):
            assert hole in self.holes, f"nothing to fill {hole} with, in {text}"
            text = text.replace(hole, self.holes[hole])
        return text
