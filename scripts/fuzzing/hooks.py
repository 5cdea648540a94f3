"""What schemathesis cannot make up: numbers that exist, ids and codes that were really given out.

Loaded by schemathesis itself (SCHEMATHESIS_HOOKS). Made-up requests alone are all refused at the
first gate. So some well-formed fields get a real value here, chosen by what the request holds:
a seed's run is nearly the same again, but for what was given out. What is malformed stays.
"""

from __future__ import annotations

import json
import os
import re
import urllib.request
import zlib
from collections.abc import Sequence
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation

from scripts.fuzzing.attack import FRONT, SECRET

SCENES = ("sign_in", "reset_password")
PHONES = [f"1380013{number:04}" for number in range(200)]
KEPT_IDS = 50
FORMS = {
    "phone": r".{0,256}",
    "scene": r".{0,256}",
    "client_ip": r".{0,256}",
    "replaces": r"[A-Za-z0-9_-]{1,64}",
    "verification_id": r"[A-Za-z0-9_-]{1,64}",
    "code": r"[0-9]{4,8}",
}
"""What is well-formed, as the document says."""

_bodies: dict[str, dict[str, Any]] = {}
"""What was asked for, by the verification id that it was answered with; newest last."""


@schemathesis.hook
def before_load_schema(_context: Any, raw_schema: dict[str, Any]) -> None:
    """Take no field in an answer that the document does not name: it might tell too much.

    The document itself is open there, so that a client outlives a new field.
    """
    for schema in raw_schema["components"]["schemas"].values():
        schema["additionalProperties"] = False


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Put real values into well-formed parts of a request."""
    chance = _Chance(case)
    if isinstance(case.body, dict) and case.path in ("/send-code", "/verify-code"):
        case.body = _made_real(case.body, case.path, chance)
    path = case.path_parameters
    if path and _sound(case, ParameterLocation.PATH):
        if "secret" in path and chance.percent(90):
            path["secret"] = os.environ[SECRET]
        if "verification_id" in path and _bodies and chance.percent(50):
            path["verification_id"] = chance.one_of(list(_bodies))


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    """Remember what was given out."""
    if case.path == "/send-code" and response.status_code == 200 and isinstance(case.body, dict):
        _bodies[response.json()["verification_id"]] = case.body
        for old in list(_bodies)[:-KEPT_IDS]:
            del _bodies[old]


class _Chance:
    """Numbers that follow from the request alone."""

    def __init__(self, case: Any) -> None:
        given = repr((case.path, case.path_parameters, case.body))
        self._number = zlib.crc32(given.encode("utf-8", "backslashreplace"))

    def below(self, most: int) -> int:
        self._number = zlib.crc32(self._number.to_bytes(4, "big"))
        return self._number % most

    def percent(self, wanted: int) -> bool:
        return self.below(100) < wanted

    def one_of(self, choices: Sequence[str]) -> str:
        return choices[self.below(len(choices))]


def _sound(case: Any, location: ParameterLocation) -> bool:
    part = case.meta.components.get(location) if case.meta is not None else None
    return part is not None and not part.mode.is_negative


def _made_real(body: dict[str, Any], path: str, chance: _Chance) -> dict[str, Any]:
    """Replace fields that are well-formed by real ones; what is wrong with a body stays wrong."""
    fit = {name for name, form in FORMS.items() if _fits(body.get(name), form)}
    wished = {"phone": chance.one_of(PHONES), "scene": chance.one_of(SCENES)}
    wished = {name: value for name, value in wished.items() if chance.percent(80)}
    if _bodies:
        known = chance.one_of(list(_bodies))
        if chance.percent(50):
            wished["replaces"] = known
        if path == "/verify-code" and chance.percent(60):
            sent = _bodies[known]
            wished |= {"verification_id": known, "phone": sent["phone"], "scene": sent["scene"]}
            if chance.percent(50):
                wished["code"] = _code(known) or "000000"
    real = {**body, **{name: value for name, value in wished.items() if name in fit}}
    if "client_ip" in fit and chance.percent(90):
        del real["client_ip"]  # refused from all but callers with a key
    return real


def _fits(value: object, form: str) -> bool:
    return isinstance(value, str) and re.fullmatch(form, value, re.DOTALL) is not None


def _code(verification_id: str) -> str | None:
    """Read the code in the inbox."""
    inbox = f"{os.environ[FRONT]}/_local/outbox"
    with urllib.request.urlopen(inbox, timeout=10) as answer:  # noqa: S310 - loopback
        for message in json.load(answer):
            if message["out_id"] == verification_id:
                return str(message["params"]["code"])
    return None
