"""The stand-in for STS, asked by the real package; and its keys, used by the real SDKs."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
import tablestore
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.provider import (
    OIDCRoleArnCredentialsProvider,
    RamRoleArnCredentialsProvider,
)
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from scripts.local_cloud.openapi.sts import (
    EXTERNAL_ID,
    OIDC_PROVIDER,
    OIDC_TOKEN,
    ROLE,
    SMS_ROLE,
    UNTRUSTING_ROLE,
)
from shared import logs
from tests.service import Cloud


@pytest.fixture(autouse=True)
def empty(running_cloud: Cloud) -> None:
    logs.silence_sdks()
    running_cloud.reset()


def assume(cloud: Cloud, **changes: Any) -> Any:
    given = {
        "access_key_id": "local",
        "access_key_secret": "local-secret",
        "role_arn": SMS_ROLE,
        "external_id": EXTERNAL_ID,
        "role_session_name": "test",
        "duration_seconds": 3600,
        "sts_endpoint": cloud.openapi,
    }
    return RamRoleArnCredentialsProvider(**{**given, **changes}).get_credentials()


def three(keys: Any) -> tuple[str, str, str]:
    return keys.get_access_key_id(), keys.get_access_key_secret(), keys.get_security_token()


def send(cloud: Cloud, key_id: str, secret: str, token: str | None) -> str:
    """Send a message; return the code of the answer."""
    config = Config(
        access_key_id=key_id,
        access_key_secret=secret,
        security_token=token,
        endpoint=cloud.openapi.removeprefix("http://"),
        protocol="HTTP",
    )
    request = SendSmsRequest(
        phone_numbers="13800138000",
        sign_name="本地测试",
        template_code="SMS_100001",
        template_param='{"code": "123456", "min": "5"}',
    )
    try:
        return str(Client(config).send_sms(request).body.code)
    except ClientException as error:
        return f"{error.status_code} {error.code}"


def store(cloud: Cloud, key_id: str, secret: str, token: str | None, **rest: Any) -> str:
    """List the tables; return OK or the error's code and text."""
    client = tablestore.OTSClient(
        cloud.tablestore,
        key_id,
        secret,
        "local",
        sts_token=token,
        retry_policy=tablestore.NoRetryPolicy(),
        **rest,
    )
    try:
        client.list_table()
    except tablestore.OTSServiceError as error:
        return f"{error.http_status} {error.code} {error.message}"
    return "OK"


def test_a_role_of_another_account_is_assumed_with_its_external_id(running_cloud: Cloud) -> None:
    keys = assume(running_cloud)
    assert keys.get_access_key_id().startswith("STS.")
    assert keys.get_expiration() == pytest.approx(time.time() + 3600, abs=30)
    assert send(running_cloud, *three(keys)) == "OK"
    assert store(running_cloud, *three(keys)) == "OK"
    assert store(running_cloud, *three(keys), region="cn-hangzhou") == "OK"
    shown = running_cloud.control("keys")
    assert shown == {"issued": 1, "used": {"dysms": 1, "tablestore": 2}}
    assert running_cloud.calls("sts") == {"AssumeRole": 1}


def test_temporary_keys_assume_a_role_in_their_turn(running_cloud: Cloud) -> None:
    first = three(assume(running_cloud))
    named = dict(zip(("access_key_id", "access_key_secret", "security_token"), first, strict=True))
    second = assume(running_cloud, role_arn=ROLE, external_id=None, **named)
    assert send(running_cloud, *three(second)) == "OK"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"external_id": None}, 403, "NoPermission"),
        ({"external_id": "another-id"}, 403, "NoPermission"),
        ({"external_id": "!"}, 400, "InvalidParameter.ExternalId"),
        ({"role_arn": UNTRUSTING_ROLE, "external_id": None}, 403, "NoPermission"),
        ({"role_arn": "acs:ram::1:role/nobody"}, 404, "EntityNotExist.Role"),
        ({"role_arn": "sms"}, 400, "InvalidParameter.RoleArn"),
        ({"role_session_name": "a"}, 400, "InvalidParameter.RoleSessionName"),
        ({"role_session_name": "忍者神龟"}, 400, "InvalidParameter.RoleSessionName"),
        ({"duration_seconds": 3601}, 400, "InvalidParameter.DurationSeconds"),
        ({"access_key_id": "nobody"}, 404, "InvalidAccessKeyId.NotFound"),
        ({"access_key_secret": "wrong"}, 400, "SignatureDoesNotMatch"),
    ],
)
def test_who_may_not_assume_it_is_refused_as_sts_would(
    running_cloud: Cloud, changes: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(CredentialException) as refused:
        assume(running_cloud, **changes)
    assert f"http_code: {status}" in str(refused.value)
    assert f'"Code": "{code}"' in str(refused.value)
    assert running_cloud.control("keys")["issued"] == 0


def test_a_duration_below_fifteen_minutes_is_refused(running_cloud: Cloud) -> None:
    """The package refuses it first, so this request is made by hand: OIDC's needs no signature."""
    assert oidc(running_cloud, DurationSeconds="899") == (400, "InvalidParameter.DurationSeconds")
    assert oidc(running_cloud, DurationSeconds="900") == (200, None)


def oidc(cloud: Cloud, **changes: str) -> tuple[int, str | None]:
    query = {
        "Action": "AssumeRoleWithOIDC",
        "RoleArn": ROLE,
        "RoleSessionName": "test",
        "OIDCProviderArn": OIDC_PROVIDER,
        "OIDCToken": OIDC_TOKEN,
        **changes,
    }
    given = urllib.parse.urlencode({name: value for name, value in query.items() if value})
    try:
        with urllib.request.urlopen(f"{cloud.openapi}/?{given}", timeout=5) as answer:
            return answer.status, None
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["Code"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"OIDCToken": ""}, (400, "MissingOIDCToken")),
        ({"RoleArn": ""}, (400, "MissingRoleArn")),
        ({"OIDCToken": "stale"}, (400, "AuthenticationFail.OIDCToken.Invalid")),
        ({"OIDCProviderArn": "acs:ram::1:oidc-provider/x"}, (404, "EntityNotExist.OIDCProvider")),
        ({"Action": "AssumeRole"}, (400, "MissingAccessKeyId")),
        ({"Action": "SendSms"}, (400, "MissingAccessKeyId")),
    ],
)
def test_a_token_has_to_be_the_providers(
    running_cloud: Cloud, changes: dict[str, str], expected: tuple[int, str]
) -> None:
    assert oidc(running_cloud, **changes) == expected


