"""PNVS asked by the real SDK: what its tests have in common."""

from __future__ import annotations

from typing import Any

from alibabacloud_dypnsapi20170525.client import Client
from alibabacloud_dypnsapi20170525.models import CheckSmsVerifyCodeRequest, SendSmsVerifyCodeRequest
from alibabacloud_tea_openapi.utils_models import Config

from tests.service import Cloud

PHONE = "13800138000"
SIGNS = (
    "云渚科技验证平台",
    "云渚科技验证服务",
    "速通互联验证码",
    "速通互联验证平台",
    "速通互联验证服务",
)
PARAMS = '{"code": "##code##", "min": "5"}'


def client(cloud: Cloud, *, at: str | None = None) -> Any:
    return Client(
        Config(
            access_key_id="local",
            access_key_secret="local-secret",
            endpoint=(at or cloud.openapi).removeprefix("http://"),
            protocol="HTTP",
        )
    )


def send(cloud: Cloud, phone: str | None = PHONE, *, at: str | None = None, **changes: Any) -> Any:
    """Send a code that Aliyun makes, with no interval to wait for, unless changed."""
    fields = {
        "phone_number": phone,
        "sign_name": SIGNS[0],
        "template_code": "100001",
        "template_param": PARAMS,
        "interval": 0,
        **changes,
    }
    return client(cloud, at=at).send_sms_verify_code(SendSmsVerifyCodeRequest(**fields)).body


def check(
    cloud: Cloud, code: str | None, phone: str | None = PHONE, *, at: str | None = None, **rest: Any
) -> Any:
    request = CheckSmsVerifyCodeRequest(phone_number=phone, verify_code=code, **rest)
    return client(cloud, at=at).check_sms_verify_code(request).body


def verdict(cloud: Cloud, code: str, phone: str = PHONE, **rest: Any) -> str:
    body = check(cloud, code, phone, **rest)
    assert (body.code, body.success) == ("OK", True)
    return str(body.model.verify_result)


def latest(cloud: Cloud) -> str:
    """Return the code in the newest message."""
    return str(cloud.outbox()[0]["params"]["code"])
