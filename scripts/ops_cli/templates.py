"""scripts/ops templates: the account's templates, their reviews, and which of them we send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from scripts.ops_cli import reviews, table
from scripts.ops_cli.desk import Deployed, read_deployed
from scripts.ops_cli.sms_console import SmsConsole
from scripts.ops_cli.tags import TemplateTags, read_pairs, tags
from shared.domain.places import MAINLAND
from shared.domain.templates import template_for

_HEAD = ("模板 template", "使用 used", "审核 review", "类型 type", "创建 created", "内容 text")


@dataclass(frozen=True, slots=True)
class Template:
    """One template; `scenes` are those whose messages it carries."""

    code: str
    name: str
    scenes: tuple[str, ...]
    state: str
    reason: str
    type: str
    created: str
    text: str


@click.group(invoke_without_command=True)
@click.option(
    "--tag",
    "wanted",
    multiple=True,
    metavar="KEY=VALUE",
    help="Templates with this tag only; several: with all of them.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def templates(context: click.Context, wanted: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Show the account's templates: reviews, texts, and which scenes use them.

    \b
      scripts/ops templates
      scripts/ops templates --tag team=shop
      scripts/ops templates show SMS_100001
      scripts/ops templates tags add SMS_100001 --tag team=shop
    """
    if context.invoked_subcommand is not None:
        return
    pairs = read_pairs(wanted)
    deployed = read_deployed()
    console = SmsConsole(deployed)
    chosen = TemplateTags(console).with_all(pairs) if pairs else None
    listed = [_from_list(one, deployed) for one in console.templates()]
    found = [one for one in listed if chosen is None or one.code in chosen]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    elif found:
        click.echo("\n".join(table.lines([_HEAD, *map(_row, found)])))
    else:
        click.echo("没有模板。No templates.", err=True)
    for code in sorted(set(used(deployed)) - {one.code for one in listed}):
        click.echo(
            f"设置中的模板 {code} 不在此账号中：核对 DYSMS_TEMPLATES 与密钥所属账号。\n"
            f"Our template {code} is not in this account: check DYSMS_TEMPLATES, and whose keys "
            "these are.",
            err=True,
        )


@templates.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(code: str, as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Show one template with its variables' rules and its tags.

    \b
      scripts/ops templates show SMS_100001
    """
    deployed = read_deployed()
    console = SmsConsole(deployed)
    body = console.ask("GetSmsTemplate", template_code=code)
    state = reviews.state_of(body.template_status)
    found = Template(
        str(body.template_code or code),
        str(body.template_name or ""),
        used(deployed).get(code, ()),
        state,
        reviews.reason_of(state, body.audit_info),
        reviews.kind(body.template_type),
        str(body.create_date or ""),
        str(body.template_content or ""),
    )
    tagged = TemplateTags(console).of([code]).get(code, {})
    if as_json:
        plain = {**asdict(found), "rules": _rules(body), "tags": tagged}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    rows = [*zip(_HEAD, _row(found), strict=True)]
    rows += [(f"变量 {name}", rule) for name, rule in _rules(body).items()]
    rows += [("标签 tag", f"{key}={value}") for key, value in tagged.items()]
    click.echo("\n".join(table.lines(rows)))


templates.add_command(tags)


def used(deployed: Deployed) -> dict[str, tuple[str, ...]]:
    """Return the templates of the settings, each with its scenes; abroad with their regions."""
    settings = deployed.rules.settings
    found: dict[str, tuple[str, ...]] = {}
    for region in settings.regions:
        for scene in settings.scenes:
            code = template_for(settings.dysms_templates, region=region, scene=scene)
            if code is not None:
                place = scene if region == MAINLAND else f"{region}/{scene}"
                found[code] = (*found.get(code, ()), place)
    return found


def _from_list(one: Any, deployed: Deployed) -> Template:
    state = reviews.state_of(one.audit_status)
    code = str(one.template_code or "")
    return Template(
        code,
        str(one.template_name or ""),
        used(deployed).get(code, ()),
        state,
        reviews.reason_of(state, one.reason),
        reviews.kind(one.outer_template_type),
        str(one.create_date or ""),
        str(one.template_content or ""),
    )


def _rules(body: Any) -> dict[str, str]:
    try:
        found = json.loads(body.variable_attribute or "{}")
    except (TypeError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _row(template: Template) -> Sequence[str]:
    why = f"（{template.reason}）" if template.reason else ""
    return (
        click.style(template.code, bold=bool(template.scenes)),
        f"* {','.join(template.scenes)}" if template.scenes else "",
        reviews.shown(template.state) + why,
        template.type,
        template.created,
        " ".join(template.text.split()),
    )
