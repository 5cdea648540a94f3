"""Alibaba Cloud's OpenAPI over HTTP: signature, action, answer, and failures on demand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web

from scripts.local_cloud import faults
from scripts.local_cloud.faults import Calls, Faults
from scripts.local_cloud.keys import AccessKeys
from scripts.local_cloud.openapi.captcha import Captcha
from scripts.local_cloud.openapi.dybase import Dybase
from scripts.local_cloud.openapi.dypns import Dypns
from scripts.local_cloud.openapi.dysms import Dysms
from scripts.local_cloud.openapi.errors import ApiError, wished
from scripts.local_cloud.openapi.listings import Listings
from scripts.local_cloud.openapi.records import Records
from scripts.local_cloud.openapi.reviews import Reviews
from scripts.local_cloud.openapi.signature import Signatures
from scripts.local_cloud.openapi.sts import Sts, get_caller_identity
from scripts.local_cloud.openapi.tags import Tags

ANONYMOUS = "AssumeRoleWithOIDC"
"""The one action whose requests bear no signature: its token stands for one."""

Action: TypeAlias = Callable[[Mapping[str, str]], dict[str, Any]]


class OpenApiServer:
    """Answers / with the action named in x-acs-action, or in the query as Action.

    Dysms and PNVS both have a QuerySendDetails, and nothing but the host tells their requests
    apart: `handle` finds the messages of both, `handle_dypns` those of PNVS alone.
    """

    def __init__(
        self,
        dysms: Dysms,
        reviews: Reviews,
        dypns: Dypns,
        captcha: Captcha,
        dybase: Dybase,
        records: Records,
        sts: Sts,
        listings: Listings,
        tags: Tags,
        keys: AccessKeys,
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
            "AssumeRole": ("sts", sts.assume_role),
            ANONYMOUS: ("sts", sts.assume_role_with_oidc),
            "VerifyIntelligentCaptcha": ("captcha", captcha.verify),
            "SendSmsVerifyCode": ("dypns", dypns.send_sms_verify_code),
            "CheckSmsVerifyCode": ("dypns", dypns.check_sms_verify_code),
        }
        details = partial(records.query_send_details, provider="dypns")
        self._of_dypns: dict[str, tuple[str, Action]] = {
            **{name: action for name, action in self._actions.items() if action[0] == "dypns"},
            "QuerySendDetails": ("dypns", details),
        }
        self._signatures = Signatures(keys)
        self._keys = keys
        self._faults = fault_list
        self._calls = calls

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to any of the products."""
        return await self._answer(request, self._actions)

    async def handle_dypns(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to PNVS."""
        return await self._answer(request, self._of_dypns)

    async def _answer(
        self, request: web.Request, actions: Mapping[str, tuple[str, Action]]
    ) -> web.StreamResponse:
        request_id = str(uuid.uuid4()).upper()
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        service = ""
        try:
            key_id, name = self._admit(request, headers, body)
            if name not in actions:
                raise ApiError(404, "InvalidAction.NotFound", "Specified api is not found.")
            service, action = actions[name]
            self._calls.saw(service, name)
            self._keys.note(key_id, service)
            parameters = {**request.query, **_form(body)}
            answer = await self._apply(service, name, action, parameters)
        except ApiError as error:
            return _error(error, request_id, service)
        return web.json_response({**answer, "RequestId": request_id})

    def _admit(
        self, request: web.Request, headers: Mapping[str, str], body: bytes
    ) -> tuple[str, str]:
        """Return whose key a request is signed with, and its action; raise ApiError."""
        name = headers.get("x-acs-action")
        if name is not None or "Action" not in request.query:
            checked = (request.method, request.path, request.query, headers, body)
            return self._signatures.check(*checked), name or ""
        name = request.query["Action"]
        if name == ANONYMOUS:
            return "", name
        return self._signatures.check_query(request.method, request.query), name

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


def _error(error: ApiError, request_id: str, service: str) -> web.Response:
    body: dict[str, Any] = {
        "Code": error.code,
        "Message": error.message,
        "RequestId": request_id,
    }
    if service == "dypns":
        body |= {"Success": False, "AccessDeniedDetail": ""}
    return web.json_response(body, status=error.status)
