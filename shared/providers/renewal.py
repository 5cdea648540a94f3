"""Ask an OpenAPI once more where it refused the keys, and there are others by now.

Such a refusal comes from the gateway, before the product sees the request (OpenAPI, common
errors): asking again cannot send anything twice (I5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from darabonba.exceptions import ResponseException

from shared.credentials import renew_lent
from shared.domain.deadline import Deadline

Answer = TypeVar("Answer")

REFUSED_KEYS = ("InvalidAccessKeyId", "InvalidSecurityToken", "SecurityTokenExpired")
"""How the codes begin that call keys ended or unknown. InvalidSecurityToken.Expired is what is
seen of keys that ended; what those are answered that ended long ago is one of the others [U]."""

LEAST_SECONDS = 1.0
"""What has to be left to ask again, after a request that was refused."""


def asked(request: Callable[[], Answer], *, deadline: Deadline) -> Answer:
    """Run a request of an SDK; where its keys are refused, renew them and run it once more."""
    try:
        return request()
    except ResponseException as error:
        left = deadline.left - LEAST_SECONDS
        refused = str(error.code).startswith(REFUSED_KEYS)
        if not refused or left <= 0 or not renew_lent(seconds=left):
            raise
    return request()
