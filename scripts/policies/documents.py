"""Policy documents, as RAM takes them, from needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from scripts.ops_cli.complaints import Complaint
from scripts.policies.needs import Need
from scripts.policies.place import Place

LONGEST = 6144
"""Characters that RAM takes as one policy document (help.aliyun.com: CreatePolicy, 2025-12)."""

Document = dict[str, Any]


def policy(needs: Iterable[Need], place: Place, *, source_ips: Sequence[str] = ()) -> Document:
    """Allow what the needs name, on what they name, and nothing else.

    One statement for all actions that have the same resources and condition, so that a person can
    read it; `source_ips` restricts every statement to requests from there.
    """
    resources: dict[tuple[str, str | None], set[str]] = {}
    for need in needs:
        if need.action is not None:
            on = resources.setdefault((need.action, need.passed_to), set())
            on |= {place.arn(resource) for resource in need.on}
    actions: dict[tuple[tuple[str, ...], str | None], list[str]] = {}
    for (action, passed_to), on in resources.items():
        actions.setdefault((tuple(sorted(on)), passed_to), []).append(action)
    return {
        "Version": "1",
        "Statement": [
            _statement(allowed, on, passed_to, source_ips)
            for (on, passed_to), allowed in actions.items()
        ],
    }


def _statement(
    actions: Sequence[str], on: Sequence[str], passed_to: str | None, source_ips: Sequence[str]
) -> Document:
    condition: Document = {}
    if passed_to is not None:
        condition["StringEquals"] = {"acs:Service": passed_to}
    if source_ips:
        condition["IpAddress"] = {"acs:SourceIp": list(source_ips)}
    statement: Document = {"Effect": "Allow", "Action": sorted(actions), "Resource": list(on)}
    return {**statement, "Condition": condition} if condition else statement


def trust() -> Document:
    """Let Function Compute, and nobody else, take on the functions' role.

    No condition on the account: none is documented for this service. A role can only be given to
    functions of its own account, by those who may pass it (ram:PassRole).
    """
    return {
        "Version": "1",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": ["fc.aliyuncs.com"]},
            }
        ],
    }


def trust_of_role(role: str, external_id: str | None) -> Document:
    """Let a role of another account, and nobody else there, assume this one (STS: AssumeRole).

    Principal and sts:ExternalId: the RAM pages on trust policies and on external IDs.
    """
    statement: Document = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": [role]},
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "1", "Statement": [statement]}


def assuming(role: str) -> Document:
    """Allow assuming one role."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    return {"Version": "1", "Statement": [statement]}


def written(document: Document) -> str:
    """Write a document for people if RAM takes it so, else without spaces; raise Complaint."""
    for text in (
        json.dumps(document, indent=2),
        json.dumps(document, separators=(",", ":")),
    ):
        if len(text) <= LONGEST:
            return text
    raise Complaint(
        f"策略超过 RAM 的 {LONGEST} 个字符。请减少 --source-ip 或 --domain，或缩短 --prefix。",
        f"The policy is over RAM's {LONGEST} characters. Give fewer --source-ip or --domain, or a "
        "shorter --prefix.",
    )
