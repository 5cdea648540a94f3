"""The options of scripts/policy, which most of its commands share, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import click

from scripts import deployment
from scripts.ops_cli.complaints import usage
from scripts.policies.needs import CAPTCHA, DYSMS, MNS, PNVS

PRODUCTS = (DYSMS, CAPTCHA, PNVS, MNS)

Command = Callable[..., Any]


def options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return one decorator for several options."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


def given(name: str, option: str | None = None) -> Callable[[], str | None]:
    """Return what finds a value where s deploy finds it: environment, .env, s.yaml.

    Without one, an `option` that has to be given is complained about.
    """

    def find() -> str | None:
        found = _values().get(name)
        if not found and option is not None:
            raise usage(
                f"缺少 {option}。请给出它，或在环境变量或 .env 中设置 {name}。",
                f"{option} is missing. Give it, or set {name} in the environment or in .env.",
            )
        return found or None

    return find


def products_in_use() -> str:
    """Return the products that the settings name."""
    values = _values()
    captcha = (CAPTCHA,) if values.get("CAPTCHA", "").strip() == "aliyun" else ()
    queues = (MNS,) if values.get("RECEIPT_QUEUES", "").strip() else ()
    senders = (values.get("SMS_PROVIDERS") or DYSMS).lower()
    dysms = (DYSMS,) if DYSMS in senders else ()
    pnvs = (PNVS,) if PNVS in senders or "dypns" in senders else ()
    return ",".join((*dysms, *pnvs, *captcha, *queues))


def _values() -> Mapping[str, str]:
    env_file = click.get_current_context().find_root().params["env_file"]
    return deployment.read(env_file).environment


ACCOUNT = click.option(
    "--account",
    default=given(deployment.ACCOUNT_ID, "--account"),
    metavar="UID",
    help="The account's ID, digits only (else ALIBABA_CLOUD_ACCOUNT_ID).",
)
REGION = click.option(
    "--region",
    default=given("REGION", "--region"),
    metavar="REGION",
    help="Such as cn-hangzhou (else REGION).",
)
STORE = options(
    click.option(
        "--instance",
        default=given("TABLESTORE_INSTANCE", "--instance"),
        metavar="NAME",
        help="The Tablestore instance (else TABLESTORE_INSTANCE).",
    ),
    click.option(
        "--prefix",
        default=given("TABLE_PREFIX", "--prefix"),
        metavar="PREFIX",
        help="The tables' prefix (else TABLE_PREFIX).",
    ),
)
STAGE = click.option(
    "--stage",
    default=given("STAGE"),
    metavar="STAGE",
    help="The stage of s.yaml, a part of most names (else STAGE, else dev).",
)
FUNCTIONS = click.option(
    "--functions",
    metavar="PREFIX",
    help="What the functions' names begin with, if not sms-verify-<stage>-.",
)
PRODUCTS_IN_USE = click.option(
    "--products",
    default=products_in_use,
    metavar="A,B",
    help="Products in use: dysms (SMS), pnvs (Message Authentication), captcha (Alibaba Captcha), "
    "mns (RECEIPT_QUEUES); else what SMS_PROVIDERS, CAPTCHA and RECEIPT_QUEUES say.",
)
SOURCE_IPS = click.option(
    "--source-ip",
    "source_ips",
    multiple=True,
    metavar="CIDR",
    help="Only from there: 203.0.113.7 or 203.0.113.0/24; can be repeated.",
)


def read_products(text: str) -> set[str]:
    """Read products that are separated by commas; raise Complaint."""
    found = {part.strip().lower() for part in text.split(",") if part.strip()}
    if not found or not found <= set(PRODUCTS):
        names = ",".join(PRODUCTS)
        raise usage(
            f"--products 只能从 {names} 中选择，用逗号分隔。",
            f"--products takes some of {names}, separated by commas.",
        )
    return found
