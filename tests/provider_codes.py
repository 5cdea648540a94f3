"""What codes mean to the caller, and whether another provider is tried; written down apart.

No table of the product is read here: a table is not its own proof.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

Means: TypeAlias = dict[str, tuple[str | None, bool]]

OPEN, YES, NO = None, True, False
"""Left open; another provider is tried, or is not."""

GATEWAY: Means = {
    "Throttling": ("provider_unavailable", YES),
    "Throttling.User": ("provider_unavailable", YES),
    "Throttling.Api": ("provider_unavailable", YES),
    "ServiceUnavailable": (OPEN, NO),
    "InternalError": (OPEN, NO),
    "SignatureNonceUsed": (OPEN, NO),
    "Forbidden.RAM": ("provider_rejected", YES),
    "Forbidden.AccountAccessDenied": ("provider_rejected", YES),
    "NoPermission": ("provider_rejected", YES),
    "InvalidAccessKeyId.NotFound": ("provider_rejected", YES),
    "InvalidAccessKeyId.Inactive": ("provider_rejected", YES),
    "InvalidSecurityToken.Expired": ("provider_unavailable", YES),
    "SignatureDoesNotMatch": ("provider_rejected", YES),
    "IncompleteSignature": ("provider_rejected", YES),
    "InvalidTimeStamp.Expired": ("provider_rejected", YES),
    "MissingPhoneNumbers": ("provider_rejected", YES),
    "MissingParameter": ("provider_rejected", YES),
    "InvalidParameter": ("provider_rejected", YES),
    "InvalidAction.NotFound": ("provider_rejected", YES),
    "InvalidVersion": ("provider_rejected", YES),
}
UNKNOWN: Means = {
    "isv.SOMETHING_NEW": (OPEN, NO),
    "isp.SOMETHING_NEW": (OPEN, NO),
    "biz.SOMETHING_NEW": (OPEN, NO),
    "SomethingNew.OfTheGateway": (OPEN, NO),
}


def with_status(own: Means, gateway: Means) -> list[Any]:
    """Give the product's own codes with HTTP 200 and 400: the SDK raises for one, not the other."""
    return [pytest.param(code, "", means, id=code) for code, means in gateway.items()] + [
        pytest.param(code, status, means, id=f"{code}{status}")
        for code, means in own.items()
        for status in ("", ":400")
    ]
