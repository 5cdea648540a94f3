"""Request and response bodies."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from shared.errors import InvalidRequest

Text = Annotated[str, StringConstraints(strict=True, max_length=256)]
Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{1,64}$")]
DeviceId = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=128)]
Token = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=8192)]


def _plain_digits(value: Any) -> Any:
    """Read digits as people paste them: full width, with spaces around or between."""
    if not isinstance(value, str):
        return value
    return "".join(unicodedata.normalize("NFKC", value).split())


Code = Annotated[
    str,
    BeforeValidator(_plain_digits),
    StringConstraints(strict=True, pattern=r"^[0-9]{4,8}$"),
]

_PROBLEMS = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_type": "not_a_string",
}


_SHOWN = ("scene", "verification_id", "replaces", "delivery", "state", "verified")
"""The fields that a representation may show: it ends up in traces, with all that it holds."""


class Body(BaseModel):
    """A body that does not show numbers, codes, tokens and addresses."""

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Yield what may be shown; pydantic writes its representations from it."""
        return ((name, value) for name, value in self if name in _SHOWN)


class Request(Body):
    """A request body: strings only, and no field that is not listed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    @classmethod
    def read(cls, body: dict[str, Any]) -> Any:
        """Check a JSON object; raise InvalidRequest with the first thing that is wrong."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        problem = _PROBLEMS.get(first["type"], "bad_value")
        place = str(first["loc"][0]) if first["loc"] else ""  # a key that is no text has none
        known = place if place in cls.model_fields else ""
        raise InvalidRequest(problem, field=known)


class SendCodeRequest(Request):
    """POST /send-code."""

    phone: Text
    scene: Text
    captcha: Token | None = None
    device_id: DeviceId | None = None
    replaces: Id | None = None
    client_ip: Text | None = None


class Response(Body):
    """A response body."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class SendCodeResponse(Response):
    """What a send answers; times in seconds."""

    verification_id: str
    expires_in: int
    resend_after: int
    code_length: int
    delivery: Literal["accepted", "unconfirmed"]


class MessageResponse(Response):
    """What became of a message; every field is always there. Times are ISO 8601, of Beijing."""

    verification_id: str
    state: Literal["unconfirmed", "accepted", "unknown", "expired", "failed", "delivered"]
    reason: str
    advice: str
    code: str | None
    provider: str | None
    template: str | None
    segments: int | None
    sent_at: str
    reported_at: str | None


class VerifyCodeRequest(Request):
    """POST /verify-code."""

    phone: Text
    scene: Text
    verification_id: Id
    code: Code
    client_ip: Text | None = None


class VerifyCodeResponse(Response):
    """What an accepted code answers."""

    verified: Literal[True] = True
    verification_id: str
    phone: str
