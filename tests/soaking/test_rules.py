"""Each rule of the soak breaks on a history that it is there for, and on no good one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scripts.soaking.account import Outage, Pushed
from scripts.soaking.rules import RULES, broken
from scripts.soaking.rules.limits import window
from scripts.soaking.terms import CODE_SECRET, Terms
from tests.soaking.histories import (
    ADDRESS,
    AT,
    CALLER,
    CODE,
    OTHER,
    PHONE,
    WRONG,
    History,
    guessed,
    handed,
    log_line,
    problem,
    refused,
    row,
    sent,
    told,
)

Change = Callable[[History], object]
LIFE = Terms().code_life


def rule(start: str) -> str:
    (name,) = [name for name in RULES if name.startswith(start)]
    return name


def with_wrong_guesses(history: History, count: int) -> None:
    """Have wrong guesses before the right one."""
    history.asked[1:1] = [guessed(WRONG, status=400, at=AT + 0.6 + n / 9) for n in range(count)]
    history.rows[0]["left"] = max(0, 3 - count)


def unanswered(history: History) -> None:
    """Have the only send die with its function; nobody can verify then."""
    history.asked[:] = [sent(status=0, answer={})]
    history.rows[0] |= {"state": "live"}
    start = window(AT, history.terms.address)
    history.counters |= {f"ip/{ADDRESS}/60/{start}": 1, f"caller/{CALLER}/60/{start}": 1}


GOOD: dict[str, Change] = {
    "nothing special": lambda h: h.told.copy(),
    "a function that died may have sent": unanswered,
    "a function that died may have sent nothing": lambda h: h.asked.append(
        sent(status=0, answer={}, phone=OTHER)
    ),
    "a repeated key is told the same": lambda h: h.asked.__setitem__(
        slice(0, 1), [sent(key="k" * 16), sent(key="k" * 16, at=AT + 1)]
    ),
    "two wrong guesses, then a right one": lambda h: with_wrong_guesses(h, 2),
    "the second right guess is refused": lambda h: h.asked.append(guessed(status=400, at=AT + 4)),
    "a right guess after three wrong ones is refused": lambda h: (
        with_wrong_guesses(h, 3),
        h.asked.__setitem__(4, guessed(status=400)),
        h.rows[0].update(state="live"),
    ),
    "an expired code is refused": lambda h: (
        h.asked.__setitem__(1, guessed(status=400, at=AT + LIFE + 1)),
        h.rows[0].update(state="live"),
    ),
    "a number's next message after its window": lambda h: h.also("second", at=AT + 4.3),
    "a plain number while a report is awaited": lambda h: h.pending.append(
        {"verification_id": "third", "number": OTHER}
    ),
    "a report that was lost on its way, and asked for": lambda h: (
        h.pushed.__setitem__(0, Pushed("first", "DELIVERED", lost=True)),
        setattr(h, "before", [row(report_1=None)]),
    ),
    "an attempt of PNVS's is given back while others find none left": lambda h: (
        h.handed.__setitem__(0, handed(provider="dypns")),
        h.asked.__setitem__(1, guessed(WRONG, status=503)),
        setattr(h.asked[1], "answer", problem("provider_unavailable", 503)),
        h.asked.extend(guessed(WRONG, status=400, at=AT + 2) for _ in range(3)),
        h.rows[0].update(state="live", left=1),
    ),
    "a killed process leaves half a line": lambda h: h.log.append('{"event": "send_co'),
}

BAD: list[tuple[str, str, Change]] = [
    (
        "I5 no message",
        "a message that nobody asked for",
        lambda h: (h.handed.append(handed("second")), h.rows.append(row("second", state="live"))),
    ),
    (
        "I5 no message",
        "a message after a refusal",
        lambda h: (h.asked.__setitem__(0, refused("rate_limited", 429)), h.asked.__delitem__(1)),
    ),
    ("I5 no message", "two messages of one verification", lambda h: h.handed.append(handed())),
    (
        "I5 no message",
        "two messages of one function that died",
        lambda h: (
            unanswered(h),
            h.handed.append(handed("second", at=AT + 5)),
            h.rows.append(row("second", state="live")),
        ),
    ),
    (
        "I5 one message at most for each idem",
        "a key that sent twice",
        lambda h: (
            h.also("second", at=AT + 6, key="k" * 16),
            h.asked.__setitem__(0, replace(h.asked[0], key="k" * 16)),
        ),
    ),
    ("I5 accepted", "accepted, and no carrier has it", lambda h: h.handed.clear()),
    (
        "I5 accepted",
        "noted as refused, and a carrier has it",
        lambda h: h.rows[0].update(outcome="wait"),
    ),
    ("I1", "accepted twice", lambda h: h.asked.append(guessed(at=AT + 5))),
    ("I1", "accepted, and not spent", lambda h: h.rows[0].update(state="live")),
    ("I3 only", "a wrong code", lambda h: h.asked.__setitem__(1, guessed(WRONG))),
    (
        "I3 only",
        "another number",
        lambda h: h.asked.__setitem__(1, guessed(phone=OTHER)),
    ),
    (
        "I3 only",
        "another scene",
        lambda h: h.asked.__setitem__(1, guessed(scene="sign_up")),
    ),
    ("I3 only", "too late", lambda h: h.asked.__setitem__(1, guessed(at=AT + LIFE + 2))),
    ("I3 only", "never sent", lambda h: h.asked.append(guessed(identity="nothing"))),
    (
        "I3 a live",
        "the right code refused",
        lambda h: (
            h.asked.__setitem__(1, guessed(status=400)),
            h.rows[0].update(state="live"),
        ),
    ),
    (
        "I3 a live",
        "the right code refused after a refused resend",
        lambda h: (
            h.asked.__setitem__(1, guessed(status=400)),
            h.rows[0].update(state="live"),
            h.asked.append(refused("rate_limited", 429, at=AT + 1, replaces="first")),
        ),
    ),
    (
        "I3 a refused",
        "replaced by a send that was refused",
        lambda h: (
            h.asked.__setitem__(1, refused("rate_limited", 429, at=AT + 1, replaces="first")),
            h.rows[0].update(state="replaced"),
        ),
    ),
    (
        "I2 no attempts",
        "accepted after three wrong guesses",
        lambda h: with_wrong_guesses(h, 3),
    ),
    (
        "I2 every",
        "a wrong guess that was not counted",
        lambda h: (
            h.asked.__setitem__(1, guessed(WRONG, status=400)),
            h.rows[0].update(state="live"),
        ),
    ),
    ("I2 every", "counted twice", lambda h: h.rows[0].update(left=1)),
    (
        "I4 a number",
        "two messages in four seconds",
        lambda h: h.also("second", at=AT + 3.5),
    ),
    (
        "I4 a number",
        "five messages in forty seconds",
        lambda h: [h.also(f"more {n}", at=AT + 5 * n) for n in (1, 2, 3, 4)],
    ),
    (
        "I4 limits",
        "an address beyond its limit",
        lambda h: [
            h.also(f"more {n}", phone=f"+861350001{n:04d}", device=f"d{n}")
            for n in range(h.terms.address[0])
        ],
    ),
    (
        "I4 limits",
        "a device beyond its limit",
        lambda h: [
            h.also(f"more {n}", phone=f"+861350001{n:04d}", address=f"10.0.0.{n}")
            for n in range(h.terms.device[0])
        ],
    ),
    (
        "I4 limits",
        "a caller beyond its limit",
        lambda h: [
            h.also(f"more {n}", phone=f"+861350001{n:04d}", address=f"10.0.0.{n}", device=f"d{n}")
            for n in range(h.terms.caller[CALLER][0])
        ],
    ),
    (
        "I4 limits",
        "all beyond the total",
        lambda h: [
            h.also(
                f"more {n}",
                phone=f"+861350001{n:04d}",
                address=f"10.0.{n // 200}.{n % 200}",
                device=f"d{n}",
                caller="shop",
            )
            for n in range(h.terms.total[0])
        ],
    ),
    ("I4 counters", "a message that no counter counts", lambda h: h.counters.update(total(h, 0))),
    ("I4 counters", "given back never", lambda h: h.counters.update(total(h, 2))),
    (
        "I4 counters",
        "not given back, and nothing failed",
        lambda h: (
            setattr(h, "calm", True),
            h.asked.append(refused("provider_unavailable", 503, phone=OTHER)),
            h.counters.update(total(h, 2)),
        ),
    ),
    (
        "I4 counters",
        "beyond the limit",
        lambda h: (
            [h.asked.append(refused("rate_limited", 429)) for _ in range(30)],
            h.counters.update({f"ip/{ADDRESS}/60/{window(AT, h.terms.address)}": 21}),
        ),
    ),
    (
        "I6 every acknowledged",
        "acknowledged, and asked for again",
        lambda h: setattr(h, "before", [row(report_1=None)]),
    ),
    ("I6 every message", "no row", lambda h: h.rows.__setitem__(0, {"verification_id": "first"})),
    ("I6 every message", "no end", lambda h: h.rows.__setitem__(0, row(report_1=None))),
    (
        "I6 every message",
        "a number that stays",
        lambda h: h.pending.append({"verification_id": "first", "number": PHONE}),
    ),
    ("I6 /messages", "told what is not so", lambda h: h.asked.append(told("failed"))),
    ("I6 /messages", "told so at the end", lambda h: h.told.update(first="failed")),
    (
        "I6 /messages",
        "not found",
        lambda h: h.asked.append(
            replace(told("", identity="first"), status=404, answer=problem("not_found", 404))
        ),
    ),
    ("I7 no number", "a number", lambda h: h.rows[0].update(note=f"to {PHONE[3:]}")),
    ("I7 no number", "a spelled number", lambda h: h.rows[0].update(note="135-0000-0007")),
    ("I7 no number", "a code", lambda h: h.rows[0].update(note=f"code {CODE}.")),
    ("I7 no number", "a secret", lambda h: h.rows[0].update(note=CODE_SECRET)),
    ("I7 none", "a number in the log", lambda h: h.log.append(log_line(phone=PHONE))),
    ("I7 none", "a code in the log", lambda h: h.log.append(log_line(code=CODE))),
    ("I7 none", "a code in an answer", lambda h: setattr(h.asked[0], "text", f'"{CODE}"')),
    (
        "I7 none",
        "a captcha token in the log",
        lambda h: (
            h.asked.__setitem__(0, replace(h.asked[0], captcha="solved-1")),
            h.log.append(log_line(token="solved-1")),
        ),
    ),
    ("I8 every", "a send that takes long", lambda h: setattr(h.asked[0], "ended", AT + 14)),
    ("I8 every", "a guess that takes long", lambda h: setattr(h.asked[1], "ended", AT + 11)),
    ("I8 every", "a request that hangs", lambda h: setattr(h.asked[2], "hung", True)),
    ("I8 every", "by its own clock", lambda h: h.log.append(log_line(milliseconds=10_001))),
    (
        "I8 nothing",
        "sent without the store",
        lambda h: h.outages.append(Outage("tablestore", AT - 1, AT + 1)),
    ),
    (
        "every answer",
        "an internal error",
        lambda h: h.asked.append(refused("internal", 500, phone=OTHER)),
    ),
    (
        "every answer",
        "a code with another status",
        lambda h: h.asked.append(refused("rate_limited", 503, phone=OTHER)),
    ),
    ("every answer", "a field is missing", lambda h: h.asked[0].answer.pop("expires_in")),
    ("functions", "a traceback", lambda h: h.complaints.append("Traceback")),
    ("functions", "something else on its output", lambda h: h.log.append("hello")),
    ("functions", "a bug", lambda h: h.log.append(log_line(outcome="internal"))),
]


def total(history: History, count: int) -> dict[str, int]:
    rate = history.terms.total
    return {f"total/{rate[1]}/{window(AT, rate)}": count}


@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_a_good_history_breaks_no_rule(change: Change) -> None:
    history = History()
    change(history)
    assert broken(history.account()) == {}


@pytest.mark.parametrize(("start", "about", "change"), BAD, ids=[bad[1] for bad in BAD])
def test_a_bad_history_breaks_its_rule(start: str, about: str, change: Change) -> None:
    history = History()
    change(history)
    assert rule(start) in broken(history.account())


def test_every_rule_has_a_history_that_breaks_it() -> None:
    assert {rule(start) for start, _, _ in BAD} == set(RULES)
