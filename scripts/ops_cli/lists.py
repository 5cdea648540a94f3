"""scripts/ops lists: who is denied, and who may have more; in force with the next request."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Iterator

import click

from scripts.ops_cli import entries, moments
from scripts.ops_cli.complaints import Complaint, usage
from scripts.ops_cli.desk import Desk, open_desk
from scripts.ops_cli.subjects import holds_a_number, read_key, read_subject
from shared.domain.lists import ADDRESS, ALLOW, DENY, NUMBER, Entry
from shared.domain.subjects import Subject

LONGEST_REASON, LONGEST_AUTHOR = 120, 40


@click.group()
def lists() -> None:
    """Deny numbers, prefixes, addresses and networks; allow numbers more.

    What is changed here holds from the next request on; nothing has to be deployed. SUBJECT is

    \b
      13800138000, '+86 138-0013-8000'   a mobile number, in any spelling
      '170*', '+86170*'                  all numbers that begin so (2 to 7 digits)
      203.0.113.7, 2001:db8::1           an address; an IPv6 one counts as its /64
      203.0.113.0/24                     a network
      -                                  read it from standard input (keeps a number
                                         out of the shell's history)

    A number is kept as a keyed hash and shown as a mask: no command can show it again. A denied
    number is answered 403 phone_blocked, a denied address 401 unauthorized. An allowed number is
    limited by LIMIT_ALLOWED and the caps only, also where its prefix is denied.

    Settings and keys come from .env and the environment. For the local service:

    \b
      scripts/ops --env-file .local/doors.env lists show
    """


@lists.command()
@click.argument("verdict", metavar="deny|allow", type=click.Choice([DENY, ALLOW]))
@click.argument("subject")
@click.option("--reason", required=True, metavar="TEXT", help="Why; no phone number in it.")
@click.option("--until", metavar="DATE", help="Last day it holds, in Beijing: 2027-01-31.")
@click.option("--for", "span", metavar="SPAN", help="How long it holds: 30m, 12h, 7d, 2w.")
@click.option("--author", metavar="NAME", help="Who decides (default: the user of this system).")
def add(
    verdict: str,
    subject: str,
    reason: str,
    until: str | None,
    span: str | None,
    author: str | None,
) -> None:
    """Deny or allow SUBJECT; without --until or --for, for good.

    An entry that is there already is replaced, and what it was is said. Only numbers can be
    allowed.

    \b
      scripts/ops lists add deny 13800138000 --reason 'asked not to be texted'
      scripts/ops lists add deny '170*' --reason 'pumping' --for 7d
      scripts/ops lists add deny 203.0.113.0/24 --reason 'bot farm' --until 2027-01-31
      scripts/ops lists add allow 13900139000 --reason 'our own tester'
    """
    desk = open_desk()
    about = read_subject(_given(subject), numbers=desk.numbers, secret=desk.secret)
    if verdict == ALLOW and about.kind != NUMBER:
        raise usage(
            "允许名单只接受手机号；号段、IP 和网段只能拒绝。",
            "Only numbers can be allowed; prefixes, addresses and networks can only be denied.",
        )
    entry = Entry(
        verdict,
        about.kind,
        about.shown,
        _text("--reason", reason, LONGEST_REASON, desk),
        _text("--author", author or _user(), LONGEST_AUTHOR, desk),
        int(desk.now),
        _end(until, span, now=desk.now),
    )
    before = desk.add(about, entry)
    _explain_ipv6(about)
    click.echo(entries.line(entry, now=desk.now))
    if before is not None:
        click.echo(f"原为 It was: {entries.line(before, now=desk.now)}")


@lists.command()
@click.argument("subject")
def remove(subject: str) -> None:
    """Remove the entry of SUBJECT.

    Who has no longer a number gives the key of its entry, which `show --json` tells.

    \b
      scripts/ops lists remove 13800138000
      scripts/ops lists remove '170*'
    """
    desk = open_desk()
    about = _known(subject, desk)
    before = desk.lists.remove(about)
    _explain_ipv6(about)
    if before is None:
        shown = entries.typed(about.kind, about.shown)
        raise Complaint(
            f"名单中没有 {shown}。全部条目见 scripts/ops lists show --expired。",
            f"{shown} is not on the lists. See scripts/ops lists show --expired.",
        )
    click.echo(f"已移除 Removed: {entries.line(before, now=desk.now)}")


@lists.command()
@click.option("--kind", type=click.Choice(entries.KINDS), help="Entries of this kind only.")
@click.option("--expired", is_flag=True, help="Entries that have ended too, marked so.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a JSON array, with keys.")
def show(kind: str | None, expired: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """Show the entries, sorted by kind and subject.

    \b
      scripts/ops lists show --kind network
      scripts/ops lists show --expired --json
    """
    desk = open_desk()
    of_kind = [pair for pair in _told(desk.lists.all()) if kind in (None, pair[1].kind)]
    shown = sorted(
        (pair for pair in of_kind if expired or pair[1].holds(now=desk.now)), key=entries.order
    )
    if as_json:
        found = [entries.plain(key, entry, now=desk.now) for key, entry in shown]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if shown:
        click.echo("\n".join(entries.lines([entry for _, entry in shown], now=desk.now)))
    else:
        click.echo("没有条目。No entries.", err=True)
    if ended := len(of_kind) - len(shown):
        click.echo(f"另有 {ended} 条已失效：--expired。{ended} more have ended.", err=True)


@lists.command()
@click.argument("subject")
def check(subject: str) -> None:
    """Say whether SUBJECT is denied or allowed now.

    SUBJECT is a number or an address; the entry that decides is shown.

    \b
      scripts/ops lists check 13800138000
      scripts/ops lists check 203.0.113.7
    """
    desk = open_desk()
    text = _given(subject)
    about = read_subject(text, numbers=desk.numbers, secret=desk.secret)
    if about.kind not in (NUMBER, ADDRESS):
        raise usage(
            "check 只接受手机号或 IP；号段和网段请用 show。",
            "check takes a number or an address; use show for prefixes and networks.",
        )
    _explain_ipv6(about)
    own, entry = desk.look(about, text)
    if entry is not None:
        click.echo(entries.line(entry, now=desk.now, about=about.shown))
        return
    click.echo(f"{about.shown} 未被拒绝，也不在允许名单。{about.shown} is on no list.")
    if own is not None:
        click.echo(f"已失效的条目 An entry that has ended: {entries.line(own, now=desk.now)}")
    if about.kind == NUMBER and (name := desk.allowed_by_setting(text)):
        click.echo(f"由设置 {name} 放宽限制。The setting {name} gives it the wider limit.")


def _given(subject: str) -> str:
    return sys.stdin.readline().strip() if subject == "-" else subject


def _known(subject: str, desk: Desk) -> Subject:
    text = _given(subject)
    return read_key(text) or read_subject(text, numbers=desk.numbers, secret=desk.secret)


def _text(option: str, text: str, longest: int, desk: Desk) -> str:
    """Return free text that may be kept: short, printable, without a phone number (I7)."""
    plain = text.strip()
    if not 0 < len(plain) <= longest or not plain.isprintable():
        raise usage(
            f"{option} 需 1 至 {longest} 个可见字符。",
            f"{option} takes 1 to {longest} visible characters, on one line.",
        )
    if holds_a_number(plain, home=desk.numbers.home):
        raise usage(
            f"{option} 中似有完整手机号；名单不保存号码，请改写。",
            f"{option} seems to hold a whole phone number; lists keep none. Write it otherwise.",
        )
    return plain


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise usage(
            "无法得知当前用户，请用 --author 指定。",
            "This system does not tell who you are; say so with --author.",
        ) from None


def _end(until: str | None, span: str | None, *, now: float) -> int | None:
    if until is not None and span is not None:
        raise usage("--until 与 --for 只能选一个。", "Use either --until or --for.")
    if until is not None:
        return moments.end_of_day(until, now=now)
    return None if span is None else moments.after(span, now=now)


def _explain_ipv6(about: Subject) -> None:
    if about.kind == ADDRESS and ":" in about.shown:
        click.echo(
            f"IPv6 地址按 /64 计。An IPv6 address counts as its /64: {about.shown}", err=True
        )


def _told(found: Iterable[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Pass entries on, and tell a person at a terminal how many have come."""
    tell = sys.stderr.isatty()
    for count, pair in enumerate(found, 1):
        if tell and count % 500 == 0:
            click.echo(f"\r已读取 read {count} ...", err=True, nl=False)
        yield pair
    if tell:
        click.echo("\r\033[K", err=True, nl=False)
