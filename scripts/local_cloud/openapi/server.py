"""Alibaba Cloud's OpenAPI over HTTP: signature, action, answer, and failures on demand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web

from scripts.local_cloud import faults
from scripts.local_cloud.faults import Calls, Faults
from scripts.local_cloud.openapi.captcha import Captcha
from scripts.local_cloud.openapi.dybase import Dybase
from scripts.local_cloud.openapi.dysms import Dysms
from scripts.local_cloud.openapi.errors import ApiError, wished
from scripts.local_cloud.openapi.listings import Listings
from scripts.local_cloud.openapi.records import Records
from scripts.local_cloud.openapi.reviews import Reviews
from scripts.local_cloud.openapi.signature import Signatures
from scripts.local_cloud.openapi.sts import get_caller_identity
from scripts.local_cloud.openapi.tags import Tags

Action: TypeAlias = Callable[[Mapping[str, str]], dict[str, Any]]


class OpenApiServer:
    """Answers POST / with the action named in x-acs-action."""

    def __init__(
        self,
        dysms: Dysms,
        reviews: Reviews,
        captcha: Captcha,
        dybase: Dybase,
        records: Records,
        listings: Listings,
        tags: Tags,
        signatures: Signatures,
        fault_list: Faults,
        calls: Calls,
    ) -> None:
        self._actions: dict[str, tuple[str, Action]] = {
            "SendSms": ("dysms", dysms.send_sms),
            "GetSmsSign": ("dysms", reviews.get_sms_sign),
            "GetSmsTemplate": ("dysms", reviews.get_sms_template),
            "QuerySmsSignList": ("dysms", listings.query_sms_sign_list),
            "QuerySmsTemplateList": ("dysms", listings.query_sms_template_list),
            "ListTagResources": ("dysms", tags.list_tag_resources),
            "TagResources": ("dysms", tags.tag_resources),
            "UntagResources": ("dysms", tags.untag_resources),
            "QuerySendDetails": ("dysms", records.query_send_details),
            "QuerySendStatistics": ("dysms", records.query_send_statistics),
            "QueryTokenForMnsQueue": ("dybase", dybase.query_token_for_mns_queue),
            "GetCallerIdentity": ("sts", get_caller_identity),
            "VerifyIntelligentCaptcha": ("captcha", captcha.verify),
        }
        self._signatures = signatures
        self._faults = fault_list
        self._calls = calls

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        request_id = str(uuid.uuid4()).upper()
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        try:
            self._signatures.check(request.method, request.path, request.query, headers, body)
            name = headers["x-acs-action"]
            if name not in self._actions:
                raise ApiError(404, "InvalidAction.NotFound", "Specified api is not found.")
            service, action = self._actions[name]
            self._calls.saw(service, name)
            parameters = {**request.query, **_form(body)}
            answer = await self._apply(service, name, action, parameters)
        except ApiError as error:
            return _error(error, request_id)
        return web.json_response({**answer, "RequestId": request_id})

    async def _apply(
        self, service: str, name: str, action: Action, parameters: Mapping[str, str]
    ) -> dict[str, Any]:
        async def apply() -> dict[str, Any]:
            return action(parameters)

        def error(code: str) -> dict[str, Any]:
            raise wished(code)

        fault = self._faults.next(service, name)
        return await faults.under(self._faults, fault, apply, error=error)


def _form(body: bytes) -> dict[str, str]:
    """Read parameters from a form: some actions have theirs there, some in the URL."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _error(error: ApiError, request_id: str) -> web.Response:
    return web.json_response(
        {"Code": error.code, "Message": error.message, "RequestId": request_id},
        status=error.status,
    )
