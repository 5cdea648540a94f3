"""Alibaba Captcha 2.0, as far as the product uses it: VerifyIntelligentCaptcha.

No riddle stands behind it: a token starting with `fail` is refused, any other passes once.
Codes: "Integrate CAPTCHA 2.0 into a business server", VerifyCode.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

SCENE_ID = "local"
PASSED, SUSPICIOUS, EMPTY, MALFORMED, REPEATED, OTHER_SCENE = (
    "T001",
    "F001",
    "F002",
    "F003",
    "F008",
    "F012",
)


class Captcha:
    """The service, and the tokens that it has seen pass."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def verify(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """Judge CaptchaVerifyParam; the answer is a success also where the verdict is negative."""
        token = parameters.get("CaptchaVerifyParam", "")
        code = self._judge(token, parameters.get("SceneId", SCENE_ID))
        if code == PASSED:
            self._used.add(token)
        result = {
            "VerifyResult": code == PASSED,
            "VerifyCode": code,
            "CertifyId": uuid.uuid4().hex[:10],
        }
        return {"Code": "Success", "Message": "success", "Success": True, "Result": result}

    def _judge(self, token: str, scene_id: str) -> str:
        if not token:
            return EMPTY
        if not token.isascii() or not token.isprintable():
            return MALFORMED
        if scene_id != SCENE_ID:
            return OTHER_SCENE
        if token in self._used:
            return REPEATED
        return SUSPICIOUS if token.startswith("fail") else PASSED

    def clear(self) -> None:
        """Forget which tokens were used."""
        self._used.clear()
