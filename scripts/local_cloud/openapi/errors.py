"""How Alibaba Cloud's OpenAPI says no."""

from __future__ import annotations

_GATEWAY_STATUS = {
    "Throttling": 400,
    "Throttling.User": 400,
    "Throttling.Api": 400,
    "MissingParameter": 400,
    "InvalidParameter": 401,
    "Forbidden.RAM": 403,
    "NoPermission": 403,
    "EntityNotExist.Role": 404,
    "InvalidSecurityToken.Expired": 400,
    "InvalidAccessKeyId.NotFound": 404,
    "Forbidden.AccountAccessDenied": 403,
    "ServiceUnavailable": 503,
    "InternalError": 500,
}


class ApiError(Exception):
    """An error answer; products answer their own (isv., isp.) codes with HTTP 200."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def refused(code: str, message: str) -> ApiError:
    """Say no as a product does: HTTP 200 with a code of its own."""
    return ApiError(200, code, message)


def wished(code: str) -> ApiError:
    """Answer with a code that somebody asked for: gateway codes have their own HTTP status."""
    return ApiError(_GATEWAY_STATUS.get(code, 200), code, f"{code} (on demand)")
