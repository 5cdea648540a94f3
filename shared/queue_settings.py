"""What pulling from Aliyun's queues has to know beside receipt_settings.py, without pydantic.

The rules are those of settings.py; a test holds both to the same values and the same refusals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import Bilingual, Misconfigured
from shared.setting_rules import DYBASE_ENDPOINT, ENDPOINT, MNS_ENDPOINT, QUEUE_KINDS, split_list

NAMES = ("RECEIPT_QUEUES", "DYBASE_ENDPOINT", "MNS_ENDPOINT")
"""The environment variables that are read here."""

ACCOUNT = "FC_ACCOUNT_ID"
"""Where Function Compute puts the account's id; `context.account_id` says it too."""


_ROLE = re.compile(r"acs:ram::([0-9]+):role/")


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Which queues to pull from, and where; no kinds: none, as where reports are pushed."""

    kinds: tuple[str, ...]
    account: str
    dybase_endpoint: str
    mns_endpoint: str


def read_queue_settings(environment: Mapping[str, str], context: object) -> QueueSettings:
    """Read the settings; raise Misconfigured with all that is wrong, without a value."""
    problems: list[Bilingual] = []

    def endpoint(name: str, default: str) -> str:
        found = environment.get(name, "").strip() or default
        if not re.fullmatch(ENDPOINT, found):
            problems.append((f"{name} 的值有误", f"{name} is wrong"))
        return found

    kinds = tuple(dict.fromkeys(split_list(environment.get("RECEIPT_QUEUES", ""))))
    if not set(kinds) <= set(QUEUE_KINDS):
        names = ", ".join(QUEUE_KINDS)
        problems.append(
            (f"RECEIPT_QUEUES 只能包含 {names}", f"RECEIPT_QUEUES takes some of {names}")
        )
    account = _account(environment) or str(getattr(context, "account_id", None) or "")
    if kinds and not account:
        problems.append(
            ("无法得知账号 ID（FC_ACCOUNT_ID）", "the account's id is not known (FC_ACCOUNT_ID)")
        )
    found = QueueSettings(
        kinds,
        account,
        endpoint("DYBASE_ENDPOINT", DYBASE_ENDPOINT),
        endpoint("MNS_ENDPOINT", MNS_ENDPOINT),
    )
    if problems:
        raise Misconfigured(problems)
    return found


def _account(environment: Mapping[str, str]) -> str:
    """Return whose queues they are: of the account that has the SMS, if that is another one."""
    role = _ROLE.match(environment.get("ALIBABA_CLOUD_ROLE_ARN", "").strip())
    return role[1] if role is not None else environment.get(ACCOUNT, "")
