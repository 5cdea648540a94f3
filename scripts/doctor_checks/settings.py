"""Where the values come from, and whether they are complete, consistent, and not too many."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping

from scripts.deployment import FIXED, shown, variables
from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from shared.errors import Misconfigured
from shared.rules import rules_of
from shared.settings import NAMES

MOST_BYTES = 4096
NEARLY_BYTES = 3584
"""Function Compute takes 4 KB of environment variables in total (documentation: environment
variables)."""

_SET_THEM = (
    "在 .env 中补全或改正；说明见 README.zh-CN.md 的“配置项”",
    "add or mend them in .env; README.md, Settings, explains each",
)


def sources(case: Case) -> Iterator[Finding]:
    """Say what was read, and what of it nobody reads."""
    deployment = case.deployment
    yield ok(*deployment.source)
    if deployment.unknown:
        names = ", ".join(deployment.unknown)
        yield warning(
            (f"不认识的变量：{names}", f"nobody reads {names}"),
            ("检查拼写，或删除", "check the spelling, or take them out"),
        )
    file = deployment.file
    if file is not None and not case.local and file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield warning(
            (f"{shown(file)} 可被其他用户读取", f"other users can read {shown(file)}"),
            (f"chmod 600 {shown(file)}", f"chmod 600 {shown(file)}"),
        )


def whole(case: Case) -> Iterator[Finding]:
    """Read the settings as the functions do, and look for what s.yaml cannot do without."""
    try:
        rules_of(case.environment)
    except Misconfigured as error:
        problems = error.problems
    else:
        problems = ()
    yield from (failure(problem, _SET_THEM) for problem in problems)
    told = " ".join(problem[1] for problem in problems)
    required = [name for name, default in variables().items() if default is None]
    missing = [name for name in required if not case.value(name) and f"{name} is not" not in told]
    for name in missing:
        if name not in ("ACCESS", "FUNCTION_ROLE"):  # the checks access and role tell
            yield failure((f"{name} 未设置", f"{name} is not set"), _SET_THEM)
    if not problems and not missing:
        yield ok("完整，互不矛盾", "complete, and they do not contradict each other")


def size(case: Case) -> Iterator[Finding]:
    """Count what the environment of the function takes that has all settings."""
    used = environment_bytes({**FIXED, **{name: case.value(name) for name in NAMES}})
    found = (f"约 {used} 字节，上限 {MOST_BYTES}", f"about {used} bytes of {MOST_BYTES}")
    advice = (
        "把 ALLOW_NUMBERS 移到 scripts/ops lists add allow，合并 API_KEYS，缩短列表",
        "move ALLOW_NUMBERS to scripts/ops lists add allow, join API_KEYS, shorten lists",
    )
    if used > MOST_BYTES:
        yield failure(found, advice)
    elif used > NEARLY_BYTES:
        yield warning(found, advice)
    else:
        yield ok(*found)


def environment_bytes(variables: Mapping[str, str]) -> int:
    """Return what an environment takes at most; FC does not say whether quotes and commas count."""
    return sum(len(f'"{name}":"{value}",'.encode()) for name, value in variables.items())
