"""scripts/ops limits: how much of each limit is used now, and when the next send is allowed."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from scripts.ops_cli import entries, moments, table
from scripts.ops_cli.complaints import usage
from scripts.ops_cli.desk import Deployed, read_deployed
from scripts.ops_cli.standing import Question, Standing, standing
from scripts.ops_cli.subjects import read_number
from scripts.ops_cli.usage import Usage
from shared.domain.client_address import canonical
from shared.domain.phone_number import PhoneNumber

_HEAD = ("限制 limit", "对象 of", "窗口 rate", "已用 used", "剩余 left", "释放 frees at")
_SCOPES = {
    "phone": "号码 phone",
    "phone share": "单一地址份额 one address's share",
    "total": "全部 total",
    "region": "地区 region",
    "caller": "调用方 caller",
    "ip": "IP 发送 ip",
    "device": "设备 device",
    "guess": "IP 猜测 guesses",
}


@click.command()
@click.option("--phone", metavar="NUMBER", help="A number in any spelling; - reads it from stdin.")
@click.option("--ip", metavar="ADDRESS", help="An address; an IPv6 one counts as its /64.")
@click.option("--device", metavar="ID", help="A device_id, as the app sends it.")
@click.option("--caller", metavar="NAME", help="The name of an API key, from API_KEYS.")
@click.option("--total", is_flag=True, help="The service as a whole, and each region.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def limits(
    phone: str | None,
    ip: str | None,
    device: str | None,
    caller: str | None,
    total: bool,  # noqa: FBT001 - click passes it
    as_json: bool,  # noqa: FBT001 - likewise
) -> None:
    """Show how much of each limit is used, what is left, and when the next send is allowed.

    Reads only, by one request, what the door reads before a send. Several options at once tell
    when that phone may be sent to from that address, and so on. A number's windows roll: they
    free one by one (+1). All others begin and end at round times of Beijing.

    \b
      scripts/ops limits --phone 13800138000
      scripts/ops limits --phone 13800138000 --ip 203.0.113.7
      scripts/ops limits --total --json
    """
    if not any((phone, ip, device, caller, total)):
        raise usage(
            "请用 --phone、--ip、--device、--caller 或 --total 说明要看什么。",
            "Say what to look at: --phone, --ip, --device, --caller or --total.",
        )
    deployed = read_deployed()
    number = _number(deployed, phone) if phone is not None else None
    address = _address(ip) if ip is not None else None
    question = Question(number, address, device, caller, total)
    found = standing(deployed, question)
    if as_json:
        click.echo(json.dumps(_plain(found, deployed.now), ensure_ascii=False, indent=1))
    else:
        _show(found, deployed.now)


def _number(deployed: Deployed, typed: str) -> PhoneNumber:
    text = sys.stdin.readline().strip() if typed == "-" else typed
    return read_number(text, numbers=deployed.rules.numbers)


def _address(typed: str) -> str:
    found = canonical(typed)
    if found is None:
        raise usage(
            "--ip 需要一个 IP 地址，如 203.0.113.7。", "--ip takes an address: 203.0.113.7."
        )
    return found


def _show(found: Standing, now: float) -> None:
    if found.usages:
        rows = [_HEAD, *map(_row, found.usages)]
        click.echo("\n".join(table.lines(rows)))
    else:
        click.echo("没有为此设置任何限制。No limit is set for that.")
    for entry in found.entries:
        subject = entries.typed(entry.kind, entry.subject)
        click.echo(f"名单 lists: {entry.verdict} {subject}  (scripts/ops lists check)")
    if found.test_number:
        click.echo(
            "测试号码：不发往运营商，只受 LIMIT_ALLOWED 限制。"
            "A test number: no carrier gets its messages, and LIMIT_ALLOWED alone limits it."
        )
    _conclude(found, now)


def _conclude(found: Standing, now: float) -> None:
    at = found.allowed_at(now=now)
    if found.denied:
        click.echo("=> 名单拒绝发送，与限制无关。The lists deny a send, whatever the limits.")
    elif at <= now:
        click.echo("=> 现在可以发送。A send is allowed now.")
    else:
        seconds, shown = round(at - now), moments.second(round(at))
        click.echo(
            f"=> {shown} 起可以发送（{seconds} 秒后）。"
            f"A send is allowed from {shown} on, in {seconds} s."
        )


def _row(one: Usage) -> tuple[str, ...]:
    used = f"{one.used}/{one.rate.count}"
    frees = moments.second(round(one.frees_at)) if one.frees_at is not None else "-"
    return (
        _SCOPES[one.scope],
        one.who,
        str(one.rate),
        click.style(used, fg="red") if one.left == 0 else used,
        str(one.left),
        f"{frees} (+1)" if one.rolling and one.used > 1 else frees,
    )


def _plain(found: Standing, now: float) -> dict[str, Any]:
    at = found.allowed_at(now=now)
    return {
        "allowed_now": at <= now and not found.denied,
        "allowed_at": None if found.denied else moments.iso(round(at)),
        "denied": found.denied,
        "limits": [
            {
                "limit": one.scope,
                "of": one.who,
                "rate": str(one.rate),
                "used": one.used,
                "count": one.rate.count,
                "left": one.left,
                "rolling": one.rolling,
                "frees_at": None if one.frees_at is None else moments.iso(round(one.frees_at)),
            }
            for one in found.usages
        ],
    }
