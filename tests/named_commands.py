"""The commands that a page names, and whether the scripts know them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from scripts.api_document.__main__ import apidoc
from scripts.benchmarks.__main__ import main as bench
from scripts.bundle.__main__ import main as build
from scripts.costing.__main__ import cost
from scripts.doctor_checks.__main__ import doctor
from scripts.fuzzing.__main__ import fuzz
from scripts.ops_cli.__main__ import ops
from scripts.policies.commands import policies
from scripts.settings_reference.__main__ import settings_table
from scripts.smoke_test.__main__ import smoke
from scripts.soaking.__main__ import soak
from tests.service import ROOT

COMMANDS: dict[str, click.Command] = {
    "scripts/apidoc": apidoc,
    "scripts/bench": bench,
    "scripts/build": build,
    "scripts/cost": cost,
    "scripts/doctor": doctor,
    "scripts/fuzz": fuzz,
    "scripts/ops": ops,
    "scripts/policy": policies,
    "scripts/settings_table": settings_table,
    "scripts/smoke": smoke,
    "scripts/soak": soak,
}
# The others name their options in a text: this one, or else the script itself.
TEXTS = {
    "scripts/attack_sim": "scripts/simulation/__main__.py",
    "scripts/bootstrap": "scripts/bootstrap_tables.py",
    "scripts/serve": "scripts/local_cloud/serve_options.py",
}
_SHELL = re.compile(r"^ *```(?:sh|bash)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"(?:^|(?<=[\s(]))(?:scripts|\.ci)/[a-z_]+(?=[\s)]|$)[^)>]*")


def spans(text: str) -> list[str]:
    """Return what a page sets as code within its lines."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", _FENCE.sub("", text))]


def typed(text: str) -> list[str]:
    """Return what a page says to type, a command each: without comments, on one line."""
    lines = "".join(_SHELL.findall(text)).replace("\\\n", " ").splitlines()
    bare = (re.sub(r"(^|\s+)#.*", "", line) for line in lines)
    return [" ".join(line.split()) for line in bare if line.strip()]


def named(text: str) -> Iterator[list[str]]:
    """Yield the words of every script that a page says to run, in blocks and within lines."""
    for line in (*typed(text), *spans(text)):
        for command in _NAMED.findall(line):
            yield shlex.split(command)


def unknown(words: list[str]) -> str | None:
    """Return the first word of a command that its script does not know; None if it knows all."""
    script, *rest = (word for word in words if word != "--help")  # each script has that
    if not (ROOT / script).is_file():
        return script
    if script in COMMANDS:
        return _unknown(COMMANDS[script], rest)
    text = (ROOT / TEXTS.get(script, script)).read_text("utf-8")
    return next((word for word in rest if word[:2] == "--" and f'"{word}"' not in text), None)


def _unknown(command: click.Command, words: list[str]) -> str | None:
    rest = iter(words)
    for word in rest:
        if word.startswith("-") and word != "-":
            option = _option(command, word)
            if option is None:
                return word
            if not option.is_flag:
                next(rest, None)
        elif isinstance(command, click.Group):
            if word == "...":
                return None
            if word not in command.commands:
                return word
            command = command.commands[word]
    return None


def _option(command: click.Command, word: str) -> click.Option | None:
    for each in command.get_params(click.Context(command)):
        if isinstance(each, click.Option) and word in (*each.opts, *each.secondary_opts):
            return each
    return None
