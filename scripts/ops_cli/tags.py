"""scripts/ops templates tags: list, add and remove the tags that group templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import click

from scripts.ops_cli import asking, table
from scripts.ops_cli.complaints import Complaint, usage
from scripts.ops_cli.desk import read_deployed
from scripts.ops_cli.sms_console import MOST_PAGES, SmsConsole

MOST, LONGEST = 20, 64
"""Tags of a template, and templates of one request; characters of a key or a value (pages of the
operations)."""

_WHERE: dict[str, Any] = {
    "region_id": "cn-hangzhou",
    "resource_type": "TEMPLATE",
    "prod_code": "dysms",
}

CODES = click.argument("codes", nargs=-1, required=True, metavar="CODE...")
YES = click.option("--yes", is_flag=True, help="Do not ask, where there are several templates.")
Pairs = dict[str, str]


class TemplateTags:
    """The tags of templates, as the SMS product keeps them."""

    def __init__(self, console: SmsConsole) -> None:
        self._console = console

    def of(self, codes: Sequence[str]) -> dict[str, Pairs]:
        """Return the tags of each of these templates that has any."""
        found: dict[str, Pairs] = {}
        for some in chunks(codes):
            for one in self._listed(resource_id=list(some)):
                found.setdefault(one.resource_id, {})[one.tag_key] = one.tag_value or ""
        return found

    def with_all(self, pairs: Pairs) -> set[str]:
        """Return the templates that have every one of these tags.

        Asked one by one: what several in one question mean is not documented.
        """
        each = [
            {str(one.resource_id) for one in self._listed(tag=[_tag("List", key, value)])}
            for key, value in pairs.items()
        ]
        return set.intersection(*each)

    def add(self, codes: Sequence[str], pairs: Pairs) -> None:
        """Give up to MOST templates these tags; the value of a key that is there is replaced."""
        listed = [_tag("", key, value) for key, value in pairs.items()]
        _done(self._console.ask("TagResources", resource_id=list(codes), tag=listed, **_WHERE))

    def remove(self, codes: Sequence[str], keys: Sequence[str]) -> None:
        """Take tags off up to MOST templates."""
        where: dict[str, Any] = {"resource_id": list(codes), **_WHERE}
        _done(self._console.ask("UntagResources", tag_key=list(keys), **where))

    def _listed(self, **asked: Any) -> Iterator[Any]:
        token = None
        for _ in range(MOST_PAGES):
            named: dict[str, Any] = {"next_token": token} if token else {}
            body = self._console.ask("ListTagResources", page_size=MOST, **named, **asked, **_WHERE)
            yield from (body.tag_resources.tag_resource or ()) if body.tag_resources else ()
            token = body.next_token
            if not token:
                return


@click.group()
def tags() -> None:
    """List, add and remove tags of templates; nothing that is sent depends on them."""


@tags.command("list")
@CODES
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(codes: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes it
    """Show the tags of templates.

    \b
      scripts/ops templates tags list SMS_100001 SMS_100002
    """
    found = TemplateTags(SmsConsole(read_deployed())).of(codes)
    if as_json:
        plain = {code: found.get(code, {}) for code in codes}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    rows = [
        (code, " ".join(f"{k}={v}" for k, v in found.get(code, {}).items()) or "-")
        for code in codes
    ]
    click.echo("\n".join(table.lines([("模板 template", "标签 tags"), *rows])))


@tags.command()
@CODES
@click.option("--tag", "wanted", multiple=True, required=True, metavar="KEY=VALUE")
@YES
def add(codes: tuple[str, ...], wanted: tuple[str, ...], yes: bool) -> None:  # noqa: FBT001 - click passes it
    """Give templates tags; the value of a key that is there is replaced. Asks before several.

    \b
      scripts/ops templates tags add SMS_100001 --tag team=shop
      scripts/ops templates tags add SMS_100001 SMS_100002 --tag team=shop --tag kind=sign-in
    """
    pairs = read_pairs(wanted)
    _for_each(codes, lambda kept, some: kept.add(some, pairs), ("加标签", "Tag"), yes=yes)


@tags.command()
@CODES
@click.option("--key", "keys", multiple=True, required=True, metavar="KEY")
@YES
def remove(codes: tuple[str, ...], keys: tuple[str, ...], yes: bool) -> None:  # noqa: FBT001 - click passes it
    """Take tags off templates, by their keys. Asks before several.

    \b
      scripts/ops templates tags remove SMS_100001 --key team
    """
    if len(keys) > MOST:
        raise _too_many()
    _for_each(codes, lambda kept, some: kept.remove(some, keys), ("去标签", "Untag"), yes=yes)


def read_pairs(given: Iterable[str]) -> Pairs:
    """Read KEY=VALUE; raise Complaint."""
    pairs: Pairs = {}
    for text in given:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value) or max(len(key), len(value)) > LONGEST:
            raise usage(
                f"--tag 的写法是 键=值，键和值各 1 至 {LONGEST} 个字符。",
                f"--tag is written KEY=VALUE, 1 to {LONGEST} characters each.",
            )
        pairs[key] = value
    if len(pairs) > MOST:
        raise _too_many()
    return pairs


def chunks(codes: Sequence[str]) -> list[Sequence[str]]:
    """Return each code once, in groups that one request takes."""
    each = list(dict.fromkeys(codes))
    return [each[start : start + MOST] for start in range(0, len(each), MOST)]


def _for_each(
    codes: Sequence[str],
    do: Callable[[TemplateTags, Sequence[str]], None],
    what: tuple[str, str],
    *,
    yes: bool,
) -> None:
    """Do it to all templates; several are asked about first."""
    groups = chunks(codes)
    count = sum(map(len, groups))
    kept = TemplateTags(SmsConsole(read_deployed()))
    if count > 1:
        asking.confirm(
            f"{what[0]}：{count} 个模板。继续？", f"{what[1]} {count} templates?", yes=yes
        )
    done = 0
    try:
        with asking.progress(groups, f"{what[0]} {what[1]}") as bar:
            for some in bar:
                do(kept, some)
                done += len(some)
    finally:
        click.echo(f"已完成 {done}/{count} 个模板。Done: {done} of {count} templates.", err=True)


def _tag(kind: str, key: str, value: str) -> Any:
    from alibabacloud_dysmsapi20170525 import models

    return getattr(models, f"{kind}TagResourcesRequestTag")(key=key, value=value)


def _done(body: Any) -> None:
    """Complain where the answer is OK, and says that nothing was done."""
    if str(body.data).lower() != "true":
        raise Complaint(
            "短信服务未执行。请稍后重试，或在控制台查看模板。",
            "The SMS service did not do it. Try again, or look at the template in the console.",
        )


def _too_many() -> Complaint:
    return usage(f"一次最多 {MOST} 个标签。", f"At most {MOST} tags at a time.")
