"""scripts/ops codes: what a provider's error code means, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import click

from scripts.ops_cli import table
from scripts.ops_cli.complaints import Complaint
from shared.errors import Bilingual
from shared.ports import Verdict
from shared.providers.catalogue import PRODUCTS, meaning
from shared.providers.codes import Meaning, without_prefix
from shared.providers.dypns_codes import CHECKS, DYPNS, Check
from shared.providers.own_codes import OWN
from shared.use_cases.send_code import REFUSALS

_HEAD = ("代码 code", "调用方得到 the caller gets", "换服务商 next provider", "来源 source")
_OPEN = "200 unconfirmed"
_CHECKED = {Check.WRONG: "verify: code_rejected", Check.FAILED: "verify: not checked"}


@dataclass(frozen=True, slots=True)
class Row:
    """One code of one provider, as it is shown; a family of the gateway's ends in `*`."""

    provider: str
    code: str
    caller: str
    elsewhere: bool
    reason: Bilingual
    advice: Bilingual
    source: str


@click.command()
@click.argument("code", required=False)
@click.option("--provider", type=click.Choice(tuple(PRODUCTS)), help="One provider's only.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def codes(code: str | None, provider: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Tell what CODE means, or every code that is known: for callers, and for whoever is on call.

    A code may be given with or without isv., isp. or biz.; provider_code in the log and in
    `scripts/ops trace` is one. Needs no store and no settings.

    \b
      scripts/ops codes isv.BUSINESS_LIMIT_CONTROL
      scripts/ops codes --provider dypns
    """
    names = tuple(PRODUCTS) if provider is None else (provider,)
    rows = [row for name in names for row in _rows(name, code)]
    if not rows:
        raise Complaint(
            f"没有 {code} 的说明。未知代码按“是否受理不明”处理：不换服务商，等回执；日志的 "
            "provider_text 有原文。",
            f"Nothing is known of {code}. An unknown code leaves open whether the message was "
            "taken: no other provider is tried, and the report tells; provider_text in the log "
            "has its text.",
        )
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=1))
        return
    for name in names:
        _show(name, [row for row in rows if row.provider == name])


def _rows(provider: str, code: str | None) -> Iterator[Row]:
    """Return the rows of a provider: of one code, or all of them."""
    if code is not None:
        found = meaning(provider, code)
        if found is not None:
            yield _row(provider, code, found)
    else:
        product = PRODUCTS[provider]
        families = {f"{family}*": row for family, row in product.families.items()}
        for known, row in {**product.codes, **families, **OWN}.items():
            yield _row(provider, known, row)
    if provider == DYPNS.name:
        yield from _checks(code)


def _checks(code: str | None) -> Iterator[Row]:
    for known, row in CHECKS.items():
        if code is None or without_prefix(code) == without_prefix(known):
            yield Row(
                DYPNS.name,
                known,
                _CHECKED[row.check],
                elsewhere=False,
                reason=row.reason,
                advice=row.advice,
                source=row.source,
            )


def _row(provider: str, code: str, row: Meaning) -> Row:
    caller = _OPEN if row.verdict is Verdict.UNCONFIRMED else REFUSALS[row.verdict]
    return Row(provider, code, caller, row.elsewhere, row.reason, row.advice, row.source)


def _show(provider: str, rows: list[Row]) -> None:
    if not rows:
        return
    click.echo(provider)
    shown = [
        (row.code, row.caller, "是 yes" if row.elsewhere else "否 no", row.source) for row in rows
    ]
    head, *lines = table.lines([_HEAD, *shown])
    click.echo(f"  {head}")
    for row, line in zip(rows, lines, strict=True):
        click.echo(f"  {line}")
        click.echo(f"    {row.reason[0]}。{row.advice[0]}")
        click.echo(f"    {row.reason[1]}. {row.advice[1]}")


def _plain(row: Row) -> dict[str, object]:
    return {
        "provider": row.provider,
        "code": row.code,
        "caller": row.caller,
        "elsewhere": row.elsewhere,
        "reason": {"zh": row.reason[0], "en": row.reason[1]},
        "advice": {"zh": row.advice[0], "en": row.advice[1]},
        "source": row.source,
    }
