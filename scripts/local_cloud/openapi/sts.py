"""STS, as far as scripts use it: GetCallerIdentity, who is behind the keys of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACCOUNT_ID = "1000000000000001"
ROLE = f"acs:ram::{ACCOUNT_ID}:role/local"
"""The role that the functions of the local cloud would have."""


def get_caller_identity(_parameters: Mapping[str, str]) -> dict[str, Any]:
    """Name the account and the assumed role, whoever asks: the local cloud knows one key only."""
    return {
        "IdentityType": "AssumedRoleUser",
        "AccountId": ACCOUNT_ID,
        "PrincipalId": "300000000000000001:operator",
        "UserId": "300000000000000001:operator",
        "RoleId": "300000000000000001",
        "Arn": f"acs:sts::{ACCOUNT_ID}:assumed-role/local/operator",
    }
