"""The cases: small ones by two, larger ones by three, and those with more that goes wrong."""

from __future__ import annotations

from dataclasses import replace

from scripts.interleaving.callers import (
    DELIVERED,
    NOTHING_YET,
    OTHER_PHONE,
    THIRD_PHONE,
    UNREACHABLE,
    Report,
    Send,
    Verify,
)
from scripts.interleaving.case import FAILURES, ROW_FAILURES, Case
from scripts.interleaving.late_callers import OptOut, Reconcile

EARLIER = Send("S")
ONE_LEFT = {"LIMIT_TOTAL": "2/1d"}
"""With one message before the case, one more is allowed."""

MANAGED = {"SMS_PROVIDERS": "dypns", "PNVS_MODE": "managed", "PNVS_SIGN_NAME": "速通互联验证码"}
TWO_PROVIDERS = {"SMS_PROVIDERS": "dysms,dypns"}
TWO_ATTEMPTS, ONE_ATTEMPT = {"MAX_ATTEMPTS": "2"}, {"MAX_ATTEMPTS": "1"}
GUESS_LIMIT = {"LIMIT_GUESS": "1/1d", "CLIENT_IP": "peer"}
SOMEBODY = "203.0.113.7"
KEY = "k" * 16
CAPTCHA, TOKEN = {"ACCESS": "captcha", "CAPTCHA": "turnstile"}, "token"
SLOW = 4.0
"""Seconds: about what a provider may take."""

