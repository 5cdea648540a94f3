"""Change one value in .env: all at once or not at all, with the file as it was beside it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from scripts import env_file
from scripts.deployment import shown
from scripts.ops_cli.complaints import Complaint, usage

PRIVATE = 0o600


def value_in(file: Path, name: str) -> str:
    """Return what a file holds under a name, '' where nothing; raise Misconfigured, Complaint."""
    if not file.exists():
        return ""
    found = env_file.read_lines(file).get(name, (0, ""))[1]
    if "$" in found:
        raise Complaint(
            f"{shown(file)} 中的 {name} 引用了其他变量（$），请手工修改。",
            f"{name} in {shown(file)} refers to another variable ($); edit it by hand.",
        )
    return found


def refuse_if_overridden(name: str, process: Mapping[str, str], *, alone: bool) -> None:
    """Complain where the file is not what counts."""
    if not alone and process.get(name):
        raise usage(
            f"环境变量中有 {name}，它优先于文件，写入文件不会生效。请在设置环境变量处修改，或用 "
            "--env-file 指明文件。",
            f"The environment has {name}, which wins over the file, so writing there changes "
            "nothing. Change it where the environment is set, or name the file with --env-file.",
        )


def write(file: Path, name: str, value: str, *, before: str) -> Path:
    """Put a value into a file that still has the one from `before`; return the backup's path.

    The new text is written beside the file and takes its place in one step. Two at once: one
    cannot make its text, or finds another value than it read, and complains.
    """
    file = file.resolve()
    if not file.exists():
        raise usage(
            f"没有 {shown(file)}。请先从 .env.example 复制，或去掉 --write。",
            f"There is no {shown(file)}. Copy .env.example first, or leave --write out.",
        )
    beside = file.with_name(f"{file.name}.new.env")
    try:
        made = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise Complaint(
            f"{shown(beside)} 已存在：另一个轮换正在进行，或上次中断。确认后删除它再试。",
            f"{shown(beside)} exists: another rotation is under way, or one was cut off. Make "
            "sure, delete it, and try again.",
        ) from None
    try:
        if value_in(file, name) != before:
            raise Complaint(
                f"{shown(file)} 刚被修改，未写入。请重试。",
                f"{shown(file)} was changed meanwhile; nothing is written. Try again.",
            )
        old = file.read_bytes()
        text = env_file.changed(old.decode("utf-8"), name, value)
        _fill(made, text.encode())
        beside.chmod(stat.S_IMODE(file.stat().st_mode))
        backup = _back_up(file, old)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Complaint(
            f"未写入 {shown(file)}（{type(error).__name__}）。检查目录权限与磁盘空间。",
            f"{shown(file)} is not written ({type(error).__name__}). Check the folder's "
            "permissions and the disk's room.",
        ) from None
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return backup


def _fill(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _back_up(file: Path, content: bytes) -> Path:
    """Keep what was, for its owner only, under a name that .gitignore knows."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(100):
        again = f"-{number}" if number else ""
        backup = file.with_name(f"{file.name}.{stamp}{again}.bak.env")
        try:
            made = os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        except FileExistsError:
            continue
        _fill(made, content)
        return backup
    raise Complaint("无法保存备份。", "The backup cannot be kept.")
