"""The table of needs: for a terminal, for a document, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from scripts.ops_cli import table
from scripts.policies.needs import (
    EVERYTHING,
    MARKS,
    OUR_DOORS,
    OUR_FUNCTIONS,
    OUR_TABLES,
    OUR_TRIGGERS,
    Need,
)

_HEAD = ("身份 who", "调用方 by", "调用 call", "动作 action", "资源 on", "依据 proof")

_GROUPS = {
    frozenset(OUR_TABLES): "本服务的全部表 all our tables",
    frozenset(OUR_FUNCTIONS): "本服务的全部函数 all our functions",
    frozenset(OUR_TRIGGERS): "其触发器 their triggers",
    frozenset(OUR_DOORS): "send-code, verify-code, messages",
}


def lines(needs: Sequence[Need]) -> Iterator[str]:
    """Yield the lines of a table, and of what its marks mean."""
    yield from table.lines([_HEAD, *map(_row, needs)])
    yield ""
    yield from (f"{mark}  {meaning}" for mark, meaning in MARKS.items())


def markdown(needs: Sequence[Need]) -> Iterator[str]:
    """Yield the lines of a Markdown table, with sources."""
    yield "| " + " | ".join([*_HEAD, "来源 source"]) + " |"
    yield "|---" * (len(_HEAD) + 1) + "|"
    for need in needs:
        cells = [*_row(need), need.source]
        yield "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(cell: str) -> str:
    return cell.replace("*", r"\*").replace("<", "&lt;")


def as_json(needs: Sequence[Need]) -> str:
    """Return the table for programs."""
    return json.dumps([asdict(need) for need in needs], ensure_ascii=False, indent=2)


def _row(need: Need) -> tuple[str, ...]:
    part = f" ({need.part})" if need.part else ""
    action = need.action or "不需要 none"
    return need.who + part, need.by, need.call, action, _on(need.on), need.mark


def _on(names: Sequence[str]) -> str:
    if (group := _GROUPS.get(frozenset(names))) is not None:
        return group
    return ", ".join("全部资源 all" if name == EVERYTHING else name for name in names)