_BY_TWO = (
    Case(
        "send-send",
        "two sends to one number",
        (Send("A"), Send("B")),
        before=(EARLIER,),
        refusals=1,
    ),
    Case(
        "send-send-total",
        "two sends to two numbers, and one message left of the day's total",
        (Send("A", OTHER_PHONE), Send("B", THIRD_PHONE)),
        before=(EARLIER,),
        environment=ONE_LEFT,
        refusals=1,
    ),
    Case(
        "send-send-key",
        "one request that is repeated with its Idempotency-Key",
        (Send("A", key=KEY), Send("B", key=KEY)),
        before=(EARLIER,),
        refusals=1,
    ),
    Case(
        "send-send-minute",
        "a send, and another as its minute ends; the provider is slow",
        (Send("A"), Send("B", starts=60.0)),
        provider_seconds=SLOW,
        refusals=1,
    ),
    Case(
        "send-send-later",
        "a send, and another when the first one's window is over for certain",
        (Send("A"), Send("B", starts=75.0)),
        provider_seconds=SLOW,
        refusals=1,
    ),
    Case(
        "send-send-address",
        "two sends to two numbers from one address, which may do one",
        (Send("A", OTHER_PHONE, address=SOMEBODY), Send("B", THIRD_PHONE, address=SOMEBODY)),
        environment={"LIMIT_IP": "1/1d"},
        refusals=1,
    ),
    Case(
        "send-providers",
        "a send with two providers to choose from, and a guess at its code",
        (Send("A"), Verify("B", "A")),
        environment=TWO_PROVIDERS,
        refusals=2,
    ),
    Case(
        "send-fails-twice",
        "one send, two things that go wrong, also with single rows of a batch",
        (Send("A"),),
        faults=2,
        failures=(*FAILURES, *ROW_FAILURES),
        refusals=1,
    ),
    Case(
        "send-verify",
        "a send that replaces nothing, and a right guess at the code from before",
        (Send("A"), Verify("B", "S")),
        before=(EARLIER,),
        refusals=1,
    ),
    Case(
        "send-verify-new",
        "a send, and a guess at its code as soon as the message is there",
        (Send("A"), Verify("B", "A")),
        refusals=1,
    ),
    Case(
        "verify-verify",
        "two right guesses",
        (Verify("A", "S"), Verify("B", "S")),
        before=(EARLIER,),
    ),
    Case(
        "verify-verify-wrong",
        "a right guess and a wrong one, and two attempts",
        (Verify("A", "S"), Verify("B", "S", right=False)),
        before=(EARLIER,),
        environment=TWO_ATTEMPTS,
    ),
    Case(
        "verify-verify-last",
        "two wrong guesses, and one attempt",
        (Verify("A", "S", right=False), Verify("B", "S", right=False)),
        before=(EARLIER,),
        environment=ONE_ATTEMPT,
    ),
    Case(
        "verify-verify-address",
        "a wrong and a right guess from one address, which may do one",
        (
            Verify("A", "S", right=False, address=SOMEBODY),
            Verify("B", "S", address=SOMEBODY),
        ),
        before=(EARLIER,),
        environment=GUESS_LIMIT,
    ),
    Case(
        "resend-verify",
        "a send that replaces a code, and a right guess at that code",
        (Send("A", replaces="S"), Verify("B", "S")),
        before=(EARLIER,),
        refusals=1,
    ),
    Case(
        "resend-resend",
        "two sends that replace the same code",
        (Send("A", replaces="S"), Send("B", replaces="S")),
        before=(EARLIER,),
        refusals=1,
    ),
    Case(
        "managed-verify-verify",
        "two right guesses at a code that its provider made",
        (Verify("A", "S"), Verify("B", "S")),
        before=(EARLIER,),
        environment=MANAGED,
    ),
    Case(
        "managed-verify-last",
        "two wrong guesses at such a code, and one attempt",
        (Verify("A", "S", right=False), Verify("B", "S", right=False)),
        before=(EARLIER,),
        environment={**MANAGED, **ONE_ATTEMPT},
    ),
    Case(
        "managed-then-own",
        "a send whose code its provider makes, unless the next one takes it, and guesses at ours",
        (Send("A"), Verify("B", "A", maker="dysms"), Verify("C", "A", right=False)),
        environment={**MANAGED, "SMS_PROVIDERS": "dypns,dysms", **TWO_ATTEMPTS},
        refusals=1,
    ),
    Case(
        "own-then-managed",
        "a send whose code is ours, unless the next provider takes it, and guesses at that one's",
        (Send("A"), Verify("B", "A", maker="dypns"), Verify("C", "A", right=False)),
        environment={**MANAGED, "SMS_PROVIDERS": "dysms,dypns", **TWO_ATTEMPTS},
        refusals=1,
    ),
    Case(
        "managed-resend-verify",
        "a send that replaces such a code, and a right guess at it",
        (Send("A", replaces="S"), Verify("B", "S")),
        before=(EARLIER,),
        environment=MANAGED,
        refusals=1,
    ),
    Case(
        "report-report",
        "two reports on one message that contradict each other",
        (Report("A", (("S", DELIVERED),)), Report("B", (("S", UNREACHABLE),))),
        before=(EARLIER,),
    ),
    Case(
        "report-repeated",
        "the same report twice, beside one that tells no end",
        (Report("A", (("S", DELIVERED),)), Report("B", (("S", NOTHING_YET), ("S", DELIVERED)))),
        before=(EARLIER,),
    ),
    Case(
        "report-stranger",
        "a report on a message of ours, and one on that of another system, twice",
        (
            Report("A", (("x", DELIVERED), ("S", DELIVERED))),
            Report("B", (("x", DELIVERED),)),
        ),
        before=(EARLIER,),
    ),
    Case(
        "send-report",
        "a send, and the report on its message before it is settled",
        (Send("A"), Report("B", (("A", DELIVERED),))),
        refusals=1,
    ),
    Case(
        "send-send-captcha",
        "two sends to two numbers with one captcha token",
        (Send("A", OTHER_PHONE, captcha=TOKEN), Send("B", THIRD_PHONE, captcha=TOKEN)),
        environment=CAPTCHA,
        refusals=1,
    ),
    Case(
        "send-opt-out",
        "a send while its number opts out, and another when that is long over",
        (Send("A"), OptOut("B"), Send("C", starts=75.0)),
        provider_seconds=SLOW,
    ),
    Case(
        "report-reconcile",
        "a report while the timer's run asks about the same message",
        (Report("A", (("S", DELIVERED),)), Reconcile("B", (("S", DELIVERED),))),
        before=(EARLIER,),
    ),
    Case(
        "reconcile-reconcile",
        "two runs of the timer at the same time, one of which finds no end yet",
        (Reconcile("A", (("S", DELIVERED),)), Reconcile("B", ())),
        before=(EARLIER,),
    ),
)

