"""The /_local endpoints of the carriers: make them report, reply, review, and misbehave."""

from __future__ import annotations

import dataclasses
import json
from functools import partial

from aiohttp import web

from scripts.local_cloud.carrier.carrier import Carrier
from scripts.local_cloud.carrier.entries import reply, sign_review, template_review
from scripts.local_cloud.openapi.console import Console
from scripts.local_cloud.openapi.dysms import e164
from scripts.local_cloud.outbox import as_dict, now
from scripts.local_cloud.wishes import bad, json_object

STATUSES = ("approving", "approved", "rejected")

_dumps = partial(json.dumps, ensure_ascii=False)

HELP = """\
The carriers, under /_local/ (POST, JSON):
  report  {"biz_id", "success", "err_code"}            a message's end, told as Aliyun tells it
  reply   {"phone", "content"}                         somebody writes back (SmsUp)
  review  {"sign_name" or "template_code", "status", "reason"}  a review's result
  carrier {"reports", "delay", "lose", "fail", "err_code", "repeat", "reorder", "batch",
           "timeout_ms", "pauses", "to", "push_url", "seed"}
                                                       how carriers behave; {"clear": true} ends it
GET carrier shows the behaviour, and how many messages and reports are on their way.
"""


class CarrierControl:
    """What tests and people do with the carriers."""

    def __init__(self, carrier: Carrier, console: Console) -> None:
        self._carrier = carrier
        self._console = console

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints to an application."""
        app.router.add_post("/_local/report", self._report)
        app.router.add_post("/_local/reply", self._reply)
        app.router.add_post("/_local/review", self._review)
        app.router.add_get("/_local/carrier", self._show)
        app.router.add_post("/_local/carrier", self._change)

    async def _report(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        biz_id, success = wish.get("biz_id"), wish.get("success")
        if not isinstance(biz_id, str) or not isinstance(success, bool):
            return bad('send {"biz_id": "...", "success": true or false, "err_code": "..."}')
        messages = self._carrier.report(
            biz_id, success=success, err_code=str(wish.get("err_code") or "")
        )
        if not messages:
            return bad(f"no message has biz_id {biz_id}; see GET /_local/outbox", status=404)
        return web.json_response(as_dict(messages[0]), dumps=_dumps)

    async def _reply(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        phone, content = e164(str(wish.get("phone") or "")), wish.get("content")
        if phone is None or not isinstance(content, str):
            return bad('send {"phone": "...", "content": "..."}')
        entry = reply(phone, content, at=now(), number=self._carrier.next_number())
        self._carrier.announce("sms-up", entry)
        return web.json_response(entry, dumps=_dumps)

    async def _review(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        status, reason = wish.get("status"), str(wish.get("reason") or "")
        sign, template = wish.get("sign_name"), wish.get("template_code")
        number = self._carrier.next_number()
        if status not in STATUSES or (sign is None) == (template is None):
            return bad(f"send sign_name or template_code, and a status of {', '.join(STATUSES)}")
        if sign is not None:
            kind, entry = (
                "sign-report",
                sign_review(str(sign), str(status), reason, at=now(), number=number),
            )
        else:
            code = str(template)
            known = self._console.templates.get(code)
            text = known.text if known is not None else ""
            kind = "template-report"
            entry = template_review(code, text, str(status), reason, at=now(), number=number)
        self._carrier.announce(kind, entry)
        return web.json_response(entry, dumps=_dumps)

    async def _show(self, request: web.Request) -> web.Response:
        behaviour = dataclasses.asdict(self._carrier.behaviour)
        return web.json_response({"behaviour": behaviour, **self._carrier.state()}, dumps=_dumps)

    async def _change(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        try:
            if wish.get("clear") is True:
                self._carrier.behave(self._carrier.usual)
            else:
                self._carrier.behave(self._carrier.behaviour.changed(wish))
        except ValueError as error:
            return bad(str(error))
        return await self._show(request)
