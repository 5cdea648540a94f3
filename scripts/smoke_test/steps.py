"""The steps: send, a wrong code, the right one, the same again; and who is kept out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts.smoke_test.advice import advise
from scripts.smoke_test.numbers import Number
from scripts.smoke_test.service import Reply, Service
from shared.errors import Bilingual

TITLES: dict[str, Bilingual] = {
    "encrypted": ("使用 HTTPS", "the address is HTTPS"),
    "stranger": ("未认证的请求被拒绝", "who does not authenticate is refused"),
    "send": ("发送验证码", "a code is sent"),
    "open": ("并非人人可用", "not everybody may send"),
    "wrong": ("错误的验证码被拒绝", "a wrong code is refused"),
    "right": ("正确的验证码通过", "the right code is accepted"),
    "again": ("同一验证码再次使用被拒绝", "the same code is refused the second time"),
}

_ACCEPTED, _REJECTED, _KEPT_OUT = "200", "400 code_rejected", "401, 403 or 400 captcha_required"
_PLAIN: Bilingual = (
    "密钥和验证码会以明文传输，因此没有发送任何请求。默认域名支持 https://；自定义域名请配置证书",
    "Keys and codes would travel in the clear, so nothing was sent. The default domain takes "
    "https://; give a custom domain a certificate",
)


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step; `reply` is None where nothing was asked."""

    name: str
    ok: bool
    expected: str
    reply: Reply | None = None
    advice: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to test, and with which number. `one_try` means that no guess may be wasted."""

    service: Service
    number: Number
    scene: str
    expect_open: bool = False
    one_try: bool = False


def run(plan: Plan, *, ask: Callable[[], str]) -> Iterator[Step]:
    """Yield the steps as they are done; `ask` is called for the code of a real number.

    What cannot be told any more after a failure is left out.
    """
    service = plan.service
    if not service.addresses.encrypted:
        yield Step("encrypted", ok=False, expected="https://", advice=_PLAIN)
        return
    if not service.addresses.local:
        yield Step("encrypted", ok=True, expected="https://")
    asked = {"phone": plan.number.phone, "scene": plan.scene}
    real = plan.number.code is None
    if service.pass_key.given and not real:  # where it fails, it sends
        yield _kept_out("stranger", service.send(asked, authenticated=False))
    sent = service.send(asked)
    verification_id = sent.body.get("verification_id")
    step = _accepted("send", sent, right=isinstance(verification_id, str))
    yield step
    if not step.ok or not isinstance(verification_id, str):
        return
    if not (service.pass_key.given or service.addresses.local or plan.expect_open):
        yield Step("open", ok=False, expected=_KEPT_OUT, reply=sent, advice=advise("open", sent))
    code = plan.number.code if plan.number.code is not None else ask()
    guess = {**asked, "verification_id": verification_id, "code": code}
    if not plan.one_try:
        yield _rejected("wrong", service.verify({**guess, "code": wrong(code)}))
    right = service.verify(guess)
    step = _accepted("right", right, right=right.body.get("verified") is True)
    yield step
    if step.ok:
        yield _rejected("again", service.verify(guess))


def wrong(code: str) -> str:
    """Return another code of the same length."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def _accepted(name: str, reply: Reply, *, right: bool) -> Step:
    ok = reply.status == 200 and right and not reply.cacheable
    return _step(name, reply, _ACCEPTED, ok=ok)


def _rejected(name: str, reply: Reply) -> Step:
    return _step(name, reply, _REJECTED, ok=(reply.status, reply.code) == (400, "code_rejected"))


def _kept_out(name: str, reply: Reply) -> Step:
    captcha = (reply.status, reply.code) == (400, "captcha_required")
    return _step(name, reply, _KEPT_OUT, ok=captcha or reply.status in (401, 403))


def _step(name: str, reply: Reply, expected: str, *, ok: bool) -> Step:
    return Step(name, ok, expected, reply, None if ok else advise(name, reply))
