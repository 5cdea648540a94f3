"""What the functions run with: no AccessKey in their environment, and a Python that is mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path

from scripts.deployment import ROOT
from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok
from shared.credentials import ID, SECRET, TOKEN

ENDS = {"python3.10": date(2026, 10, 31), "python3.12": date(2028, 10, 31)}
"""When Python's own developers stop mending it (PEP 619, PEP 693). Until when Function Compute
keeps a runtime is not documented [U]."""

_KEY = rf"(?:{ID}|{SECRET}|{TOKEN})"
_HANDED = re.compile(rf"^\s*(?P<name>{_KEY})\s*:|env\('(?P<read>{_KEY})'", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


def runtime(case: Case) -> Iterator[Finding]:
    """Look for keys that s.yaml hands to the functions, and at the age of their Python.

    What was put into a deployed function by hand, only its console shows; the function itself
    writes a warning then, `long_lived_keys`.
    """
    if names := ", ".join(handed_over(ROOT)):
        yield failure(
            (
                f"s.yaml 把 {names} 交给了函数：长期密钥一旦泄露长期可用",
                f"s.yaml hands {names} to the functions: once leaked, such a key works for long",
            ),
            (
                "从 s.yaml 删去；函数用角色（FUNCTION_ROLE）的临时密钥。部署后在 RAM 删除该密钥",
                "take it out: the functions have their role's keys (FUNCTION_ROLE). Deploy, and "
                "then delete the AccessKey in RAM",
            ),
        )
    else:
        yield ok("函数只有角色的临时密钥", "the functions have their role's keys and no others")
    name = case.value("RUNTIME")
    end = ENDS.get(name)
    if end is not None:
        over = datetime.fromtimestamp(case.clock(), timezone.utc).date() > end
        yield ok(
            f"{name}：Python 社区维护{'已于' if over else '至'} {end:%Y-%m}"
            + (" 结束；地域支持时改用 python3.12" if over else ""),
            f"{name}: its developers {'mended' if over else 'mend'} it until {end:%Y-%m}"
            + ("; use python3.12 where the region has it" if over else ""),
        )


def handed_over(folder: Path) -> list[str]:
    """Return the names of keys that s.yaml, or another of its kind there, gives to functions."""
    texts = (_COMMENT.sub("", file.read_text("utf-8")) for file in folder.glob("s*.yaml"))
    found = (match for text in texts for match in _HANDED.finditer(text))
    return sorted({match["name"] or match["read"] for match in found})
