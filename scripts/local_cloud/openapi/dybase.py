"""Dybase (2017-05-25), as far as reports need it: QueryTokenForMnsQueue.

Names, types and the answer's shape: alibabacloud_dybaseapi20170525; times are Beijing's (the
service's Python demo). [U]: which error codes it answers with; those here are the SMS service's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.local_cloud.carrier.entries import QUEUES, beijing
from scripts.local_cloud.mns.queues import OF_THE_OTHER, queue_name
from scripts.local_cloud.mns.tokens import Tokens
from scripts.local_cloud.openapi.errors import ApiError, refused


class Dybase:
    """The service."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def query_token_for_mns_queue(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Hand out keys to the queue of a message type."""
        message_type = query.get("MessageType")
        if not message_type:
            raise ApiError(400, "MissingMessageType", "MessageType is mandatory for this action.")
        if message_type not in QUEUES.values():
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        asked = query.get("QueueName", queue_name(message_type))
        if OF_THE_OTHER.get(asked, asked) != queue_name(message_type):
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        token = self._tokens.issue(message_type)
        return {
            "Code": "OK",
            "Message": "OK",
            "MessageTokenDTO": {
                "AccessKeyId": token.access_key_id,
                "AccessKeySecret": token.access_key_secret,
                "SecurityToken": token.security_token,
                "CreateTime": beijing(token.created_at),
                "ExpireTime": beijing(token.expires_at),
            },
        }