_BY_THREE = (
    Case(
        "send-send-providers",
        "two sends with two providers to choose from",
        (Send("A"), Send("B", OTHER_PHONE)),
        environment=TWO_PROVIDERS,
        refusals=2,
    ),
    Case(
        "send-send-send",
        "three sends to one number",
        (Send("A"), Send("B"), Send("C")),
        before=(EARLIER,),
    ),
    Case(
        "send-send-send-total",
        "three sends, two of them to one number, and one message left of the total",
        (Send("A", OTHER_PHONE), Send("B", OTHER_PHONE), Send("C", THIRD_PHONE)),
        before=(EARLIER,),
        environment=ONE_LEFT,
    ),
    Case(
        "verify-verify-verify",
        "a right guess and two wrong ones, and two attempts",
        (Verify("A", "S"), Verify("B", "S", right=False), Verify("C", "S", right=False)),
        before=(EARLIER,),
        environment=TWO_ATTEMPTS,
    ),
    Case(
        "verify-right-right-wrong",
        "two right guesses and a wrong one, and two attempts",
        (Verify("A", "S"), Verify("B", "S"), Verify("C", "S", right=False)),
        before=(EARLIER,),
        environment=TWO_ATTEMPTS,
    ),
    Case(
        "resend-verify-verify",
        "a send that replaces a code, and a right and a wrong guess at that code",
        (Send("A", replaces="S"), Verify("B", "S"), Verify("C", "S", right=False)),
        before=(EARLIER,),
        environment=TWO_ATTEMPTS,
        refusals=1,
    ),
    Case(
        "send-resend-verify",
        "a send, one that replaces the code from before, and a right guess at that code",
        (Send("A"), Send("B", replaces="S"), Verify("C", "S")),
        before=(EARLIER,),
        refusals=1,
    ),
    Case(
        "managed-verify-verify-verify",
        "a right guess and two wrong ones at a code that its provider made, and two attempts",
        (Verify("A", "S"), Verify("B", "S", right=False), Verify("C", "S", right=False)),
        before=(EARLIER,),
        environment={**MANAGED, **TWO_ATTEMPTS},
    ),
    Case(
        "send-verify-report",
        "a send, the guess at its code, and the report on its message",
        (Send("A"), Verify("B", "A"), Report("C", (("A", DELIVERED),))),
        refusals=1,
    ),
    Case(
        "report-report-report",
        "three reports on one message, one of which tells no end",
        (
            Report("A", (("S", DELIVERED),)),
            Report("B", (("S", UNREACHABLE),)),
            Report("C", (("S", NOTHING_YET),)),
        ),
        before=(EARLIER,),
    ),
)

_TWICE = (
    "send-send",
    "send-send-total",
    "send-send-key",
    "send-send-later",
    "verify-verify",
    "verify-verify-last",
    "resend-verify",
    "managed-verify-verify",
    "managed-verify-last",
    "report-report",
    "send-report",
)
_BY_ROW = ("send-send", "send-send-total", "resend-verify", "send-report", "report-report")


def _cases() -> dict[str, Case]:
    found = {case.name: case for case in (*_BY_TWO, *_BY_THREE)}
    for name in _TWICE:
        case = found[name]
        about = f"{case.about}; two things go wrong"
        found[f"{name}-2"] = replace(case, name=f"{name}-2", about=about, faults=2)
    for name in _BY_ROW:
        case = found[name]
        about = f"{case.about}; row by row"
        found[f"{name}-rows"] = replace(case, name=f"{name}-rows", about=about, by_row=True)
    for name in [case.name for case in _BY_TWO]:
        case, about = found[name], f"{found[name].about}; single rows of a batch fail"
        failures = (*FAILURES, *ROW_FAILURES)
        found[f"{name}-partly"] = replace(
            case, name=f"{name}-partly", about=about, failures=failures
        )
    return found


CASES = _cases()
SMALL = tuple(case.name for case in _BY_TWO)
"""What CI explores: every order of two, with one thing that goes wrong."""
