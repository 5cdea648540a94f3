"""Aliyun's own queues of reports: keys from Dybase (2017-05-25), messages from MNS.

The queues stand in an account of Alibaba's. QueryTokenForMnsQueue lends keys to one for some ten
minutes; its times are Beijing's and carry no zone (the service's Python demo). We use the MNS SDK's
client, and not the queue objects above it: those have no time-out over TLS, and fail for a whole
batch where one body is no Base64.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_dybaseapi20170525.client import Client
    from alibabacloud_dybaseapi20170525.models import QueryTokenForMnsQueueRequest
    from mns.mns_client import MNSClient
    from mns.mns_exception import MNSExceptionBase, MNSServerException
    from mns.mns_request import (
        BatchDeleteMessageRequest,
        BatchDeleteMessageResponse,
        BatchReceiveMessageRequest,
        BatchReceiveMessageResponse,
    )
    from Tea.exceptions import TeaException

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.domain.rates import BEIJING
from shared.errors import ServiceFailed
from shared.providers.connections import Idleness, code_of, time_outs
from shared.providers.mns_connection import connect
from shared.providers.renewal import asked
from shared.queue_ports import Pulled

TYPES: Mapping[str, str] = {
    "sms-report": "SmsReport",
    "sms-up": "SmsUp",
    "sign-report": "SignSmsReport",
    "template-report": "TemplateSmsReport",
    "pnvs-report": "DypnsSmsVerifyReport",
}
"""Our kinds of report, and the MessageType of each [U: SignSmsReport, from its HTTP name]."""

BATCH = 16
EARLY_SECONDS = 120.0
"""How long before their end keys are given up; the service's demo does so."""

SHORTEST_LIFE = 30.0
"""Seconds for which keys are used whose end nobody understands, or is past by our clock."""

EMPTY, STALE_HANDLE = "MessageNotExist", "ReceiptHandleError"
BAD_KEYS = ("InvalidAccessKeyId", "AccessDenied", "SignatureDoesNotMatch", "SecurityTokenExpired")
"""What MNS answers to keys that ended; its list of error codes names no other [U]."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Access:
    """A client with keys to one queue, until a moment in UTC seconds."""

    client: Any = field(repr=False)
    until: float


class AliyunReceiptQueues:
    """The queues of one account. Holds keys and connections, so keep it as long as ours.

    `account` is the account's id, `clock` returns wall time in UTC seconds.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        account: str,
        dybase_endpoint: str,
        mns_endpoint: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._dybase = Client(openapi_config(keys, dybase_endpoint))
        self._account = account
        self._mns_endpoint = mns_endpoint
        self._clock = clock
        self._idleness = Idleness(clock)
        self._access: dict[str, _Access] = {}

    def receive(self, kind: str, *, deadline: Deadline) -> list[Pulled]:
        """Return up to 16 messages, or none; nothing is waited for. Raise ServiceFailed."""
        request = BatchReceiveMessageRequest(self._queue(kind), BATCH, False, 0)  # noqa: FBT003 - the SDK's

        def receive(client: Any) -> list[Any]:
            response = BatchReceiveMessageResponse()
            try:
                client.batch_receive_message(request, response)
            except MNSServerException as error:
                if error.type == EMPTY:
                    return []
                raise
            return list(response.message_list)

        found = self._ask("BatchReceiveMessage", kind, receive, deadline=deadline)
        return [Pulled(_text(each.message_body), each.receipt_handle) for each in found]

    def delete(self, kind: str, messages: Sequence[Pulled], *, deadline: Deadline) -> int:
        """Delete messages and return how many; those that showed again meanwhile stay."""
        handles = [message.handle for message in messages]
        request = BatchDeleteMessageRequest(self._queue(kind), handles)

        def delete(client: Any) -> int:
            try:
                client.batch_delete_message(request, BatchDeleteMessageResponse())
            except MNSServerException as error:
                if error.type != STALE_HANDLE:
                    raise
                return len(handles) - len(error.sub_errors or handles)
            return len(handles)

        return self._ask("BatchDeleteMessage", kind, delete, deadline=deadline)

    def close(self) -> None:
        """Give up the keys, and close the connections."""
        while self._access:
            self._access.popitem()[1].client.close_connection()

    def _queue(self, kind: str) -> str:
        return f"Alicom-Queue-{self._account}-{TYPES[kind]}"

    def _ask(
        self, operation: str, kind: str, ask: Callable[[Any], Answer], *, deadline: Deadline
    ) -> Answer:
        """Ask MNS; where it no longer knows the keys, once more with new ones."""
        known = kind in self._access
        access = self._access_to(kind, deadline=deadline)
        access.client.http.conn.limit(deadline)
        try:
            return ask(access.client)
        except MNSExceptionBase as error:
            code = str(error.type)
        except OSError as error:
            code = type(error).__name__
        if code in BAD_KEYS:
            self._access.pop(kind).client.close_connection()
            if known:
                return self._ask(operation, kind, ask, deadline=deadline)
        raise ServiceFailed(f"{operation} {kind}", code) from None

    def _access_to(self, kind: str, *, deadline: Deadline) -> _Access:
        access = self._access.get(kind)
        if access is not None and self._clock() < access.until:
            return access
        token = self._token(kind, deadline=deadline)
        client = MNSClient(
            self._mns_endpoint,
            token.access_key_id,
            token.access_key_secret,
            security_token=token.security_token,
        )
        client.http.conn = connect(self._mns_endpoint, clock=self._clock)
        if access is not None:
            access.client.close_connection()
        now = self._clock()
        until = max(_moment(token.expire_time) - EARLY_SECONDS, now + SHORTEST_LIFE)
        self._access[kind] = _Access(client, until)
        return self._access[kind]

    def _token(self, kind: str, *, deadline: Deadline) -> Any:
        self._idleness.end()
        request = QueryTokenForMnsQueueRequest(
            message_type=TYPES[kind], queue_name=self._queue(kind)
        )
        operation = f"QueryTokenForMnsQueue {kind}"

        def query() -> Any:
            return self._dybase.query_token_for_mns_queue_with_options(
                request, time_outs(deadline)
            ).body

        try:
            body = asked(query, deadline=deadline)
        except TeaException as error:
            raise ServiceFailed(operation, code_of(error)) from None
        token = body.message_token_dto if body is not None and body.code == "OK" else None
        if token is None or not (token.access_key_id and token.access_key_secret):
            raise ServiceFailed(operation, str(getattr(body, "code", None) or "no_answer"))
        return token


def _text(body: str) -> str:
    """Return what a body says; one that is no Base64 is taken as it is."""
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        return body


def _moment(text: str | None) -> float:
    """Read a time of Beijing's clock as UTC seconds; 0 where it is none."""
    try:
        return (
            datetime.strptime(text or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()
        )
    except ValueError:
        return 0.0
