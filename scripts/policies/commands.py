"""The commands of scripts/policy: a policy for each who, and the table that they are made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from scripts.policies import listing
from scripts.policies.documents import assuming, policy, trust, trust_of_role, written
from scripts.policies.needs import CAPTCHA, DOCUMENTED, DOMAIN, LOG_CREATION, LOGS, Need
from scripts.policies.options import (
    ACCOUNT,
    FUNCTIONS,
    PRODUCTS_IN_USE,
    REGION,
    SOURCE_IPS,
    STAGE,
    STORE,
    given,
    options,
    read_products,
)
from scripts.policies.people_needs import (
    CALLER_NEEDS,
    DEPLOYER_NEEDS,
    EDITOR_NEEDS,
    ERASER_NEEDS,
    OPERATOR_NEEDS,
    TAGGER_NEEDS,
)
from scripts.policies.place import Place, read_networks, read_role, role_name
from scripts.policies.runtime_needs import RUNTIME_NEEDS

ALL_NEEDS = (
    *RUNTIME_NEEDS,
    *DEPLOYER_NEEDS,
    *OPERATOR_NEEDS,
    *EDITOR_NEEDS,
    *TAGGER_NEEDS,
    *ERASER_NEEDS,
    *CALLER_NEEDS,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take settings from this file alone (default: .env and the environment, which wins).",
)
def policies(env_file: Path | None) -> None:
    """Print least-privilege RAM policies, made from one table of what calls what.

    The document goes to standard output, remarks to standard error. Paste it in the RAM console
    (Permissions, Policies, Create, Script), or hand it to Alibaba Cloud's CLI. Region, instance,
    tables, stage and role are those of s.yaml: from the environment or the file .env, where no
    option says otherwise.

    \b
      export ALIBABA_CLOUD_ACCOUNT_ID=1234567890123456
      aliyun ram CreateRole --RoleName sms-verify-prod \\
          --AssumeRolePolicyDocument "$(scripts/policy trust)"
      aliyun ram CreatePolicy --PolicyName sms-verify-prod-runtime \\
          --PolicyDocument "$(scripts/policy runtime)"
      aliyun ram AttachPolicyToRole --PolicyType Custom \\
          --PolicyName sms-verify-prod-runtime --RoleName sms-verify-prod

    Creating roles and policies needs an administrator, once; the deployer cannot.

    Exit codes: 0 done, 1 failed, 2 used wrongly.
    """


@policies.command()
@options(ACCOUNT, REGION, STORE, PRODUCTS_IN_USE, SOURCE_IPS)
@click.option(
    "--log-project",
    default=given("LOG_PROJECT"),
    metavar="NAME",
    help="With --log-store: allow writing logs there (else LOG_PROJECT).",
)
@click.option(
    "--log-store",
    default=given("LOG_STORE"),
    metavar="NAME",
    help="See --log-project (else LOG_STORE).",
)
def runtime(
    account: str,
    region: str,
    instance: str,
    prefix: str,
    products: str,
    source_ips: Sequence[str],
    log_project: str | None,
    log_store: str | None,
) -> None:
    """For the role of the functions.

    It names each table and operation that they use; they cannot edit the lists, nor touch other
    tables. Function Compute writes logs by a role of its own; with a log project and store of
    yours named, this role may do so, too, in case that one is not used beside it.
    """
    parts = {*read_products(products), *((LOGS,) if log_project and log_store else ())}
    place = Place(
        account,
        region,
        instance=instance.lower(),
        prefix=prefix,
        log_project=log_project,
        log_store=log_store,
    )
    _print(_of(RUNTIME_NEEDS, parts), place, source_ips)
    if source_ips:
        _remark(
            "函数的出口 IP 会变；只有绑定了专有网络和固定出口（NAT）的函数才能用 --source-ip。",
            "Functions leave from changing addresses; --source-ip fits only where they are bound "
            "to a VPC with a fixed way out (NAT).",
        )


@policies.command()
@options(ACCOUNT, REGION, STAGE, STORE, FUNCTIONS, SOURCE_IPS)
@click.option(
    "--role",
    default=given("FUNCTION_ROLE"),
    metavar="NAME",
    help="The functions' role, name or ARN (else FUNCTION_ROLE, else sms-verify-<stage>).",
)
@click.option(
    "--domain",
    default=given("DOMAIN"),
    metavar="DOMAIN",
    help="The custom domain, where there is one (else DOMAIN).",
)
@click.option(
    "--log-project",
    default=given("LOG_PROJECT"),
    metavar="NAME",
    help="Your own log project (else LOG_PROJECT): then s deploy creates none.",
)
def deployer(
    account: str,
    region: str,
    stage: str,
    instance: str,
    prefix: str,
    functions: str | None,
    source_ips: Sequence[str],
    role: str | None,
    domain: str | None,
    log_project: str | None,
) -> None:
    """For who runs s deploy and scripts/bootstrap.

    It allows the functions and triggers of one stage by their names, its custom domain, its
    tables, and passing the one role, to Function Compute only. It deletes nothing: s remove needs
    more.
    """
    place = Place(
        account,
        region,
        instance=instance.lower(),
        prefix=prefix,
        functions=functions or f"sms-verify-{stage}-",
        role=role_name(role or f"sms-verify-{stage}", account=account),
        domain=domain.lower() if domain else None,
        log_project=log_project,
    )
    parts = {*(() if log_project else (LOG_CREATION,)), *((DOMAIN,) if domain else ())}
    _print(_of(DEPLOYER_NEEDS, parts), place, source_ips)


@policies.command()
@options(ACCOUNT, REGION, STORE, PRODUCTS_IN_USE, SOURCE_IPS)
@click.option(
    "--edit-lists", is_flag=True, help="Also scripts/ops lists add and remove: the lists' table."
)
@click.option("--edit-tags", is_flag=True, help="Also scripts/ops templates tags add and remove.")
@click.option(
    "--erase", is_flag=True, help="Also scripts/ops erase: it reads plain numbers and deletes rows."
)
def operator(
    account: str,
    region: str,
    instance: str,
    prefix: str,
    products: str,
    source_ips: Sequence[str],
    edit_lists: bool,  # noqa: FBT001 - click's flags
    edit_tags: bool,  # noqa: FBT001
    erase: bool,  # noqa: FBT001
) -> None:
    """For who looks after the service, reading only.

    It allows scripts/doctor, and whatever of scripts/ops only looks: lists show and check, trace,
    stats, health, limits, signs, templates, records, statistics. It writes nothing and sends
    nothing. It does not read `pending`: plain numbers stand there. What changes something has its
    own options below.
    """
    place = Place(account, region, instance=instance.lower(), prefix=prefix)
    added = ((edit_lists, EDITOR_NEEDS), (edit_tags, TAGGER_NEEDS), (erase, ERASER_NEEDS))
    needs = [*OPERATOR_NEEDS, *(need for wanted, more in added if wanted for need in more)]
    _print(_of(needs, read_products(products)), place, source_ips)


@policies.command()
@options(ACCOUNT, REGION, STAGE, FUNCTIONS, SOURCE_IPS)
def caller(
    account: str, region: str, stage: str, functions: str | None, source_ips: Sequence[str]
) -> None:
    """For your backend, where the trigger checks signatures (TRIGGER_AUTH=function).

    It allows send-code and verify-code, and no other function. Who may invoke them can do so
    directly too (InvokeFunction), past the HTTP trigger: then he writes the whole event himself,
    and with it sourceIp, the address that LIMIT_IP counts. Give it to your own backend only.
    """
    place = Place(account, region, functions=functions or f"sms-verify-{stage}-")
    _print(CALLER_NEEDS, place, source_ips)


@policies.command("trust")
@click.option(
    "--role",
    metavar="ARN",
    help="For a role in another account (SMS_ROLE_ARN) instead: the functions' role.",
)
@click.option(
    "--external-id",
    default=given("SMS_ROLE_EXTERNAL_ID"),
    metavar="ID",
    help="With --role: asked for, too (else SMS_ROLE_EXTERNAL_ID).",
)
def trust_command(role: str | None, external_id: str | None) -> None:
    """For the functions' role: who may take it on. Needs no options."""
    click.echo(written(trust_of_role(read_role(role), external_id) if role else trust()))