def test_a_token_stands_for_keys(running_cloud: Cloud, tmp_path: Any) -> None:
    token = tmp_path / "token"
    token.write_text(OIDC_TOKEN, "utf-8")
    provider = OIDCRoleArnCredentialsProvider(
        role_arn=ROLE,
        oidc_provider_arn=OIDC_PROVIDER,
        oidc_token_file_path=str(token),
        role_session_name="test",
        sts_endpoint=running_cloud.openapi,
    )
    assert store(running_cloud, *three(provider.get_credentials())) == "OK"


@pytest.mark.parametrize("end", ["expire", "life"])
def test_keys_are_good_until_they_end(running_cloud: Cloud, end: str) -> None:
    if end == "life":
        running_cloud.control("keys", {"life": 1})
    keys = three(assume(running_cloud))
    assert send(running_cloud, *keys) == "OK"
    if end == "expire":
        running_cloud.control("keys", {"expire": True})
    else:
        time.sleep(1.1)
    assert send(running_cloud, *keys) == "400 InvalidSecurityToken.Expired"
    assert store(running_cloud, *keys) == "403 OTSAuthFailed The STS token has expired."
    assert len(running_cloud.outbox()) == 1
    with pytest.raises(CredentialException, match=r"InvalidSecurityToken\.Expired"):
        assume(
            running_cloud,
            access_key_id=keys[0],
            access_key_secret=keys[1],
            security_token=keys[2],
        )


@pytest.mark.parametrize(
    ("change", "sms", "ots"),
    [
        (
            lambda keys: (keys[0], keys[1], None),
            "404 InvalidAccessKeyId.NotFound",
            "403 OTSAuthFailed The AccessKeyID does not exist.",
        ),
        (
            lambda keys: (keys[0], keys[1], "another"),
            "400 InvalidSecurityToken.MismatchWithAccessKey",
            "403 OTSAuthFailed The STS token is not the AccessKeyID's.",
        ),
        (
            lambda keys: (keys[0], "another", keys[2]),
            "400 SignatureDoesNotMatch",
            "403 OTSAuthFailed Signature mismatch.",
        ),
    ],
    ids=["no token", "another token", "another secret"],
)
def test_keys_work_with_their_own_token_only(
    running_cloud: Cloud,
    change: Callable[[tuple[str, str, str]], tuple[str, str, str | None]],
    sms: str,
    ots: str,
) -> None:
    keys = change(three(assume(running_cloud)))
    assert send(running_cloud, *keys) == sms
    assert store(running_cloud, *keys) == ots


@pytest.mark.parametrize("token", [None, "any"])
def test_the_key_for_good_takes_any_token(running_cloud: Cloud, token: str | None) -> None:
    assert send(running_cloud, "local", "local-secret", token) == "OK"
    assert store(running_cloud, "local", "local-secret", token) == "OK"
    assert running_cloud.control("keys")["used"] == {}


def test_faults_reach_sts(running_cloud: Cloud) -> None:
    running_cloud.fault("sts", "AssumeRole", "error:EntityNotExist.Role")
    with pytest.raises(CredentialException, match="http_code: 404"):
        assume(running_cloud)


def test_a_wish_that_is_none_is_refused(running_cloud: Cloud) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        running_cloud.control("keys", {"life": "long"})
    assert refused.value.code == 400
    refused.value.close()
