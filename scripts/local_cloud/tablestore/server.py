"""Tablestore's protocol over HTTP: headers, signatures, errors, and failures on demand."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timezone

import tablestore.protobuf.table_store_pb2 as pb
from aiohttp import web

from scripts.local_cloud import faults
from scripts.local_cloud.faults import Calls, Faults
from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.operations import Operations
from scripts.local_cloud.tablestore.signature import Keys, authorization, content_md5
from scripts.local_cloud.tablestore.store import Store

SERVICE = "tablestore"


class TablestoreServer:
    """Answers POST /<Operation>; `clock` tells the tables UTC seconds."""

    def __init__(
        self,
        store: Store,
        keys: Keys,
        fault_list: Faults,
        calls: Calls,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._operations = Operations(store, clock=clock)
        self._keys = keys
        self._faults = fault_list
        self._calls = calls

    def app(self) -> web.Application:
        """Return the HTTP application."""
        app = web.Application(client_max_size=limits.REQUEST_BODY, middlewares=[faults.hang_up])
        app.router.add_route("*", "/{operation:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        operation = request.match_info["operation"]
        key: str | None = None
        try:
            if request.method != "POST":
                raise OTSError("OTSMethodNotAllowed", "Only POST method for requests is supported.")
            body = await self._body(request)
            self._operations.check_name(operation)
            key = self._keys.check(request.path, request.query_string, headers, body)
            self._calls.saw(SERVICE, operation)
            status, answer = await self._apply(operation, body)
        except OTSError as error:
            status, answer = _error(error)
        return self._respond(request, headers, key, status, answer)

    @staticmethod
    async def _body(request: web.Request) -> bytes:
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise OTSError(
                "OTSRequestBodyTooLarge", "The size of POST data is too large."
            ) from None
        except web.RequestPayloadError:
            raise invalid("The body is not what its Content-Encoding says.") from None

    async def _apply(self, operation: str, body: bytes) -> tuple[int, bytes]:
        fault = self._faults.next(SERVICE, operation)
        partial = fault is not None and fault.kind == "partial"
        failed_rows = {fault.row: fault.code} if fault is not None and partial else {}

        async def apply() -> tuple[int, bytes]:
            return 200, self._operations.run(operation, body, failed_rows)

        return await faults.under(
            self._faults, fault, apply, error=lambda code: _error(OTSError(code))
        )

    @staticmethod
    def _respond(
        request: web.Request,
        request_headers: Mapping[str, str],
        key: str | None,
        status: int,
        body: bytes,
    ) -> web.Response:
        headers = {
            "x-ots-contentmd5": content_md5(body),
            "x-ots-contenttype": "protocol buffer",
            "x-ots-date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "x-ots-requestid": str(uuid.uuid4()),
        }
        if key is not None:
            headers["Authorization"] = authorization(
                request.path, headers, request_headers["x-ots-accesskeyid"], key
            )
        return web.Response(status=status, body=body, headers=headers)


def _error(error: OTSError) -> tuple[int, bytes]:
    # A text may quote what a client sent, and that need not have been UTF-8.
    text = error.message.encode(errors="replace").decode()
    message = pb.Error(code=error.code, message=text)
    return error.status, message.SerializeToString()
