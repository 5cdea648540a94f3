"""The real Serverless Devs CLI, at a pinned version and in a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".serverless-devs"
PINNED = ("package.json", "package-lock.json")
Told = subprocess.CompletedProcess[str]
COMPONENT = """
module.exports = class {
  async deploy(inputs) { console.log('deployed', inputs.props.functionName); return {}; }
};
"""
"""Stands in for fc3, which the CLI would fetch, and which would want an account."""


def install(npm: str) -> Path:
    """Return the CLI that package-lock.json names; to install it, once, takes a network."""
    here = Path(__file__).parent
    program = INSTALLED / "node_modules" / ".bin" / "s"
    if program.exists() and all(
        (INSTALLED / name).read_bytes() == (here / name).read_bytes() for name in PINNED
    ):
        return program
    with TemporaryDirectory(prefix=".serverless-devs-", dir=ROOT) as fresh:
        for name in PINNED:
            shutil.copy(here / name, fresh)
        subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
            cwd=fresh,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        shutil.rmtree(INSTALLED, ignore_errors=True)
        shutil.copytree(fresh, INSTALLED, symlinks=True)
    return program


@dataclass(frozen=True)
class Project:
    """A copy of the templates in a folder, where no .env of the developer's is read."""

    program: Path
    folder: Path

    @classmethod
    def copied(cls, program: Path, folder: Path) -> Project:
        for template in ("s.yaml", "s.domain.yaml"):
            shutil.copy(ROOT / template, folder)
        (folder / "home").mkdir()
        return cls(program, folder)

    def dotenv(self, text: str) -> None:
        """Lay .env beside the templates."""
        (self.folder / ".env").write_text(text, "utf-8")

    def preview(self, environment: Mapping[str, str], template: str = "s.yaml") -> Any:
        """Render a template; raise CalledProcessError with what the CLI said where it cannot."""
        told = self.run(
            "preview", "--template", template, "--silent", "-o", "json", environment=environment
        )
        told.check_returncode()
        return json.loads(told.stdout)

    def deploy(self, environment: Mapping[str, str], *, cwd: Path) -> Told:
        """Deploy for real, but for the component, which only says what it was given."""
        component = self.folder / "component"
        component.mkdir(exist_ok=True)
        (component / "index.js").write_text(COMPONENT, "utf-8")
        (component / "package.json").write_text('{"name": "fc3", "main": "index.js"}', "utf-8")
        template = self.folder / "s.yaml"
        text = template.read_text("utf-8").replace("component: fc3\n", f"component: {component}\n")
        template.write_text(text, "utf-8")
        return self.run("deploy", "--template", str(template), environment=environment, cwd=cwd)

    def run(self, *arguments: str, environment: Mapping[str, str], cwd: Path | None = None) -> Told:
        """Run the CLI with this environment alone."""
        home = str(self.folder / "home")
        own = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "serverless_devs_config_home": home,
            "NODE_ENV": "test",  # no process in the background that looks for updates or reports
        }
        return subprocess.run(
            [str(self.program), *arguments],
            cwd=cwd or self.folder,
            env={**own, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
