"""Entries of the lists as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripts.ops_cli import moments, table
from shared.domain.lists import ADDRESS, ALLOW, DENY, NETWORK, NUMBER, PREFIX, Entry

KINDS = (NUMBER, PREFIX, ADDRESS, NETWORK)
_HEAD = ("对象 subject", "名单 list", "原因 reason", "经手 author", "加入 added", "截止 until")
_WORDS = {DENY: "拒绝 deny", ALLOW: "允许 allow"}


def order(pair: tuple[str, Entry]) -> tuple[int, str, str]:
    """Sort entries with their keys by kind and subject."""
    key, entry = pair
    return KINDS.index(entry.kind), entry.subject, key


def lines(entries: Sequence[Entry], *, now: float) -> Iterator[str]:
    """Yield the lines of a table; ended entries are marked."""
    return table.lines([_HEAD, *(_row(entry, now=now) for entry in entries)])


def line(entry: Entry, *, now: float, about: str = "") -> str:
    """Show an entry in one line; `about` is the subject that it was found for."""
    subject, verdict, reason, author, added, until = _row(entry, now=now)
    whose = subject if about in ("", subject) else f"{about} ({entry.kind} {subject})"
    return f"{whose}  {verdict}  {until}  ({reason}; {author}, {added})"


def typed(kind: str, subject: str) -> str:
    """Show a subject as commands take it."""
    return f"{subject}*" if kind == PREFIX else subject


def plain(key: str, entry: Entry, *, now: float) -> dict[str, object]:
    """Return an entry for programs."""
    return {
        "kind": entry.kind,
        "subject": entry.subject,
        "verdict": entry.verdict,
        "reason": entry.reason,
        "author": entry.author,
        "added": moments.iso(entry.added_at),
        "until": moments.iso(entry.until),
        "in_force": entry.holds(now=now),
        "key": key or None,
    }


def _row(entry: Entry, *, now: float) -> tuple[str, ...]:
    ended = "" if entry.holds(now=now) else " 已失效 ended"
    return (
        typed(entry.kind, entry.subject),
        _WORDS[entry.verdict],
        entry.reason,
        entry.author,
        moments.shown(entry.added_at),
        moments.shown_end(entry.until) + ended,
    )
