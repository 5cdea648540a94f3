"""How PNVS behaves where its documents leave it open, or where Aliyun changes it over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scripts.local_cloud.openapi.errors import ApiError

VERDICT, REFUSED, ERROR = "UNKNOWN", "isv.ValidateFail:200", "isv.ValidateFail:400"
ANSWERS = (VERDICT, REFUSED, ERROR)


@dataclass(frozen=True, slots=True)
class Ways:
    """What a check answers for a code that does not pass, and the signs that may be used.

    `wrong` and `expired` are one of ANSWERS: OK with the verdict UNKNOWN, as the documents say, or
    the code isv.ValidateFail with HTTP 200 or 400; several callers of the real service report the
    last one, for both [3P]. Which is true is [U], so a caller has to understand all three.
    """

    sign_names: tuple[str, ...]
    wrong: str = VERDICT
    expired: str = ERROR

    def failed(self, why: Literal["wrong", "expired"]) -> str:
        """Return the verdict on a code that does not pass, or raise the error in its place."""
        answer = self.wrong if why == "wrong" else self.expired
        if answer == VERDICT:
            return VERDICT
        code, _, status = answer.rpartition(":")
        raise ApiError(int(status), code, "验证失败")

    def changed(self, wish: Mapping[str, object]) -> Ways:
        """Return these with some fields changed; raise ValueError if that is no wish."""
        names = [field.name for field in dataclasses.fields(self)]
        if unknown := sorted(set(wish) - set(names)):
            raise ValueError(f"no such field: {', '.join(unknown)}; there are {', '.join(names)}")
        for name in ("wrong", "expired"):
            if wish.get(name, VERDICT) not in ANSWERS:
                raise ValueError(f"{name} must be one of {', '.join(ANSWERS)}")
        taken: dict[str, Any] = dict(wish)
        signs = taken.get("sign_names", [])
        if not isinstance(signs, list) or not all(isinstance(sign, str) for sign in signs):
            raise ValueError("sign_names must be a list of texts")
        if "sign_names" in taken:
            taken["sign_names"] = tuple(signs)
        return dataclasses.replace(self, **taken)
