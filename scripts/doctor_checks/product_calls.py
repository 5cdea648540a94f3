"""Each call to Aliyun's products that policies allow, in a form that certainly does nothing.

`0` is no phone number, so nothing can be sent to it, nor a guess be spent on it. That a product
looks at permissions before it looks at the number is what everybody's error lists suggest, and
nobody wrote down [U]: where it does not, a missing permission shows as the refusal of the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.openapi import code_answered, runtime
from scripts.doctor_checks.whose import account, functions_keys, sms_keys
from shared.credentials import openapi_config
from shared.domain.rates import BEIJING

NOBODY = "0"
NO_TOKEN = "fail: scripts/doctor"  # noqa: S105 - passes nowhere
_PAGE = {"page_index": 1, "page_size": 1}
WITHOUT_VARIABLES = "{}"
"""A second reason to refuse a message: every template has a variable for the code."""


def send_sms(case: Case) -> str:
    """Ask to send to nobody, without the template's variables."""
    return _dysms(
        case,
        "SendSms",
        phone_numbers=NOBODY,
        sign_name=case.settings.dysms_sign_name,
        template_code=_template(case),
        template_param=WITHOUT_VARIABLES,
    )


def send_code_by_pnvs(case: Case, sign_name: str | None = None) -> str:
    """Ask PNVS to send to nobody, under one of the gifted sign names."""
    settings = case.settings
    return _dypns(
        case,
        "SendSmsVerifyCode",
        phone_number=NOBODY,
        sign_name=sign_name or settings.pnvs_sign_name[0],
        template_code=next(iter(settings.pnvs_templates.values())),
        template_param=WITHOUT_VARIABLES,
    )


def check_code_by_pnvs(case: Case) -> str:
    """Ask PNVS to check a code of nobody's."""
    return _dypns(case, "CheckSmsVerifyCode", phone_number=NOBODY, verify_code="-")


def query_token(case: Case) -> str:
    """Borrow keys to a queue, and drop them: nothing is received with them."""
    from shared.providers.receipt_queues import TYPES

    kind = TYPES[case.settings.receipt_queues[0]]
    return code_answered(lambda: queue_token(case, kind))


def queue_token(case: Case, message_type: str) -> Any:
    """Return Dybase's answer to who asks for keys to a queue; raise the SDK's exceptions."""
    from alibabacloud_dybaseapi20170525.client import Client
    from alibabacloud_dybaseapi20170525.models import QueryTokenForMnsQueueRequest

    client = Client(openapi_config(sms_keys(case), case.settings.dybase_endpoint))
    request = QueryTokenForMnsQueueRequest(
        message_type=message_type, queue_name=queue_name(case, message_type)
    )
    return client.query_token_for_mns_queue_with_options(request, runtime()).body


def queue_name(case: Case, message_type: str) -> str:
    """Return what the queue of one type of report is called."""
    return f"Alicom-Queue-{account(case)}-{message_type}"


def verify_captcha(case: Case) -> str:
    """Ask about a text that is no token."""
    scene_id = next(iter(case.settings.aliyun_captcha_scene_ids.values()), "-")
    return code_answered(lambda: captcha_answer(case, scene_id))


def captcha_answer(case: Case, scene_id: str) -> Any:
    """Return what Alibaba Captcha says of a text that is no token; raise the SDK's exceptions."""
    from alibabacloud_captcha20230305.client import Client
    from alibabacloud_captcha20230305.models import VerifyIntelligentCaptchaRequest

    request = VerifyIntelligentCaptchaRequest(captcha_verify_param=NO_TOKEN, scene_id=scene_id)
    endpoint = case.settings.aliyun_captcha_endpoint
    client = Client(openapi_config(functions_keys(case), endpoint))
    return client.verify_intelligent_captcha_with_options(request, runtime()).body


CALLS: Mapping[str, Callable[[Case], str]] = {
    "dysms:SendSms": send_sms,
    "dysms:QuerySendDetails": lambda case: _dysms(case, "QuerySendDetails", **_details(case)),
    "dypns:SendSmsVerifyCode": send_code_by_pnvs,
    "dypns:CheckSmsVerifyCode": check_code_by_pnvs,
    "dypns:QuerySendDetails": lambda case: _dypns(case, "QuerySendDetails", **_details(case)),
    "dybase:QueryTokenForMnsQueue": query_token,
    "yundun-afs:VerifyCaptcha": verify_captcha,
    "dysms:GetSmsSign": lambda case: _dysms(
        case, "GetSmsSign", sign_name=case.settings.dysms_sign_name
    ),
    "dysms:GetSmsTemplate": lambda case: _dysms(
        case, "GetSmsTemplate", template_code=_template(case)
    ),
    "dysms:QuerySmsSignList": lambda case: _dysms(case, "QuerySmsSignList", **_PAGE),
    "dysms:QuerySmsTemplateList": lambda case: _dysms(case, "QuerySmsTemplateList", **_PAGE),
    "dysms:ListTagResources": lambda case: _dysms(
        case,
        "ListTagResources",
        region_id="cn-hangzhou",
        resource_type="TEMPLATE",
        resource_id=[_template(case)],
    ),
    "dysms:QuerySendStatistics": lambda case: _dysms(
        case,
        "QuerySendStatistics",
        is_globe=1,
        start_date=_today(case),
        end_date=_today(case),
        **_PAGE,
    ),
}
"""RAM's action -> what makes its call and returns the code of the answer."""


def _dysms(case: Case, operation: str, **fields: Any) -> str:
    from alibabacloud_dysmsapi20170525 import models
    from alibabacloud_dysmsapi20170525.client import Client

    client = Client(openapi_config(sms_keys(case), case.settings.dysms_endpoint))
    return _asked(client, models, operation, fields)


def _dypns(case: Case, operation: str, **fields: Any) -> str:
    from alibabacloud_dypnsapi20170525 import models
    from alibabacloud_dypnsapi20170525.client import Client

    client = Client(openapi_config(sms_keys(case), case.settings.pnvs_endpoint))
    return _asked(client, models, operation, fields)


def _asked(client: Any, models: Any, operation: str, fields: Mapping[str, Any]) -> str:
    """Call an operation by its name, which the SDK's methods spell in lower case."""
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in operation)
    call = getattr(client, f"{name.lstrip('_')}_with_options")
    request = getattr(models, f"{operation}Request")(**fields)
    return code_answered(lambda: call(request, runtime()).body)


def _details(case: Case) -> dict[str, Any]:
    return {
        "phone_number": NOBODY,
        "send_date": _today(case),
        "page_size": 1,
        "current_page": 1,
    }


def _today(case: Case) -> str:
    return datetime.fromtimestamp(case.clock(), BEIJING).strftime("%Y%m%d")


def _template(case: Case) -> str:
    return next(iter(case.settings.dysms_templates.values()))
