"""scripts/ops secrets: make new secrets, and say when the old ones can go; none is shown twice."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from scripts import deployment, env_file
from scripts.ops_cli import env_edits, rotation
from scripts.ops_cli.complaints import usage
from scripts.ops_cli.rotation import (
    API_KEYS,
    NAMES,
    NUMBER_SECRET,
    RECEIPT_SECRETS,
    Rotation,
)
from shared.settings import Settings

FORGETTING = "--i-know-limits-and-lists-are-forgotten"
NEEDED_OUTSIDE = (API_KEYS, RECEIPT_SECRETS)
"""Secrets that somebody else has to be given: those are shown where they are written, too."""

DEFAULT_TTL = str(Settings.model_fields["code_ttl"].default)


@click.group()
def secrets() -> None:
    """Rotate secrets. Needs no store and no cloud."""


@secrets.command()
@click.argument("name", metavar="|".join(NAMES), type=click.Choice(NAMES, case_sensitive=False))
@click.option("--caller", metavar="CALLER", help="With API_KEYS: whose key.")
@click.option("--write", is_flag=True, help="Write it into .env (or --env-file); keeps a backup.")
@click.option(FORGETTING, "forgetting", is_flag=True, help="Needed for NUMBER_SECRET.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def rotate(
    name: str,
    caller: str | None,
    write: bool,  # noqa: FBT001 - click passes them
    forgetting: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make a new secret, put it in front of the old one, and say when the old one can go.

    Without --write nothing is changed: the new secret is shown, and how to write it. With --write
    .env is changed in one step, and what it was is kept beside it, readable for you alone. A
    secret that is in use is never shown.

    NUMBER_SECRET has no old one beside it: a new one forgets every number's limits, and the
    numbers on the lists, those who opted out among them.

    \b
      scripts/ops secrets rotate CODE_SECRETS
      scripts/ops secrets rotate RECEIPT_SECRETS --write
      scripts/ops secrets rotate API_KEYS --caller shop --write
    """
    if (caller is not None) != (name == API_KEYS):
        raise usage(
            "--caller 与 API_KEYS 一起使用，且缺一不可。",
            "--caller goes with API_KEYS, and it with it.",
        )
    if name == NUMBER_SECRET and not forgetting:
        raise _of_forgetting()
    named = click.get_current_context().find_root().params["env_file"]
    file = named or deployment.standing_file()
    if write:
        env_edits.refuse_if_overridden(name, os.environ, alone=named is not None)
    before = env_edits.value_in(file, name)
    standing = before if named is not None else os.environ.get(name) or before
    made = _made(name, standing, caller, named)
    backup = env_edits.write(file, name, made.value, before=before) if write else None
    if as_json:
        click.echo(json.dumps(_plain(made, file, backup), ensure_ascii=False, indent=1))
    else:
        _show(made, file, backup)


def _made(name: str, before: str, caller: str | None, named: Path | None) -> Rotation:
    if name == NUMBER_SECRET:
        return rotation.instead(name)
    if caller is not None:
        return rotation.of_caller(before, caller)
    ttl = deployment.read(named).environment.get("CODE_TTL", DEFAULT_TTL)
    return rotation.in_front(name, before, code_ttl=ttl)


def _show(made: Rotation, file: Path, backup: Path | None) -> None:
    if backup is not None:
        click.echo(
            f"已写入 {deployment.shown(file)} 的 {made.name}；原文件在 {backup.name}"
            "（含旧密钥，用完请删除）。\n"
            f"Written into {deployment.shown(file)}: {made.name}. What it was is in {backup.name}, "
            "which holds the old secret: delete it when all is done."
        )
        if made.name == API_KEYS:
            click.echo(f"\n新密钥只显示这一次 The key, shown once:\n\n  {made.shown}")
    else:
        click.echo(
            "尚未写入任何文件。新的值只显示这一次，写入 .env 或加 --write：\n"
            "Nothing is written yet. The new value is shown once; put it into .env, or add --write:"
            f"\n\n  {env_file.written(made.name, made.beside)}"
        )
        if made.name == API_KEYS:
            click.echo(f"\n密钥 key:\n\n  {made.shown}")
    click.echo()
    for number, (chinese, english) in enumerate(made.steps, 1):
        click.echo(f"{number}. {chinese}\n   {english}")


def _plain(made: Rotation, file: Path, backup: Path | None) -> dict[str, Any]:
    return {
        "setting": made.name,
        "new": made.shown if backup is None or made.name in NEEDED_OUTSIDE else None,
        "written_to": str(file) if backup is not None else None,
        "backup": str(backup) if backup is not None else None,
        "steps": [{"zh": chinese, "en": english} for chinese, english in made.steps],
    }


def _of_forgetting() -> Exception:
    return usage(
        "更换 NUMBER_SECRET 会使所有号码的限额归零，名单中的号码（包括退订者）失效，已发出的验证码"
        f"无法验证，旧消息按号码查不到；没有过渡期。确定要这样做时加 {FORGETTING}。",
        "Another NUMBER_SECRET sets every number's limits to zero, makes the numbers on the lists "
        "(those who opted out too) match nobody, leaves codes that are out unverifiable, and old "
        f"messages unfound by number; there is no transition. If that is meant, add {FORGETTING}.",
    )
