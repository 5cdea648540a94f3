"""Ask Alibaba Captcha 2.0 (VerifyIntelligentCaptcha, 2023-03-05); the one place for its codes.

Source: "Integrate CAPTCHA 2.0 into a business server" and the list of return parameters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from shared.deferred_imports import deferred_imports

with deferred_imports():
    from alibabacloud_captcha20230305.client import Client
    from alibabacloud_captcha20230305.models import VerifyIntelligentCaptchaRequest
    from darabonba.core import DaraCore
    from darabonba.exceptions import ResponseException, RetryError
    from darabonba.runtime import RuntimeOptions
    from Tea.exceptions import TeaException

from shared.credentials import KeySource, openapi_config
from shared.domain.deadline import Deadline
from shared.ports import CaptchaAnswer, Humanity
from shared.providers.renewal import asked
from shared.sdk_sessions import trust

CONNECT_SECONDS, READ_SECONDS = 0.8, 2.0
SHORTEST_WAIT = 0.1
IDLE_SECONDS = 20.0

trust(DaraCore)

CAUSED_BY_OUR_KEYS = (
    "Forbidden",
    "NoPermission",
    "InvalidAccessKeyId",
    "InvalidSecurityToken",
    "MissingAccessKeyId",
    "SignatureDoesNotMatch",
)
"""The gateway's codes for keys, permissions and accounts."""

CAUSED_BY_TOKENS = ("MissingParameter", "InvalidParameter")
"""Errors of the request that whoever sends the token can cause, so they count as failed."""


class AliyunCaptcha:
    """Captcha 2.0 with the keys of a source. Holds connections, so keep it.

    `scene_ids` maps our scenes to SceneIds of the console, `*` standing for all others. `clock`
    returns wall time in seconds: monotonic clocks may stand still in a frozen instance.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        endpoint: str,
        scene_ids: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        url = urlsplit(endpoint)
        self._client = Client(openapi_config(keys, endpoint))
        self._origin = f"{url.scheme}://{url.netloc}:"
        self._scene_ids = scene_ids
        self._clock = clock
        self._used_at = 0.0

    def check(
        self,
        token: str,
        *,
        scene: str,
        address: str | None,  # noqa: ARG002 - this service is not asked about addresses
        deadline: Deadline,
    ) -> CaptchaAnswer:
        """Ask about a token, once: only refused keys let it be asked again."""
        self._drop_idle_connections()
        request = VerifyIntelligentCaptchaRequest(
            captcha_verify_param=token,
            scene_id=self._scene_ids.get(scene) or self._scene_ids["*"],
        )

        def verify() -> Any:
            runtime = _time_outs(deadline)
            return self._client.verify_intelligent_captcha_with_options(request, runtime).body

        try:
            body = asked(verify, deadline=deadline)
        except TeaException as error:
            # The SDK's texts may quote the request, and with it the token (I7).
            return _failed(error)
        return _answered(body)

    def _drop_idle_connections(self) -> None:
        """Drop connections that idled (I8): a dead one would fail an honest person's captcha."""
        now = self._clock()
        if now - self._used_at >= IDLE_SECONDS:
            for key, session in list(DaraCore._sessions.items()):  # noqa: SLF001 - no public way
                if key.startswith(self._origin):
                    session.close()
        self._used_at = now


def _time_outs(deadline: Deadline) -> RuntimeOptions:
    connect = min(CONNECT_SECONDS, max(deadline.left / 2, SHORTEST_WAIT))
    read = min(READ_SECONDS, max(deadline.left - connect, SHORTEST_WAIT))
    return RuntimeOptions(connect_timeout=int(connect * 1000), read_timeout=int(read * 1000))


def _answered(body: Any) -> CaptchaAnswer:
    """Read an answer: VerifyResult decides, its VerifyCode (T..., F...) says why."""
    result = getattr(body, "result", None)
    if result is None or body.success is not True or not isinstance(result.verify_result, bool):
        return CaptchaAnswer(Humanity.UNKNOWN, str(getattr(body, "code", None) or "bad_answer"))
    humanity = Humanity.PASSED if result.verify_result else Humanity.FAILED
    return CaptchaAnswer(humanity, str(result.verify_code or ""))


def _failed(error: TeaException) -> CaptchaAnswer:
    """Say what an exception of the SDK means: nothing of the person, unless the token caused it."""
    if isinstance(error, ResponseException):
        code = str(error.code)
        client_error = error.status_code is not None and error.status_code < 500
        if client_error and code.startswith(CAUSED_BY_TOKENS):
            return CaptchaAnswer(Humanity.FAILED, code)
        ours = client_error and code.startswith(CAUSED_BY_OUR_KEYS)
        return CaptchaAnswer(Humanity.MISCONFIGURED if ours else Humanity.UNKNOWN, code)
    unanswered = isinstance(getattr(error, "inner_exception", None), RetryError)
    return CaptchaAnswer(Humanity.UNKNOWN, "no_answer" if unanswered else "bad_answer")
