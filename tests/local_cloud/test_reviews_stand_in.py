"""The stand-ins for GetSmsSign, GetSmsTemplate and GetCallerIdentity, asked by the real SDKs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import (
    GetSmsSignRequest,
    GetSmsTemplateRequest,
    SendSmsRequest,
)
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from tests.service import Cloud

SIGNS: list[Any] = [
    "approved",
    {"name": "reviewing", "state": "reviewing"},
    {"name": "rejected", "state": "rejected", "reason": "not yours", "carriers": {"mobile": -2}},
    {"name": "cancelled", "state": "cancelled"},
]
TEMPLATES: dict[str, Any] = {
    "SMS_1": "${code}, ${min}",
    "SMS_2": {"text": "${code}", "state": "reviewing", "type": 1, "rules": {"code": "others"}},
    "SMS_3": {"text": "${code}", "state": "rejected", "reason": "too short"},
}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud whose console holds signs and templates in every state."""
    catalogue: Path = tmp_path_factory.mktemp("catalogue") / "catalogue.json"
    catalogue.write_text(json.dumps({"sign_names": SIGNS, "templates": TEMPLATES}), "utf-8")
    cloud = Cloud.start("--catalogue", str(catalogue))
    yield cloud
    cloud.stop()


def config(cloud: Cloud, secret: str = "local-secret") -> Any:
    return Config(
        access_key_id="local",
        access_key_secret=secret,
        endpoint=cloud.openapi.removeprefix("http://"),
        protocol="HTTP",
    )


def sign(cloud: Cloud, name: str) -> Any:
    return Client(config(cloud)).get_sms_sign(GetSmsSignRequest(sign_name=name)).body


def template(cloud: Cloud, code: str) -> Any:
    request = GetSmsTemplateRequest(template_code=code)
    return Client(config(cloud)).get_sms_template(request).body


def identity(cloud: Cloud, **keys: str) -> Any:
    what = Params(
        action="GetCallerIdentity",
        version="2015-04-01",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    client = OpenApiClient(config(cloud, **keys))
    return client.call_api(what, OpenApiRequest(), RuntimeOptions())["body"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("approved", 1), ("reviewing", 0), ("rejected", 2), ("cancelled", 10)],
)
def test_a_sign_has_the_state_of_its_review(reviewed: Cloud, name: str, status: int) -> None:
    answer = sign(reviewed, name)
    assert (answer.code, answer.sign_name, answer.sign_status) == ("OK", name, status)


def test_a_sign_tells_why_it_was_rejected_and_where_it_is_registered(reviewed: Cloud) -> None:
    answer = sign(reviewed, "rejected")
    assert answer.audit_info.reject_info == "not yours"
    (carrier,) = answer.sign_isp_register_detail_list
    assert (carrier.operator_code, carrier.register_status) == ("mobile", -2)


@pytest.mark.parametrize(("code", "status"), [("SMS_1", "1"), ("SMS_2", "0"), ("SMS_3", "2")])
def test_a_template_has_the_state_of_its_review_as_text(
    reviewed: Cloud, code: str, status: str
) -> None:
    assert template(reviewed, code).template_status == status


def test_a_template_tells_its_text_type_and_rules(reviewed: Cloud) -> None:
    first, second = template(reviewed, "SMS_1"), template(reviewed, "SMS_2")
    assert (first.template_content, first.template_type) == ("${code}, ${min}", "0")
    assert (second.template_type, json.loads(second.variable_attribute)) == (
        "1",
        {"code": "others"},
    )
    assert template(reviewed, "SMS_3").audit_info.reject_info == "too short"


def test_what_is_not_there_has_a_code_of_its_own(reviewed: Cloud) -> None:
    assert sign(reviewed, "nobody").code == "isv.SMS_SIGNATURE_ILLEGAL"
    assert template(reviewed, "SMS_0").code == "isv.SMS_TEMPLATE_ILLEGAL"


@pytest.mark.parametrize(
    ("sign_name", "code", "answer"),
    [
        ("approved", "SMS_1", "OK"),
        ("reviewing", "SMS_1", "isv.SIGN_STATE_ILLEGAL"),
        ("cancelled", "SMS_1", "isv.SIGN_STATE_ILLEGAL"),
        ("approved", "SMS_2", "isv.SMS_TEMPLATE_ILLEGAL"),
    ],
)
def test_nothing_is_sent_that_is_not_approved(
    reviewed: Cloud, sign_name: str, code: str, answer: str
) -> None:
    reviewed.reset()
    request = SendSmsRequest(
        phone_numbers="13800138000",
        sign_name=sign_name,
        template_code=code,
        template_param='{"code": "123456", "min": "5"}',
    )
    assert Client(config(reviewed)).send_sms(request).body.code == answer
    assert len(reviewed.outbox()) == (answer == "OK")


def test_the_caller_is_told_who_it_is(reviewed: Cloud) -> None:
    answer = identity(reviewed)
    assert answer["AccountId"] in answer["Arn"]
    assert answer["IdentityType"] == "AssumedRoleUser"
    assert reviewed.calls("sts")["GetCallerIdentity"] > 0


def test_nobody_is_told_anything_with_a_wrong_secret(reviewed: Cloud) -> None:
    with pytest.raises(ClientException) as error:
        identity(reviewed, secret="wrong")
    assert error.value.code == "SignatureDoesNotMatch"


def test_each_of_them_fails_on_demand(reviewed: Cloud) -> None:
    reviewed.fault("dysms", "GetSmsSign", "error:isp.RAM_PERMISSION_DENY")
    assert sign(reviewed, "approved").code == "isp.RAM_PERMISSION_DENY"
    for service, operation, ask in (
        ("dysms", "GetSmsTemplate", lambda: template(reviewed, "SMS_1")),
        ("sts", "GetCallerIdentity", lambda: identity(reviewed)),
    ):
        reviewed.fault(service, operation, "error:Throttling.User")
        with pytest.raises(ClientException) as error:
            ask()
        assert error.value.code == "Throttling.User"