@policies.command()
@click.option(
    "--role",
    default=given("SMS_ROLE_ARN", "--role"),
    metavar="ARN",
    help="The role in the other account (else SMS_ROLE_ARN).",
)
def assume(role: str) -> None:
    """For the functions' role, beside runtime: assuming a role in another account.

    Where SMS lives in another account, that role is allowed what scripts/policy sms says there,
    and trusts the functions' role as scripts/policy trust --role says.
    """
    click.echo(written(assuming(read_role(role))))


@policies.command()
@options(ACCOUNT, REGION, PRODUCTS_IN_USE)
def sms(account: str, region: str, products: str) -> None:
    """For a role in another account that has the SMS: sending, and asking about reports."""
    parts = read_products(products) - {CAPTCHA}
    needs = [need for need in RUNTIME_NEEDS if need.part in parts]
    _print(needs, Place(account, region), ())


@policies.command("table")
@click.option("--markdown", is_flag=True, help="A Markdown table, with sources.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a JSON array, with sources.")
def table_command(markdown: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """Show which call needs which action, and how sure that is. Needs no options."""
    if as_json:
        click.echo(listing.as_json(ALL_NEEDS))
    else:
        made = listing.markdown if markdown else listing.lines
        click.echo("\n".join(made(ALL_NEEDS)))


def _of(needs: Iterable[Need], parts: Iterable[str]) -> list[Need]:
    """Return the needs of everybody and of these parts."""
    wanted = {None, *parts}
    return [need for need in needs if need.part in wanted]


def _print(needs: Sequence[Need], place: Place, source_ips: Sequence[str]) -> None:
    click.echo(written(policy(needs, place, source_ips=read_networks(source_ips))))
    unsure = sorted({n.action for n in needs if n.action is not None and n.mark != DOCUMENTED})
    if unsure:
        _remark(
            f"未见阿里云文档明确说明的动作（依据见 scripts/policy table）：{'、'.join(unsure)}",
            f"Actions without a word of Alibaba Cloud's documentation (see scripts/policy table): "
            f"{', '.join(unsure)}",
        )


def _remark(chinese: str, english: str) -> None:
    click.echo(f"{chinese}\n{english}", err=True)
