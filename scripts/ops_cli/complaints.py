"""What went wrong, in Chinese and in English, with what to do next; never a phone number."""

from __future__ import annotations

from collections.abc import Sequence

import click

from shared.errors import Misconfigured, StoreError

FAILED, USED_WRONGLY = 1, 2


class Complaint(Exception):
    """An error for the operator."""

    def __init__(self, chinese: str, english: str, *, exit_code: int = FAILED) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english
        self.exit_code = exit_code


def run_command(command: click.Command, arguments: Sequence[str] | None, *, name: str) -> int:
    """Run a script's command; tell errors on stderr in both languages; return the exit code."""
    try:
        ended = command.main(arguments, prog_name=name, standalone_mode=False)
    except click.UsageError as error:
        return _fail(of_usage(error))
    except click.Abort:
        return _fail(Complaint("已中断。", "Interrupted."))
    except Complaint as complaint:
        return _fail(complaint)
    except Misconfigured as error:
        return _fail(of_settings(error, name))
    except StoreError as error:
        return _fail(of_store(error))
    return ended if isinstance(ended, int) else 0


def _fail(complaint: Complaint) -> int:
    click.echo(f"{complaint.chinese}\n{complaint.english}", err=True)
    return complaint.exit_code


def usage(chinese: str, english: str) -> Complaint:
    """Complain about what was typed."""
    return Complaint(chinese, english, exit_code=USED_WRONGLY)


def of_usage(error: click.UsageError) -> Complaint:
    """Say what click found, without its own text: that repeats what was typed, numbers too."""
    named = error.param if isinstance(error, click.BadParameter) else None
    name = named.opts[0] if named is not None else ""
    if isinstance(error, click.MissingParameter):
        chinese, english = f"缺少 {name}", f"{name} is missing"
    elif named is not None and isinstance(named.type, click.Choice):
        choices = "|".join(map(str, named.type.choices))
        chinese, english = f"{name} 只能是 {choices}", f"{name} is one of {choices}"
    elif named is not None:
        chinese, english = f"{name} 的值有误", f"{name} has a wrong value"
    elif isinstance(error, click.NoSuchOption):
        chinese, english = "没有这个选项", "there is no such option"
    else:
        chinese = "命令不存在、选项缺少值，或参数多余（含空格的号码请加引号）"
        english = (
            "no such command, an option without its value, or an argument too many "
            "(quote a number that has spaces)"
        )
    path = error.ctx.command_path if error.ctx is not None else "scripts/ops"
    return usage(
        f"用法有误：{chinese}。详见 {path} --help", f"Wrong usage: {english}. See {path} --help"
    )


def of_settings(error: Misconfigured, name: str) -> Complaint:
    """Say what is not set, and how to point the command `name` at the local service."""
    return Complaint(
        f"{error.facts['problems_zh']}。请在 .env 或环境变量中设置与函数相同的值；本地服务见下。",
        f"{error.facts['problems_en']}. Set in .env, or in the environment, what the functions "
        f"have; for the local service:\n  {name} --env-file .local/doors.env ...",
    )


def of_store(error: StoreError) -> Complaint:
    """Say what the store did not do."""
    if error.code == "OTSObjectNotExist":
        return Complaint(
            "数据表不存在。请先运行 scripts/bootstrap，并检查 TABLE_PREFIX。",
            "The table does not exist. Run scripts/bootstrap first, and check TABLE_PREFIX.",
        )
    return Complaint(
        f"Tablestore 未按要求执行（{error}）。请检查 TABLESTORE_ENDPOINT、TABLESTORE_INSTANCE、密钥"
        "与权限后重试；本命令可安全重复。",
        f"Tablestore did not do as asked ({error}). Check TABLESTORE_ENDPOINT, "
        "TABLESTORE_INSTANCE, keys and permissions, then run this again: that is safe.",
    )
