"""PNVS (Dypnsapi 2017-05-25), as far as the product uses it: send a code, and check one.

Source: the pages of both operations, the SDK's models, and FACTS about what others saw [3P].
[U], each easy to change here: which sends count for Interval (number and scheme), that a code that
passed is spent, and that a check without OutId finds the codes of every OutId. No number of wrong
guesses ends a code: none is documented, so callers bound guesses themselves.
"""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from scripts.local_cloud.openapi.codes import Code, Codes
from scripts.local_cloud.openapi.console import Console
from scripts.local_cloud.openapi.dypns_request import CheckRequest, SendRequest, bad_parameters
from scripts.local_cloud.openapi.dypns_ways import Ways
from scripts.local_cloud.openapi.errors import refused
from scripts.local_cloud.openapi.flow import Flow
from scripts.local_cloud.openapi.texts import filled, new_biz_id, params_in, variables
from scripts.local_cloud.outbox import Message, Outbox, now

PLACE = "##code##"
"""Where a template parameter is to have a code that PNVS makes."""

_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
_ALPHABETS = {
    1: _DIGITS,
    2: _UPPER,
    3: _LOWER,
    4: _UPPER + _LOWER,
    5: _DIGITS + _UPPER,
    6: _DIGITS + _LOWER,
    7: _DIGITS + _UPPER + _LOWER,
}


class Dypns:
    """The service; `clock` tells UTC seconds."""

    def __init__(
        self,
        console: Console,
        outbox: Outbox,
        codes: Codes,
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._console = console
        self._outbox = outbox
        self._codes = codes
        self._flow = Flow(console, outbox, clock=clock)
        self._clock = clock
        self.ways = Ways(sign_names=console.gifted_signs)

    def send_sms_verify_code(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Check the parameters, put the message into the outbox, and keep a code made here."""
        wish = SendRequest.read(query)
        template = self._template(wish)
        params = _params(wish.template_param, template)
        self._check_pace(wish)
        made = _new_code(wish) if any(PLACE in value for value in params.values()) else ""
        params = {name: value.replace(PLACE, made) for name, value in params.items()}
        moment, biz_id = self._clock(), new_biz_id()
        self._outbox.add(
            Message(
                phone=wish.phone,
                sign_name=wish.sign_name,
                template_code=wish.template_code,
                params=params,
                text=filled(wish.sign_name, template, params),
                out_id=wish.out_id,
                biz_id=biz_id,
                provider="dypns",
                at=moment,
            )
        )
        self._codes.sent(wish.scheme, wish.phone, at=moment)
        if made:
            self._codes.add(
                wish.scheme,
                wish.phone,
                out_id=wish.out_id,
                code=made,
                expires_at=moment + wish.valid_time,
                alone=not wish.keeps_others,
            )
        shown = {"VerifyCode": made} if made and wish.returns_code else {}
        request_id = str(uuid.uuid4())
        return _answer({**shown, "RequestId": request_id, "OutId": wish.out_id, "BizId": biz_id})

    def check_sms_verify_code(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Compare a code with those made for the number and scheme; each passes once."""
        wish = CheckRequest.read(query)
        found = next(
            (
                code
                for code in self._codes.of(wish.scheme, wish.phone)
                if wish.out_id in ("", code.out_id) and _same(code, wish)
            ),
            None,
        )
        if found is None:
            return _verdict(self.ways.failed("wrong"), wish.out_id)
        if found.expires_at <= self._clock():
            return _verdict(self.ways.failed("expired"), wish.out_id)
        self._codes.spend(found)
        return _verdict("PASS", found.out_id)

    def clear(self) -> None:
        """Forget every code, and behave as at the start."""
        self._codes.clear()
        self.ways = Ways(sign_names=self._console.gifted_signs)

    def _template(self, wish: SendRequest) -> str:
        """Return the text of a gifted template; one answer for bad signs and templates [3P]."""
        template = self._console.gifted_templates.get(wish.template_code)
        if template is None or wish.sign_name not in self.ways.sign_names:
            raise bad_parameters("签名或者模版无效")
        return template

    def _check_pace(self, wish: SendRequest) -> None:
        last = self._codes.last_sent(wish.scheme, wish.phone)
        if last is not None and self._clock() - last < wish.interval:
            raise refused("biz.FREQUENCY", "check frequency failed")
        if message := self._flow.exceeded(wish.phone, wish.sign_name):
            raise refused("BUSINESS_LIMIT_CONTROL", message)


def _params(text: str, template: str) -> dict[str, str]:
    """Read the parameters, which are to be the template's variables, no less and no more."""
    try:
        params = params_in(text)
    except ValueError:
        raise bad_parameters("模板参数格式错误") from None
    if set(params) != variables(template):
        raise bad_parameters("模板内容与模板参数不匹配")
    return params


def _new_code(wish: SendRequest) -> str:
    alphabet = _ALPHABETS[wish.code_type]
    return "".join(secrets.choice(alphabet) for _ in range(wish.code_length))


def _same(code: Code, wish: CheckRequest) -> bool:
    if wish.minds_case:
        return code.code == wish.code
    return code.code.lower() == wish.code.lower()


def _verdict(result: str, out_id: str) -> dict[str, Any]:
    return _answer({"OutId": out_id, "VerifyResult": result})


def _answer(model: dict[str, Any]) -> dict[str, Any]:
    return {
        "Code": "OK",
        "Message": "成功",
        "Success": True,
        "AccessDeniedDetail": "",
        "Model": model,
    }
