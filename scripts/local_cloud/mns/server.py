"""MNS over HTTP: ReceiveMessage, BatchReceiveMessage, DeleteMessage and BatchDeleteMessage.

Not checked: peeking, sending and queue attributes, which the owner of these queues alone may use.
Source: the MNS documentation's page on each operation.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web

from scripts.local_cloud import faults
from scripts.local_cloud.faults import Calls, Faults
from scripts.local_cloud.mns import documents
from scripts.local_cloud.mns.errors import ERRORS, MnsError
from scripts.local_cloud.mns.queues import NAMES, OF_THE_OTHER, Queues, Received
from scripts.local_cloud.mns.signature import Signatures
from scripts.local_cloud.mns.tokens import Tokens

BATCH = 16
LONGEST_WAIT = 30
POLL_SECONDS = 0.05


class MnsServer:
    """Answers on a port of its own."""

    def __init__(
        self,
        queues: Queues,
        tokens: Tokens,
        fault_list: Faults,
        calls: Calls,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queues = queues
        self._signatures = Signatures(tokens, clock=clock)
        self._faults = fault_list
        self._calls = calls

    def app(self) -> web.Application:
        """Return the HTTP application."""
        app = web.Application(middlewares=[faults.hang_up])
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        request_id = uuid.uuid4().hex[:24].upper()
        body = await request.read()
        try:
            answer = await self._answer(request, body)
        except MnsError as error:
            document = documents.one(
                "Error",
                {
                    "Code": error.code,
                    "Message": error.message,
                    "RequestId": request_id,
                    "HostId": f"http://{request.host}",
                },
            )
            answer = web.Response(status=error.status, body=document)
        answer.headers["x-mns-request-id"] = request_id
        answer.headers["x-mns-version"] = "2015-06-06"
        if answer.body:
            answer.content_type = "text/xml"
        return answer

    async def _answer(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        token = self._signatures.check(request.method, request.raw_path, headers)
        parts = request.path.strip("/").split("/")
        if len(parts) != 3 or (parts[0], parts[2]) != ("queues", "messages"):
            raise MnsError("InvalidRequestURL")
        queue = OF_THE_OTHER.get(parts[1], parts[1])
        if queue not in NAMES:
            raise MnsError("QueueNotExist")
        if NAMES[queue] != token.message_type:
            raise MnsError("AccessDenied")
        operation, apply = self._operation(request, queue, body)
        self._calls.saw("mns", operation)

        def error(code: str) -> web.Response:
            raise MnsError(code)

        fault = self._faults.next("mns", operation)
        return await faults.under(self._faults, fault, apply, error=error)

    def _operation(
        self, request: web.Request, queue: str, body: bytes
    ) -> tuple[str, Callable[[], Awaitable[web.Response]]]:
        """Return the operation that a request names, and what carries it out."""
        if request.method == "GET" and "numOfMessages" in request.query:
            return "BatchReceiveMessage", lambda: self._receive_some(request, queue)
        if request.method == "GET" and "peekonly" not in request.query:
            return "ReceiveMessage", lambda: self._receive_one(request, queue)
        if request.method == "DELETE" and "ReceiptHandle" in request.query:
            return "DeleteMessage", lambda: self._delete_one(request, queue)
        if request.method == "DELETE":
            return "BatchDeleteMessage", lambda: self._delete_some(request, queue, body)
        raise MnsError("AccessDenied")

    async def _receive_one(self, request: web.Request, queue: str) -> web.Response:
        (message,) = await self._wait_for(queue, 1, _number(request, "waitseconds", 0))
        return web.Response(body=documents.one("Message", message.fields))

    async def _receive_some(self, request: web.Request, queue: str) -> web.Response:
        most = _number(request, "numOfMessages", BATCH)
        if not 1 <= most <= BATCH:
            raise MnsError("InvalidArgument")
        found = await self._wait_for(queue, most, _number(request, "waitseconds", 0))
        fields = (message.fields for message in found)
        return web.Response(body=documents.many("Messages", "Message", fields))

    async def _wait_for(self, queue: str, most: int, seconds: int) -> list[Received]:
        """Receive messages, or wait until there are some."""
        if not 0 <= seconds <= LONGEST_WAIT:
            raise MnsError("InvalidArgument")
        until = time.monotonic() + seconds
        while not (found := self._queues.receive(queue, most)):
            if time.monotonic() >= until:
                raise MnsError("MessageNotExist")
            await asyncio.sleep(POLL_SECONDS)
        return found

    async def _delete_one(self, request: web.Request, queue: str) -> web.Response:
        if not self._queues.delete(queue, request.query["ReceiptHandle"]):
            raise MnsError("ReceiptHandleError")
        return web.Response(status=204)

    async def _delete_some(self, request: web.Request, queue: str, body: bytes) -> web.Response:
        _check_digest(request, body)
        handles = documents.receipt_handles(body)
        if not 1 <= len(handles) <= BATCH:
            raise MnsError("InvalidArgument")
        wrong = [handle for handle in handles if not self._queues.delete(queue, handle)]
        if not wrong:
            return web.Response(status=204)
        code = "ReceiptHandleError"
        status, message = ERRORS[code]
        items = (
            {"ErrorCode": code, "ErrorMessage": message, "ReceiptHandle": handle}
            for handle in wrong
        )
        return web.Response(status=status, body=documents.many("Errors", "Error", items))


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    if text and not text.isdecimal():
        raise MnsError("InvalidArgument")
    return int(text) if text else otherwise


def _check_digest(request: web.Request, body: bytes) -> None:
    """Compare Content-MD5, which the SDKs send as the Base64 of the digest in hexadecimal."""
    digest = hashlib.md5(body, usedforsecurity=False)
    wanted = request.headers.get("Content-MD5", "")
    forms = (digest.hexdigest().encode(), digest.digest())
    if wanted and wanted not in [base64.b64encode(form).decode() for form in forms]:
        raise MnsError("InvalidDegist")
