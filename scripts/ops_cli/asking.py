"""Ask before something is done to many, or cannot be undone; and show how far it got."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

import click

from scripts.ops_cli.complaints import usage

Item = TypeVar("Item")


def confirm(chinese: str, english: str, *, yes: bool, typed_number: str | None = None) -> None:
    """Go on if the person says so, or has said so with --yes; else end the command.

    Where standard input has been read for a number (`-`), nobody can answer there.
    """
    if yes:
        return
    if typed_number == "-":
        raise usage(
            "号码来自标准输入时无法再提问，请加 --yes（可先用 --dry-run 查看）。",
            "With the number on standard input nobody can be asked: add --yes (look with "
            "--dry-run first).",
        )
    click.confirm(f"{chinese}\n{english}", abort=True, err=True)


def progress(items: Sequence[Item], label: str) -> Any:
    """Return what gives the items within `with`, and at a terminal shows a bar meanwhile."""
    if not sys.stderr.isatty():
        return nullcontext(items)
    return click.progressbar(items, label=label, file=sys.stderr)


@contextmanager
def counting(label: str) -> Iterator[Callable[[int], None]]:
    """Give what tells, at a terminal, how many rows have come; its line is gone afterwards."""
    tell = sys.stderr.isatty()

    def told(count: int) -> None:
        if tell and count % 100 == 0:
            click.echo(f"\r{label} {count} ...", err=True, nl=False)

    yield told
    if tell:
        click.echo("\r\033[K", err=True, nl=False)


@contextmanager
def bar(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Give what tells, at a terminal, how many more of a total are done."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    with click.progressbar(length=total, label=label, file=sys.stderr) as shown:
        yield shown.update
