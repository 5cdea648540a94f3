"""scripts/ops signs: the account's sign names, their reviews, and what carriers make of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from scripts.ops_cli import asking, reviews, table
from scripts.ops_cli.complaints import Complaint
from scripts.ops_cli.desk import Deployed, read_deployed
from scripts.ops_cli.sms_console import SmsConsole
from shared.domain.masking import masked_text

CARRIERS = {"mobile": "移动 mobile", "unicom": "联通 unicom", "telecom": "电信 telecom"}
REGISTRATIONS = {
    -2: ("未报备 not filed", "red"),
    -1: ("报备中 filed", "yellow"),
    0: ("失败 failed", "red"),
    1: ("待验证 to verify", "green"),
    2: ("失效 lapsed", "red"),
    3: ("成功 registered", "green"),
}
"""RegisterStatus (SDK: GetSmsSign): a sign lapses after six months without a message."""

_HEAD = ("签名 sign", "使用 used", "审核 review", *CARRIERS.values(), "创建 created", "原因 reason")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign name; `carriers` is empty where the service did not tell."""

    name: str
    used_by: tuple[str, ...]
    state: str
    reason: str
    created: str
    carriers: dict[str, int]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def signs(context: click.Context, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Show the account's sign names: reviews, carriers' registrations, and which one we use.

    Asks once for each sign what carriers made of it. A sign that is not registered yet with a
    carrier reaches few of its users, or none.

    \b
      scripts/ops signs
      scripts/ops signs show 某某科技
      scripts/ops signs --json
    """
    if context.invoked_subcommand is not None:
        return
    deployed = read_deployed()
    console = SmsConsole(deployed)
    listed = [_from_list(one, deployed) for one in console.signs()]
    with asking.progress(listed, "询问运营商报备 asking carriers' registrations") as bar:
        found = [_with_carriers(one, console) for one in bar]
    missing = [name for name in used(deployed) if name not in {one.name for one in found}]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    elif found:
        click.echo("\n".join(table.lines([_HEAD, *map(_row, found)])))
    for name in missing:
        click.echo(
            f"设置中的签名 {name} 不在此账号中：核对 DYSMS_SIGN_NAME（不含【】）与密钥所属账号。\n"
            f"Our sign {name} is not in this account: check DYSMS_SIGN_NAME (without 【】), and "
            "whose keys these are.",
            err=True,
        )


@signs.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(name: str, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Show one sign name.

    \b
      scripts/ops signs show 某某科技
    """
    deployed = read_deployed()
    body = SmsConsole(deployed).ask("GetSmsSign", sign_name=name.strip("【】[] "))
    state = reviews.state_of(body.sign_status)
    found = Sign(
        str(body.sign_name or name),
        used(deployed).get(str(body.sign_name), ()),
        state,
        reviews.reason_of(state, body.audit_info),
        str(body.create_date or ""),
        _carriers(body),
    )
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(table.lines(list(zip(_HEAD, _row(found), strict=True)))))
    for one in body.sign_isp_register_detail_list or ():
        for why in one.register_status_reasons or ():
            told = "; ".join(map(str, why.reason_desc_list or ())) or str(why.reason_code or "")
            click.echo(f"  {_carrier(str(one.operator_code))}: {masked_text(told)}")


def used(deployed: Deployed) -> dict[str, tuple[str, ...]]:
    """Return the sign names of the settings, each with the settings that name it."""
    name = deployed.rules.settings.dysms_sign_name
    return {name: ("DYSMS_SIGN_NAME",)} if name else {}


def _from_list(one: Any, deployed: Deployed) -> Sign:
    state = reviews.state_of(one.audit_status)
    name = str(one.sign_name or "")
    reason = reviews.reason_of(state, one.reason)
    return Sign(name, used(deployed).get(name, ()), state, reason, str(one.create_date or ""), {})


def _with_carriers(sign: Sign, console: SmsConsole) -> Sign:
    """Add what carriers say; the list is worth showing also where that is not told."""
    try:
        body = console.ask("GetSmsSign", sign_name=sign.name)
    except Complaint as complaint:
        click.echo(f"{sign.name}: {complaint.chinese}\n{complaint.english}", err=True)
        return sign
    return Sign(sign.name, sign.used_by, sign.state, sign.reason, sign.created, _carriers(body))


def _carriers(body: Any) -> dict[str, int]:
    listed = body.sign_isp_register_detail_list or ()
    return {str(one.operator_code): int(one.register_status) for one in listed}


def _row(sign: Sign) -> Sequence[str]:
    return (
        click.style(sign.name, bold=bool(sign.used_by)),
        "*" if sign.used_by else "",
        reviews.shown(sign.state),
        *(_registration(sign.carriers.get(carrier)) for carrier in CARRIERS),
        sign.created,
        sign.reason,
    )


def _registration(status: int | None) -> str:
    if status is None:
        return "-"
    words, colour = REGISTRATIONS.get(status, (str(status), "yellow"))
    return click.style(words, fg=colour)


def _carrier(code: str) -> str:
    return CARRIERS.get(code, code)
