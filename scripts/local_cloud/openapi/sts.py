"""STS (2015-04-01): AssumeRole, AssumeRoleWithOIDC and GetCallerIdentity.

Codes, texts and bounds: the page of AssumeRole. [U]: what is answered where a role does not trust
the caller or another external id was agreed upon (here NoPermission), and the codes of OIDC.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from scripts.local_cloud.keys import AccessKeys
from scripts.local_cloud.openapi.errors import ApiError

ACCOUNT_ID, OTHER_ACCOUNT_ID = "1000000000000001", "1000000000000002"
ROLE = f"acs:ram::{ACCOUNT_ID}:role/local"
"""The role that the functions of the local cloud would have."""

SMS_ROLE, EXTERNAL_ID = f"acs:ram::{OTHER_ACCOUNT_ID}:role/local-sms", "local-external-id"
"""A role in another account, which wants an external id."""

UNTRUSTING_ROLE = f"acs:ram::{OTHER_ACCOUNT_ID}:role/local-untrusting"
"""A role that trusts nobody here."""

OIDC_PROVIDER, OIDC_TOKEN = f"acs:ram::{ACCOUNT_ID}:oidc-provider/local", "local-oidc-token"
SHORTEST, DEFAULT = 900, 3600

_ARN = re.compile(r"acs:ram::\d+:role/[A-Za-z0-9.-]{1,64}")
_SESSION_NAME = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Role:
    """Whom a role trusts: whoever names the external id, if it has one; and for how long."""

    external_id: str | None = None
    trusting: bool = True
    longest: int = 3600


ROLES: Mapping[str, Role] = {
    ROLE: Role(),
    SMS_ROLE: Role(external_id=EXTERNAL_ID),
    UNTRUSTING_ROLE: Role(trusting=False),
}


class Sts:
    """The service."""

    def __init__(self, keys: AccessKeys) -> None:
        self._keys = keys

    def assume_role(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Hand out keys of a role to who may assume it."""
        role = _role(query)
        external_id = query.get("ExternalId")
        if external_id is not None and not _EXTERNAL_ID.fullmatch(external_id):
            raise _malformed("ExternalId")
        if not role.trusting or external_id != role.external_id:
            raise ApiError(
                403,
                "NoPermission",
                "You are not authorized to do this action. You should be authorized by RAM.",
            )
        return self._session(query, role)

    def assume_role_with_oidc(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Hand out keys of a role to who has a token of the provider."""
        for name in ("OIDCProviderArn", "OIDCToken"):
            if not query.get(name):
                raise _missing(name)
        role = _role(query)
        if query["OIDCProviderArn"] != OIDC_PROVIDER:
            raise ApiError(404, "EntityNotExist.OIDCProvider", "The OIDC Provider does not exist.")
        if query["OIDCToken"].strip() != OIDC_TOKEN:
            raise ApiError(400, "AuthenticationFail.OIDCToken.Invalid", "This token is invalid.")
        return self._session(query, role)

    def _session(self, query: Mapping[str, str], role: Role) -> dict[str, Any]:
        given = query.get("DurationSeconds", str(DEFAULT))
        if not given.isdecimal() or not SHORTEST <= int(given) <= role.longest:
            raise ApiError(
                400,
                "InvalidParameter.DurationSeconds",
                "The Min/Max value of DurationSeconds is 15min/1hr.",
            )
        keys = self._keys.issue(int(given))
        ends = datetime.fromtimestamp(keys.expires_at, timezone.utc)
        session = query["RoleSessionName"]
        return {
            "AssumedRoleUser": {
                "AssumedRoleId": f"{uuid.uuid4().int % 10**18:018d}:{session}",
                "Arn": f"{query['RoleArn']}/{session}",
            },
            "Credentials": {
                "AccessKeyId": keys.access_key_id,
                "AccessKeySecret": keys.access_key_secret,
                "SecurityToken": keys.security_token,
                "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }


def _role(query: Mapping[str, str]) -> Role:
    for name in ("RoleArn", "RoleSessionName"):
        if not query.get(name):
            raise _missing(name)
    if not _ARN.fullmatch(query["RoleArn"]):
        raise _malformed("RoleArn")
    if not _SESSION_NAME.fullmatch(query["RoleSessionName"]):
        raise _malformed("RoleSessionName")
    found = ROLES.get(query["RoleArn"])
    if found is None:
        raise ApiError(404, "EntityNotExist.Role", "The specified Role not exists .")
    return found


def _missing(name: str) -> ApiError:
    return ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")


def _malformed(name: str) -> ApiError:
    return ApiError(400, f"InvalidParameter.{name}", f"The parameter {name} is wrongly formed.")


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
