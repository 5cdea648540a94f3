"""Each call to Aliyun's products that the functions make, in a form that certainly does nothing.

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
WITHOUT_VARIABLES = "{}"
"""A second reason to refuse a message: codes of ours stand in every template."""


def send_sms(case: Case) -> str:
    """Ask to send to nobody, without the template's variables."""
    from alibabacloud_dysmsapi20170525.models import SendSmsRequest

    settings = case.settings
    request = SendSmsRequest(
        phone_numbers=NOBODY,
        sign_name=settings.dysms_sign_name,
        template_code=next(iter(settings.dysms_templates.values())),
        template_param=WITHOUT_VARIABLES,
    )
    return code_answered(lambda: _dysms(case).send_sms_with_options(request, runtime()).body)


def query_details(case: Case) -> str:
    """Ask what was sent to nobody today."""
    from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest

    request = QuerySendDetailsRequest(**_details(case))
    client = _dysms(case)
    return code_answered(lambda: client.query_send_details_with_options(request, runtime()).body)


def send_code_by_pnvs(case: Case, sign_name: str | None = None) -> str:
    """Ask PNVS to send to nobody, under one of the gifted sign names."""
    from alibabacloud_dypnsapi20170525.models import SendSmsVerifyCodeRequest

    settings = case.settings
    request = SendSmsVerifyCodeRequest(
        phone_number=NOBODY,
        sign_name=sign_name or settings.pnvs_sign_name[0],
        template_code=next(iter(settings.pnvs_templates.values())),
        template_param=WITHOUT_VARIABLES,
    )
    client = _dypns(case)
    return code_answered(lambda: client.send_sms_verify_code_with_options(request, runtime()).body)


def check_code_by_pnvs(case: Case) -> str:
    """Ask PNVS to check a code of nobody's."""
    from alibabacloud_dypnsapi20170525.models import CheckSmsVerifyCodeRequest

    request = CheckSmsVerifyCodeRequest(phone_number=NOBODY, verify_code="-")
    client = _dypns(case)
    return code_answered(lambda: client.check_sms_verify_code_with_options(request, runtime()).body)


def query_details_of_pnvs(case: Case) -> str:
    """Ask PNVS what was sent to nobody today."""
    from alibabacloud_dypnsapi20170525.models import QuerySendDetailsRequest

    request = QuerySendDetailsRequest(**_details(case))
    client = _dypns(case)
    return code_answered(lambda: client.query_send_details_with_options(request, runtime()).body)


def query_token(case: Case) -> str:
    """Borrow keys to a queue, and drop them: nothing is received with them."""
    from alibabacloud_dybaseapi20170525.models import QueryTokenForMnsQueueRequest

    from shared.providers.receipt_queues import TYPES

    kind = TYPES[case.settings.receipt_queues[0]]
    name = f"Alicom-Queue-{account(case)}-{kind}"
    request = QueryTokenForMnsQueueRequest(message_type=kind, queue_name=name)
    client = dybase(case)
    return code_answered(
        lambda: client.query_token_for_mns_queue_with_options(request, runtime()).body
    )


def verify_captcha(case: Case) -> str:
    """Ask about a text that is no token."""
    return code_answered(lambda: captcha_answer(case, _any_scene_id(case)))


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
    "dysms:QuerySendDetails": query_details,
    "dypns:SendSmsVerifyCode": send_code_by_pnvs,
    "dypns:CheckSmsVerifyCode": check_code_by_pnvs,
    "dypns:QuerySendDetails": query_details_of_pnvs,
    "dybase:QueryTokenForMnsQueue": query_token,
    "yundun-afs:VerifyCaptcha": verify_captcha,
}
"""RAM's action -> what makes its call and returns the code of the answer."""


def dybase(case: Case) -> Any:
    """Return a client of Dybase, which lends the queues' keys."""
    from alibabacloud_dybaseapi20170525.client import Client

    return Client(openapi_config(sms_keys(case), case.settings.dybase_endpoint))


def _dysms(case: Case) -> Any:
    from alibabacloud_dysmsapi20170525.client import Client

    return Client(openapi_config(sms_keys(case), case.settings.dysms_endpoint))


def _dypns(case: Case) -> Any:
    from alibabacloud_dypnsapi20170525.client import Client

    return Client(openapi_config(sms_keys(case), case.settings.pnvs_endpoint))


def _details(case: Case) -> dict[str, Any]:
    today = datetime.fromtimestamp(case.clock(), BEIJING).strftime("%Y%m%d")
    return {"phone_number": NOBODY, "send_date": today, "page_size": 1, "current_page": 1}


def _any_scene_id(case: Case) -> str:
    return next(iter(case.settings.aliyun_captcha_scene_ids.values()), "-")
