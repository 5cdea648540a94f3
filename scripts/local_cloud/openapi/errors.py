"""How Alibaba Cloud's OpenAPI says no."""

from __future__ import annotations

import re

_STATUS = {
    "Throttling": 400,
    "Missing": 400,
    "InvalidParameter": 401,
    "InvalidSecurityToken": 400,
    "InvalidTimeStamp": 400,
    "InvalidAccessKeyId": 404,
    "InvalidAction": 404,
    "SignatureDoesNotMatch": 400,
    "SignatureNonceUsed": 400,
    "IncompleteSignature": 400,
    "Forbidden": 403,
    "NoPermission": 403,
    "EntityNotExist": 404,
    "ServiceUnavailable": 503,
    "InternalError": 500,
}
"""The gateway's families of codes; `Throttling` stands for `Throttling.User`, too."""

_OWN_STATUS = re.compile(r"(?P<code>.+):(?P<status>[2345]\d\d)")


class ApiError(Exception):
    """An error answer; products answer their own (isv., isp., biz.) codes with HTTP 200."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def refused(code: str, message: str) -> ApiError:
    """Say no as a product does: HTTP 200 with a code of its own."""
    return ApiError(200, code, message)


def wished(wish: str) -> ApiError:
    """Answer with a code that somebody asked for, as the gateway or a product would.

    A wish may name another HTTP status behind the code: isv.ValidateFail:400.
    """
    if match := _OWN_STATUS.fullmatch(wish):
        return ApiError(int(match["status"]), match["code"], f"{match['code']} (on demand)")
    return ApiError(_status(wish), wish, f"{wish} (on demand)")


def _status(code: str) -> int:
    family = code.partition(".")[0]
    if family.startswith("Missing"):
        family = "Missing"
    return _STATUS.get(family, 200)
